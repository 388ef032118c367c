#include "agent/cli/format.hpp"

#include <algorithm>
#include <array>

#include "platform/assert.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kShortIdLength = 8;
constexpr std::size_t kGap = 2;  // Between columns.

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// How many bytes a well-formed character at the front has; 0 if it is not well-formed enough to
/// show.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80U    ? 1
                           : lead >= 0xF0U ? 4
                           : lead >= 0xE0U ? 3
                           : lead >= 0xC2U ? 2
                                           : 0;
  if (size == 0 || lead > 0xF4U || size > text.size()) return 0;
  const bool whole = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size),
                                 is_continuation);
  return whole ? size : 0;
}

struct Range {
  char32_t first;
  char32_t last;
};

/// C0 and C1 controls and DEL, which steer a terminal; then what makes a text look like another:
/// marks, embeddings, overrides and isolates of direction, invisible characters, line separators.
/// The two joiners are not among them: names of several scripts need them.
constexpr std::array kUnprintable = {
    Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x61C, 0x61C},
    Range{0x200B, 0x200B}, Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
    Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}};

/// Requires: a whole character.
char32_t code_point_of(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  char32_t code_point = lead & (0x7FU >> character.size());
  for (const char next : character.substr(1))
    code_point = code_point << 6U | (static_cast<unsigned char>(next) & 0x3FU);
  return code_point;
}

bool is_unprintable(std::string_view character) {
  const char32_t code_point = code_point_of(character);
  return std::any_of(kUnprintable.begin(), kUnprintable.end(), [&](const Range& range) {
    return code_point >= range.first && code_point <= range.last;
  });
}

/// Characters of UTF-8 text. Wide and combining ones count as one: a table is then not straight,
/// and still readable.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string pad(const std::string& text, std::size_t width, Table::Align align) {
  const std::size_t used = width_of(text);
  const std::string blanks(width > used ? width - used : 0, ' ');
  return align == Table::Align::kLeft ? text + blanks : blanks + text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    if (size == 0 || is_unprintable(character)) {
      safe += '?';
    } else {
      safe += character;
    }
    text.remove_prefix(character.size());
  }
  return safe;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  std::string cut;
  std::size_t used = 0;
  for (const char c : text) {
    if (!is_continuation(c) && ++used >= columns) break;
    cut += c;
  }
  return columns == 0 ? "" : cut + "…";
}

std::string wrap(std::string_view text, std::string_view indent, std::size_t columns) {
  std::string lines;
  std::string line;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && width_of(indent) + width_of(line) + 1 + width_of(word) > columns) {
      lines += std::string(indent) + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines + std::string(indent) + line + "\n";
}

std::string counted(std::int64_t number, std::string_view one, std::string_view more) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : more);
}

std::string short_time(const Json* time) {
  constexpr std::size_t kMinutes = 16;  // 2026-11-22T10:26
  if (time == nullptr || time->text().size() < kMinutes) return "-";
  std::string text = printable(time->text().substr(0, kMinutes));
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string short_duration(milliseconds duration) {
  const auto seconds = duration.count() / 1000;
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

std::string relative_time(const Json* time, WallTime now) {
  if (time == nullptr || !time->is_string()) return "-";
  const auto parsed = parse_rfc3339(time->text());
  if (!parsed) return "-";
  return *parsed > now ? "in " + short_duration(*parsed - now) : short_duration(now - *parsed);
}

std::string short_id(std::string_view id) {
  return printable(id.size() <= kShortIdLength ? id : id.substr(id.size() - kShortIdLength));
}

std::string progress_bar(std::size_t done, std::size_t all) {
  constexpr std::size_t kCells = 30;
  const std::size_t filled = all == 0 ? kCells : std::min(done, all) * kCells / all;
  return "[" + std::string(filled, '#') + std::string(kCells - filled, '-') + "] " +
         std::to_string(done) + "/" + std::to_string(all);
}

void Table::add(std::vector<std::string> row) {
  INVARIANT(row.size() == columns_.size());
  for (auto& text : row) text = printable(text);
  rows_.push_back(std::move(row));
}

void Table::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  std::size_t left = kScreenColumns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = width_of(columns_[i].title);
    for (const auto& row : rows_)
      width = std::max(width, std::min(width_of(row[i]), columns_[i].most));
    if (i + 1 == columns_.size()) width = std::min(std::max(width, left), left);
    widths.push_back(width);
    left -= std::min(left, width + kGap);
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "" : std::string(kGap, ' ')) +
              pad(fit(row[i], widths[i]), widths[i], columns_[i].align);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  };
  std::vector<std::string> titles;
  for (const auto& column : columns_) titles.push_back(column.title);
  print_row(titles);
  for (const auto& row : rows_) print_row(row);
}

}  // namespace handover::cli
