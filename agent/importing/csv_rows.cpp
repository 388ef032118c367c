#include "agent/importing/csv_rows.hpp"

#include <csv.h>

#include <algorithm>
#include <optional>

#include "platform/assert.hpp"

namespace handover::importing {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class CsvReader final : public RowReader {
 public:
  CsvReader(char delimiter, TakeHeading take_heading, TakeRow take_row)
      : take_heading_(std::move(take_heading)), take_row_(std::move(take_row)) {
    const int failed = csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    INVARIANT(failed == 0);
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
  }
  ~CsvReader() override { csv_free(&parser_); }
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  Result<void> take(std::string_view piece) override {
    if (!begun_) {
      // The mark may come in pieces; nothing is parsed before it is whole or surely absent.
      start_ += piece;
      if (start_.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(start_)) return {};
      begun_ = true;
      const std::string start = std::move(start_);
      std::string_view rest = start;
      if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
      return take_lines(rest);
    }
    return take_lines(piece);
  }

  Result<void> end() override {
    if (!begun_) {
      begun_ = true;
      const std::string start = std::move(start_);
      RETURN_IF_ERROR(take_lines(start));
    }
    if (csv_fini(&parser_, on_field, on_row, this) != 0) return fail(malformed());
    if (failed_) return fail(std::move(*failed_));
    if (heading_.empty()) return fail(Error::invalid("", "the file is empty; expected a heading"));
    return {};
  }

 private:
  // Line by line, so that each row knows where it begins, and a quote that never ends is noticed. A
  // line ends with "\n", "\r\n" or "\r".
  Result<void> take_lines(std::string_view text) {
    while (!text.empty()) {
      constexpr std::size_t kStep = 4096;
      const auto line_end = text.find_first_of("\r\n");
      const std::size_t size =
          std::min({line_end == text.npos ? text.size() : line_end + 1, kStep, text.size()});
      RETURN_IF_ERROR(take_step(text.substr(0, size)));
      count_line(text.substr(0, size));
      text.remove_prefix(size);
    }
    return {};
  }

  Result<void> take_step(std::string_view text) {
    if (cells_.empty() && bytes_in_row_ == 0) row_line_ = line_;
    bytes_in_row_ += text.size();
    const auto taken = csv_parse(&parser_, text.data(), text.size(), on_field, on_row, this);
    if (failed_) return fail(std::move(*failed_));
    if (taken != text.size()) return fail(malformed());
    if (bytes_in_row_ > kRowBytesMax)
      return fail(at_row("longer than 64 KiB; is a quote missing its partner?"));
    return {};
  }

  void count_line(std::string_view step) {
    const bool goes_on = step == "\n" && after_return_;
    after_return_ = step.ends_with('\r');
    if (!after_return_ && !step.ends_with('\n')) return;
    if (!goes_on) ++line_;
    // A blank line begins no row.
    if (cells_.empty() && parser_.quoted == 0 && parser_.entry_pos == 0) bytes_in_row_ = 0;
  }

  static void on_field(void* text, std::size_t size, void* reader) {
    auto& self = *static_cast<CsvReader*>(reader);
    if (self.failed_) return;
    if (self.cells_.size() == kColumnsMax) {
      self.failed_ = self.at_row("more than " + std::to_string(kColumnsMax) + " columns");
      return;
    }
    self.cells_.emplace_back(text == nullptr ? "" : static_cast<const char*>(text), size);
  }

  static void on_row(int, void* reader) {
    auto& self = *static_cast<CsvReader*>(reader);
    auto cells = std::exchange(self.cells_, {});
    self.bytes_in_row_ = 0;
    if (self.failed_) return;
    auto done = self.heading_.empty() ? self.take_heading(std::move(cells))
                                      : self.take_cells(std::move(cells));
    if (!done) self.failed_ = std::move(done).error();
  }

  Result<void> take_heading(std::vector<std::string> cells) {
    heading_ = std::move(cells);
    return take_heading_(heading_);
  }

  Result<void> take_cells(std::vector<std::string> cells) {
    Row row;
    row.number = ++rows_;
    row.line = row_line_;
    if (cells.size() != heading_.size()) {
      row.complaint = "has " + std::to_string(cells.size()) + " columns; expected " +
                      std::to_string(heading_.size()) + ", as in the heading";
    } else {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].empty()) row.cells.emplace_back(heading_[i], std::move(cells[i]));
      }
    }
    return take_row_(std::move(row));
  }

  [[nodiscard]] Error at_row(const std::string& what) const {
    return Error::invalid(
        "", "the row that begins on line " + std::to_string(row_line_) + " is " + what);
  }
  [[nodiscard]] Error malformed() const {
    return Error::invalid("", "line " + std::to_string(line_) +
                                  " has a quote in the wrong place, or one without its partner: a "
                                  "field with quotes is in quotes itself, and they are doubled "
                                  "(RFC 4180)");
  }

  csv_parser parser_{};
  TakeHeading take_heading_;
  TakeRow take_row_;
  bool begun_ = false;
  std::string start_;
  bool after_return_ = false;  // The last character was a "\r"; a "\n" now ends no other line.
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 1;
  std::int64_t rows_ = 0;
  std::size_t bytes_in_row_ = 0;
  std::vector<std::string> heading_;
  std::vector<std::string> cells_;
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<RowReader> read_csv(char delimiter, TakeHeading take_heading, TakeRow take_row) {
  return std::make_unique<CsvReader>(delimiter, std::move(take_heading), std::move(take_row));
}

}  // namespace handover::importing
