#include "agent/backends/tangoe/telecom_change.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/backends/unit_key.hpp"
#include "agent/domain/usage.hpp"

namespace handover::backends::tangoe {
namespace {

TelecomChange make_change(TelecomEvent event, const Json& line, std::size_t number) {
  TelecomChange change;
  change.event = event;
  change.line = "line " + std::to_string(number);
  change.product = line.text_of("ProdNum");
  change.serial = line.text_of("SerialNum");
  change.batch = line.text_of("BatchNum");
  return change;
}

std::vector<TelecomChange> changes_of_transfer(const Json& body) {
  std::vector<TelecomChange> changes;
  const Json* transfer = body.find("transfer");
  const Json* items = transfer != nullptr ? transfer->find("Items") : nullptr;
  if (items == nullptr || body.text_of("direction") != "inbound") return changes;
  for (const Json& line : items->items()) {
    TelecomChange change = make_change(TelecomEvent::kTransfer, line, changes.size() + 1);
    change.place = transfer->text_of("ToStorageLocation");
    change.holder = transfer->text_of("UserID");
    changes.push_back(std::move(change));
  }
  return changes;
}

std::optional<TelecomEvent> event_of_line(const Json& line, std::string_view module) {
  if (module == kLoadModule && is_positive(line, "InQty")) return TelecomEvent::kLoad;
  if (module != kWorkOrderModule) return std::nullopt;
  if (is_positive(line, "OutQty")) return TelecomEvent::kInstallation;
  if (is_positive(line, "InQty")) return TelecomEvent::kRemoval;
  return std::nullopt;
}

std::vector<TelecomChange> changes_of_usage(const Json& body) {
  std::vector<TelecomChange> changes;
  const Json* usage = body.find("usage");
  const Json* locations = usage != nullptr ? usage->find("StorageLocations") : nullptr;
  if (locations == nullptr || !body.text_of("transfer_id").empty()) return changes;
  std::size_t number = 0;
  for (const Json& location : locations->items()) {
    const Json* items = location.find("Items");
    if (items == nullptr) continue;
    for (const Json& line : items->items()) {
      ++number;
      const auto event = event_of_line(line, usage->text_of("RefModule"));
      if (!event) continue;
      TelecomChange change = make_change(*event, line, number);
      const bool installed = *event == TelecomEvent::kInstallation;
      change.place = installed ? body.text_of("site") : location.text_of("StorageLocationID");
      // Whose phone it is once it is installed, the record does not say.
      if (!installed) change.holder = usage->text_of("UserID");
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

std::optional<TelecomEvent> event_named(std::string_view name) {
  using Named = std::pair<std::string_view, TelecomEvent>;
  static constexpr std::array<Named, 5> kEvents = {{{"receipt", TelecomEvent::kReceipt},
                                                    {"shipment", TelecomEvent::kShipment},
                                                    {"return_shipped", TelecomEvent::kReturn},
                                                    {"return_received", TelecomEvent::kReturn},
                                                    {"removal", TelecomEvent::kRemoval}}};
  const auto* found = std::find_if(kEvents.begin(), kEvents.end(),
                                   [&](const Named& named) { return named.first == name; });
  if (found == kEvents.end()) return std::nullopt;
  return found->second;
}

std::vector<TelecomChange> changes_of_asset_event(const Json& body) {
  std::vector<TelecomChange> changes;
  const Json* object = body.find("asset_event");
  const Json* items = object != nullptr ? object->find("items") : nullptr;
  const auto event = object != nullptr ? event_named(object->text_of("event")) : std::nullopt;
  if (items == nullptr || !event) return changes;
  // On the road the destination is the place; else what is in a stockroom is there.
  const bool on_the_road = *event == TelecomEvent::kShipment || *event == TelecomEvent::kReturn;
  const std::string& location = object->text_of("location");
  const std::string& stockroom = object->text_of("stockroom");
  for (const Json& item : items->items()) {
    TelecomChange change;
    change.event = *event;
    change.line = "line " + std::to_string(changes.size() + 1);
    change.product = item.text_of("manufacturerPartNumber");
    change.serial = item.text_of("serialNumber");
    if (!is_no_tag(item.text_of("asset_tag"))) change.asset_tag = item.text_of("asset_tag");
    const bool by_location = stockroom.empty() || (on_the_road && !location.empty());
    change.place = by_location ? location : stockroom;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

std::vector<TelecomChange> telecom_changes(const Record& record) {
  switch (record.kind) {
    case RecordKind::kTransfer:
      return changes_of_transfer(record.body);
    case RecordKind::kUsage:
      return changes_of_usage(record.body);
    case RecordKind::kAssetEvent:
      return changes_of_asset_event(record.body);
    case RecordKind::kServiceOrder:
    case RecordKind::kNotice:
      break;
  }
  return {};
}

}  // namespace handover::backends::tangoe
