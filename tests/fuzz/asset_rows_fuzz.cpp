// Whatever a warehouse's file holds: rows are bounded, the same however the file is cut, and a row
// without a complaint is a body that the agent takes. The first byte chooses the format, the second
// the size of the pieces; the rest is the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/asset_event.hpp"
#include "agent/importing/asset_rows.hpp"
#include "agent/importing/csv_rows.hpp"
#include "agent/importing/json_rows.hpp"
#include "platform/assert.hpp"

using namespace handover;
using namespace handover::importing;

namespace {

struct Read {
  std::vector<std::string> rows;
  bool ended = false;
};

void check_row(const Row& row) {
  INVARIANT(row.number >= 1 && row.line >= row.number);
  INVARIANT(row.cells.size() <= kColumnsMax);
  INVARIANT(row.complaint.empty() || row.cells.empty());
  static const Columns columns = *Columns::make({{"remarks", "-"}});
  static const RowDefaults defaults = {"receipt", "WWT", "WWT"};
  const auto made = make_event(row, columns, defaults);
  if (!made.complaints.empty()) return;
  const auto event = parse_asset_event(made.body);
  INVARIANT(event.has_value());
  // What was accepted is written and read again without a change.
  const auto again = parse_json(event->dump());
  INVARIANT(again.has_value() && again->dump() == event->dump());
}

std::string text_of(const Row& row) {
  std::string text = std::to_string(row.number) + "@" + std::to_string(row.line) + row.complaint;
  for (const auto& [name, value] : row.cells) text += "|" + name + "=" + value;
  return text;
}

Read read(std::string_view file, std::size_t piece, unsigned format) {
  Read read;
  const auto take_row = [&read](const Row& row) -> Result<void> {
    check_row(row);
    read.rows.push_back(text_of(row));
    return {};
  };
  const auto take_heading = [](const std::vector<std::string>& heading) -> Result<void> {
    INVARIANT(heading.size() <= kColumnsMax);
    return {};
  };
  const char delimiter = format % 3 == 1 ? ';' : ',';
  const auto reader =
      format % 3 == 2 ? read_json_lines(take_row) : read_csv(delimiter, take_heading, take_row);
  Result<void> done;
  for (; done && !file.empty(); file.remove_prefix(std::min(piece, file.size())))
    done = reader->take(file.substr(0, piece));
  read.ended = done && reader->end();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view file(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Read whole = read(file, file.size() + 1, data[0]);
  const Read cut = read(file, 1 + data[1] % 16U, data[0]);
  INVARIANT(whole.rows == cut.rows);
  INVARIANT(whole.ended == cut.ended);
  return 0;
}
