// Comma-separated values (RFC 4180): quoted fields, doubled quotes and line breaks in them. The
// first row is the heading.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/importing/rows.hpp"

namespace handover::importing {

/// Called once, with the heading. An error ends the reading.
using TakeHeading = std::function<Result<void>(const std::vector<std::string>& columns)>;

/// A quote in the wrong place is an error, because nobody can tell where the row ends; a row with
/// too few or too many columns is a complaint about that row alone.
[[nodiscard]] std::unique_ptr<RowReader> read_csv(char delimiter, TakeHeading take_heading,
                                                  TakeRow take_row);

}  // namespace handover::importing
