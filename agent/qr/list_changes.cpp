#include "agent/qr/list_changes.hpp"

#include <algorithm>
#include <tuple>

#include "crypto/identifier.hpp"

namespace handover::qr {
namespace {

using LineKey = std::tuple<std::string, std::string, std::string>;

std::string canonical(const std::string& typed) {
  return crypto::canonical_optional_identifier(typed).value_or(typed);
}

struct Line {
  LineKey key;
  Item item;
  crypto::Quantity offered;
  crypto::Quantity counted;
};

void add(std::vector<Line>& lines, const std::vector<Item>& items, crypto::Quantity Line::*amount) {
  for (const Item& item : items) {
    LineKey key{canonical(item.prod), canonical(item.serial), canonical(item.batch)};
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const Line& known) { return known.key == key; });
    if (line == lines.end()) line = lines.insert(lines.end(), {std::move(key), item, {}, {}});
    (*line).*amount = (*line).*amount + item.qty;
  }
}

}  // namespace

std::vector<Change> changes_between(const List& offered, const List& counted) {
  std::vector<Change> changes;
  const auto compare = [&](const char* field, const std::string& left, const std::string& right) {
    if (canonical(left) != canonical(right)) changes.push_back({field, {}, left, right});
  };
  compare("FromStorageLocation", offered.from, counted.from);
  compare("ToStorageLocation", offered.to, counted.to);
  std::vector<Line> lines;
  add(lines, offered.items, &Line::offered);
  add(lines, counted.items, &Line::counted);
  for (const Line& line : lines) {
    if (line.offered == line.counted) continue;
    changes.push_back({{}, line.item, line.offered.to_string(), line.counted.to_string()});
  }
  return changes;
}

Json changes_json(const std::vector<Change>& changes) {
  Json list = Json::array();
  for (const Change& change : changes) {
    Json json = Json::object();
    if (!change.field.empty()) {
      json.set("field", change.field);
    } else {
      json.set("ProdNum", change.item.prod);
      json.set("SerialNum", change.item.serial);
      json.set("BatchNum", change.item.batch);
    }
    json.set("offered", change.offered);
    json.set("counted", change.counted);
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace handover::qr
