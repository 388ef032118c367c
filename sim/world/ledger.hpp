// What people did, as they know it themselves: each thing that was ever asked of a device has a
// number, which stands in the record that it makes. What must be on a device, and what may be,
// follows from here alone.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"

namespace handover::sim {

/// One thing on a list, as people mean it, however they type it.
struct Part {
  std::string product, serial, batch;
  auto operator<=>(const Part&) const = default;
};
/// Millionths of a unit.
using PartList = std::map<Part, std::int64_t>;

/// What both sides of a transfer must mean to agree.
struct MeantTerms {
  std::size_t from = 0;  ///< Devices, by number.
  std::size_t to = 0;
  PartList parts;
  bool operator==(const MeantTerms&) const = default;
};

/// What an asset event tells the CMDB of one unit.
struct AssetNews {
  Part unit;        ///< Without a serial number the CMDB does not hear of it.
  std::string tag;  ///< As it was typed; empty: not at all.
  bool corrects = false;
  bool unwanted = false;  ///< Nobody wants to have such a unit in the CMDB.
};

enum class DeedKind { kOffer, kReceipt, kUsage, kAssetEvent, kServiceOrder };

/// Something that a person asked of a device. Asked once, or again with the same key until an
/// answer comes.
struct Deed {
  std::size_t number = 0;
  DeedKind kind = DeedKind::kUsage;
  std::size_t device = 0;
  MeantTerms terms;  ///< kOffer, kReceipt; of kUsage the parts.
  AssetNews news;    ///< kAssetEvent.

  bool acknowledged = false;    ///< The device said that it has it; from then on it must have it.
  bool refused = false;         ///< It said that it will not; from then on it must not have it.
  std::string id;               ///< Of the transfer or the record, once known.
  std::string state;            ///< kOffer, kReceipt: the last one that was acknowledged.
  std::set<std::string> codes;  ///< kOffer: every code that it ever showed.
  std::string code;             ///< kOffer: the newest. kReceipt: the receiver code.
  bool code_uncertain = false;  ///< kOffer: it may have a newer code that nobody has seen.
  int wrong_codes = 0;          ///< That it said were wrong, since it has this code.
  std::string accepted_code;    ///< The other side's, once it was accepted.
};

/// "deed-17": what people write into what they record, so that it can be found again.
[[nodiscard]] std::string tag_of(std::size_t deed);
/// The number in such a tag, if `text` is one.
[[nodiscard]] std::optional<std::size_t> deed_in(std::string_view text);

/// What a transfer, as the API shows it, tells of the deed that made it.
void learn(Deed& deed, const Json& shown);

class Ledger {
 public:
  Deed& add(DeedKind kind, std::size_t device) {
    Deed& deed = deeds_.emplace_back();
    deed.number = deeds_.size() - 1;
    deed.kind = kind;
    deed.device = device;
    return deed;
  }
  [[nodiscard]] Deed& deed(std::size_t number) { return deeds_.at(number); }
  [[nodiscard]] const std::deque<Deed>& deeds() const { return deeds_; }
  [[nodiscard]] std::deque<Deed>& deeds() { return deeds_; }

 private:
  std::deque<Deed> deeds_;  // A deque: what was added stays where it is.
};

}  // namespace handover::sim
