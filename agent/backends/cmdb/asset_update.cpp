#include "agent/backends/cmdb/asset_update.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "agent/backends/unit_key.hpp"
#include "agent/domain/usage.hpp"

namespace handover::backends {
namespace {

class Updates {
 public:
  void add(AssetUpdate update) {
    if (update.serial.empty()) return;
    update.unit = free_name(update.serial, names_);
    all_.push_back(std::move(update));
  }

  [[nodiscard]] std::vector<AssetUpdate> take() { return std::move(all_); }

 private:
  std::set<std::string> names_;
  std::vector<AssetUpdate> all_;
};

AssetUpdate make_update(AssetEvent event, const Json& line, std::string location,
                        std::string stockroom) {
  AssetUpdate update;
  update.event = event;
  update.serial = line.text_of("SerialNum");
  update.part = line.text_of("ProdNum");
  update.asset_tag = line.text_of("asset_tag");
  update.location = std::move(location);
  update.stockroom = std::move(stockroom);
  return update;
}

/// A site agent has heard of something later of this unit before: it must not be put back.
bool is_overtaken(const Json& body, const Json& line) {
  const auto units = overtaken_units(body);
  return std::find(units.begin(), units.end(), line.text_of("SerialNum")) != units.end();
}

void add_transfer(Updates& updates, const Json& body) {
  const Json* transfer = body.find("transfer");
  const Json* items = transfer != nullptr ? transfer->find("Items") : nullptr;
  if (items == nullptr) return;
  // The receiver's half is here already: the unit has arrived, whatever the sender's half says now.
  const Json* origin = body.find("origin");
  const Json* overtaken = origin != nullptr ? origin->find("overtaken") : nullptr;
  if (overtaken != nullptr && overtaken->boolean()) return;
  const bool outbound = body.text_of("direction") == "outbound";
  const std::string& from = transfer->text_of("FromStorageLocation");
  const std::string& to = transfer->text_of("ToStorageLocation");
  for (const Json& line : items->items()) {
    if (is_overtaken(body, line)) continue;
    updates.add(outbound ? make_update(AssetEvent::kTransferOutbound, line, to, from)
                         : make_update(AssetEvent::kTransferInbound, line, to, to));
  }
}

void add_usage_line(Updates& updates, const Json& line, std::string_view module,
                    const std::string& van, const std::string& site) {
  if (module == kWorkOrderModule && is_positive(line, "OutQty")) {
    updates.add(make_update(AssetEvent::kInstallation, line, site, van));
  }
  if (module == kWorkOrderModule && is_positive(line, "InQty")) {
    updates.add(make_update(AssetEvent::kRemoval, line, van, van));
  }
  if (module == kLoadModule && is_positive(line, "InQty")) {
    updates.add(make_update(AssetEvent::kRestock, line, van, van));
  }
}

void add_usage(Updates& updates, const Json& body) {
  const Json* usage = body.find("usage");
  const Json* locations = usage != nullptr ? usage->find("StorageLocations") : nullptr;
  // The usage of a transfer says nothing that the half itself does not.
  if (locations == nullptr || !body.text_of("transfer_id").empty()) return;
  const std::string& module = usage->text_of("RefModule");
  for (const Json& location : locations->items()) {
    const Json* items = location.find("Items");
    if (items == nullptr) continue;
    for (const Json& line : items->items()) {
      if (is_overtaken(body, line)) continue;
      add_usage_line(updates, line, module, location.text_of("StorageLocationID"),
                     body.text_of("site"));
    }
  }
}

void add_asset_event(Updates& updates, const Json& body) {
  const Json* object = body.find("asset_event");
  const Json* items = object != nullptr ? object->find("items") : nullptr;
  const auto event = event_named(object != nullptr ? object->text_of("event") : "");
  if (items == nullptr || !event) return;

  for (const Json& item : items->items()) {
    AssetUpdate update;
    update.event = *event;
    update.serial = item.text_of("serialNumber");
    update.part = item.text_of("manufacturerPartNumber");
    update.location = object->text_of("location");
    update.stockroom = object->text_of("stockroom");
    update.asset_tag = item.text_of("asset_tag");
    update.type = item.text_of("type");
    if (const Json* data = item.find("data")) update.data = *data;
    if (const Json* classification = item.find("classification"))
      update.classification = *classification;
    updates.add(std::move(update));
  }
}

}  // namespace

std::optional<AssetEvent> event_named(std::string_view name) {
  using Named = std::pair<std::string_view, AssetEvent>;
  static constexpr std::array<Named, 6> kEvents = {
      {{"receipt", AssetEvent::kReceipt},
       {"correction", AssetEvent::kCorrection},
       {"shipment", AssetEvent::kShipment},
       {"return_shipped", AssetEvent::kReturnShipped},
       {"return_received", AssetEvent::kReturnReceived},
       {"removal", AssetEvent::kRemoval}}};
  const auto* found = std::find_if(kEvents.begin(), kEvents.end(),
                                   [&](const Named& named) { return named.first == name; });
  if (found == kEvents.end()) return std::nullopt;
  return found->second;
}

AssetEventRule rule_of(AssetEvent event) {
  switch (event) {
    case AssetEvent::kReceipt:
      return {"instock", "", true};
    case AssetEvent::kCorrection:
      return {"instock", "", false};
    case AssetEvent::kShipment:
      return {"intransit", "false", true};
    case AssetEvent::kReturnShipped:
      return {"intransit", "true", false};
    case AssetEvent::kReturnReceived:
      return {"instock", "true", false};
    case AssetEvent::kRemoval:
      return {"instock", "true", true};
    case AssetEvent::kRestock:
      return {"instock", "false", false};
    case AssetEvent::kTransferOutbound:
      return {"intransit", "false", false};
    case AssetEvent::kTransferInbound:
      return {"instock", "false", false};
    case AssetEvent::kInstallation:
      return {"", "false", false};
  }
  return {};
}

std::vector<std::string> overtaken_units(const Json& body) {
  std::vector<std::string> units;
  const Json* origin = body.find("origin");
  const Json* serials = origin != nullptr ? origin->find("overtaken_units") : nullptr;
  if (serials == nullptr) return units;
  for (const Json& serial : serials->items()) units.push_back(serial.text());
  return units;
}

std::vector<std::string> lines_without_serial(const Record& record) {
  std::vector<std::string> parts;
  const Json* object = record.body.find("asset_event");
  const Json* items = object != nullptr ? object->find("items") : nullptr;
  if (record.kind != RecordKind::kAssetEvent || items == nullptr) return parts;
  for (const Json& item : items->items()) {
    if (item.text_of("serialNumber").empty())
      parts.push_back(item.text_of("manufacturerPartNumber"));
  }
  return parts;
}

std::vector<AssetUpdate> asset_updates(const Record& record) {
  Updates updates;
  switch (record.kind) {
    case RecordKind::kTransfer:
      add_transfer(updates, record.body);
      break;
    case RecordKind::kUsage:
      add_usage(updates, record.body);
      break;
    case RecordKind::kAssetEvent:
      add_asset_event(updates, record.body);
      break;
    case RecordKind::kServiceOrder:
    case RecordKind::kNotice:
      break;
  }
  return updates.take();
}

}  // namespace handover::backends
