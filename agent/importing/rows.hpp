// Rows of a file, whatever it is written in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/result.hpp"

namespace handover::importing {

/// A row and its columns together may be so large, and have so many columns.
inline constexpr std::size_t kRowBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kColumnsMax = 200;

struct Row {
  std::int64_t number = 0;  ///< From 1, without the heading and blank lines.
  std::int64_t line = 0;    ///< Where it begins in the file, from 1.
  /// Heading and text, in the order of the file; columns that are empty are not here.
  std::vector<std::pair<std::string, std::string>> cells;
  std::string complaint;  ///< Why it could not be read as a row; then there are no cells.
};

/// What is done with a row. An error ends the reading.
using TakeRow = std::function<Result<void>(Row row)>;

/// Takes a file piece by piece, and gives its rows as they are complete. Memory is bounded by one
/// row and one piece.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// Errors: kInvalid if the file cannot be read on from here (the sentence names the line), and
  /// those of the taker.
  [[nodiscard]] virtual Result<void> take(std::string_view piece) = 0;
  /// The file is at its end.
  [[nodiscard]] virtual Result<void> end() = 0;
};

}  // namespace handover::importing
