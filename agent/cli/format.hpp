// Answers as people read them, on 80 columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover::cli {

inline constexpr std::size_t kScreenColumns = 80;

/// Text from elsewhere made safe for a terminal: control characters, those that turn the direction
/// of what follows or cannot be seen, and broken UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text);
/// Cut to that many characters, the last of them an ellipsis if something was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);
/// At most `columns` wide lines, broken at blanks, each after `indent`.
[[nodiscard]] std::string wrap(std::string_view text, std::string_view indent,
                               std::size_t columns = kScreenColumns);

/// "1 delivery waits", "3 deliveries wait".
[[nodiscard]] std::string counted(std::int64_t number, std::string_view one, std::string_view more);

/// "2026-11-22 10:26" of an RFC 3339 time, "-" of none.
[[nodiscard]] std::string short_time(const Json* time);
/// "12 s", "5 min", "3 h" or "4 d".
[[nodiscard]] std::string short_duration(milliseconds duration);
/// How long ago an RFC 3339 time was, or how far ahead it is ("in 5 s"); "-" of none.
[[nodiscard]] std::string relative_time(const Json* time, WallTime now);

/// The last 8 characters: what a person types for an id.
[[nodiscard]] std::string short_id(std::string_view id);

/// "[########------------] 12/30".
[[nodiscard]] std::string progress_bar(std::size_t done, std::size_t all);

/// A table. Columns are as wide as needed; the last one takes what is left of the screen, and is
/// cut there.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
    std::size_t most = 30;  ///< Characters.
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Requires: one text for each column.
  void add(std::vector<std::string> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  void print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace handover::cli
