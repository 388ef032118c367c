// What a record says of things that may be telecom items: where each is afterwards, and who has it.
// The mapping table of docs/back-ends/tangoe.md, as data. Knows nothing of Tangoe's fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/record.hpp"

namespace handover::backends::tangoe {

enum class TelecomEvent {
  kReceipt,       ///< Asset event: bought, and in stock.
  kShipment,      ///< Asset event: on its way to another place.
  kReturn,        ///< Asset events: on its way to a depot, or arrived there.
  kRemoval,       ///< Taken out on site, by an asset event or a work order: in the van.
  kLoad,          ///< Usage 1001: loaded into the van.
  kInstallation,  ///< Usage 1002: installed at a site.
  kTransfer,      ///< A receiver's half: the receiver has it.
};

/// Identifiers as typed; empty where the record does not say.
struct TelecomChange {
  TelecomEvent event = TelecomEvent::kTransfer;
  std::string line;  ///< "line 2": of the record, for lines that cannot be named otherwise.
  std::string product;
  std::string serial;
  std::string batch;
  std::string asset_tag;
  std::string place;   ///< A storage location or a site.
  std::string holder;  ///< A user id.
};

/// In the record's order. None of a sender's half (the receiver's says the same, and comes later),
/// of usages that transfers made, of counts and adjustments, and of corrections of serial numbers.
[[nodiscard]] std::vector<TelecomChange> telecom_changes(const Record& record);

}  // namespace handover::backends::tangoe
