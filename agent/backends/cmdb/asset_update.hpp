// Which serialized units a record touches, and what the CMDB should show of each afterwards: the
// mapping table of docs/back-ends/cmdb.md, as data. Pure; knows nothing of labels, payloads or
// HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/record.hpp"

namespace handover::backends {

enum class AssetEvent {
  kReceipt,
  kCorrection,
  kShipment,
  kReturnShipped,
  kReturnReceived,
  kRemoval,
  kRestock,
  kTransferOutbound,
  kTransferInbound,
  kInstallation,
};

struct AssetEventRule {
  std::string_view state;    ///< Empty: the word is agreed with the customer.
  std::string_view rev_log;  ///< Empty: null.
  bool may_insert;  ///< False: the CMDB must know the unit already, and a new asset is an alarm.
};

[[nodiscard]] AssetEventRule rule_of(AssetEvent event);

/// The events that a person records, by the name that records use for them: receipt, correction,
/// shipment, return_shipped, return_received, removal.
[[nodiscard]] std::optional<AssetEvent> event_named(std::string_view name);

/// One serialized unit of a record. Identifiers as typed; empty where the record does not say.
struct AssetUpdate {
  AssetEvent event = AssetEvent::kReceipt;
  std::string unit;  ///< The delivery's unit: the serial number, with a number behind it if the
                     ///< record names it again.
  std::string serial;
  std::string part;
  std::string location;
  std::string stockroom;
  std::string asset_tag;
  std::string type;
  Json data;            ///< Additional data points by name: an object of texts, or null.
  Json classification;  ///< How the warehouse classifies it: an object of texts, or null.
};

/// The lines of an asset event that have no serial number, by their part number.
[[nodiscard]] std::vector<std::string> lines_without_serial(const Record& record);

/// The units of a record that a site agent took in after something later of them, as typed: they
/// are not to be moved back.
[[nodiscard]] std::vector<std::string> overtaken_units(const Json& body);

/// The units that `record` touches, in its order. Units of a record differ from one another in
/// `unit`. Lines without a serial number are not among them, nor are usages that the CMDB is told
/// of otherwise (of a transfer) or not at all (counts), nor units that were overtaken.
[[nodiscard]] std::vector<AssetUpdate> asset_updates(const Record& record);

}  // namespace handover::backends
