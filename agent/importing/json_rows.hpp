// JSON lines: one object on each line. Members are columns; those of `data` and `classification`
// may also stand in an object of that name, as in the local API.
#pragma once

#include <memory>

#include "agent/importing/rows.hpp"

namespace handover::importing {

/// What is wrong on a line is a complaint about that row alone.
[[nodiscard]] std::unique_ptr<RowReader> read_json_lines(TakeRow take_row);

}  // namespace handover::importing
