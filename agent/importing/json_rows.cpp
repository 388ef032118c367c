#include "agent/importing/json_rows.hpp"

#include "agent/domain/json.hpp"

namespace handover::importing {
namespace {

constexpr JsonLimits kLimits{.bytes_max = kRowBytesMax, .depth_max = 4};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Null is an absent cell; a truth is yes or no.
bool read_cell(Row& row, const std::string& name, const Json& value) {
  if (value.is_null()) return true;
  if (value.is_boolean()) {
    row.cells.emplace_back(name, value.boolean() ? "yes" : "no");
    return true;
  }
  if (!value.is_string() && !value.is_number()) return false;
  if (!value.text().empty()) row.cells.emplace_back(name, value.text());
  return true;
}

void read_object(Row& row, const Json& object) {
  if (!object.is_object()) {
    row.complaint = "expected a JSON object";
    return;
  }
  for (const auto& [name, value] : object.members()) {
    bool fits = true;
    if (value.is_object() && (name == "data" || name == "classification")) {
      for (const auto& [inner, text] : value.members()) fits = read_cell(row, inner, text) && fits;
    } else {
      fits = read_cell(row, name, value);
    }
    if (fits) continue;
    row.cells.clear();
    row.complaint = "a member holds a list or an object; expected texts";
    return;
  }
  if (row.cells.size() > kColumnsMax) {
    row.cells.clear();
    row.complaint = "more than " + std::to_string(kColumnsMax) + " members";
  }
}

class JsonLinesReader final : public RowReader {
 public:
  explicit JsonLinesReader(TakeRow take_row) : take_row_(std::move(take_row)) {}

  Result<void> take(std::string_view piece) override {
    while (true) {
      const auto end = piece.find('\n');
      add(piece.substr(0, end));
      if (end == std::string_view::npos) return {};
      RETURN_IF_ERROR(end_line());
      piece.remove_prefix(end + 1);
    }
  }
  Result<void> end() override { return end_line(); }

 private:
  // What is beyond the limit is only counted.
  void add(std::string_view text) {
    too_long_ = too_long_ || line_text_.size() + text.size() > kRowBytesMax;
    if (!too_long_) line_text_ += text;
  }

  Result<void> end_line() {
    const std::string text = std::exchange(line_text_, {});
    const bool too_long = std::exchange(too_long_, false);
    Row row;
    row.line = ++line_;
    if (!too_long && is_blank(text)) return {};
    row.number = ++rows_;
    if (too_long) {
      row.complaint = "longer than 64 KiB";
    } else if (auto object = parse_json(text, kLimits)) {
      read_object(row, *object);
    } else {
      row.complaint = "is not JSON: " + object.error().detail;
    }
    return take_row_(std::move(row));
  }

  TakeRow take_row_;
  std::string line_text_;
  bool too_long_ = false;
  std::int64_t line_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> read_json_lines(TakeRow take_row) {
  return std::make_unique<JsonLinesReader>(std::move(take_row));
}

}  // namespace handover::importing
