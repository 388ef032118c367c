// The auditor's view of both sides of a handover: halves that belong together, and what lies where.
#include <algorithm>
#include <utility>

#include "sim/world/auditor.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

/// "outbound 123456789012 12345678": its own code first, then the other side's.
std::string codes_of(bool outbound, const std::string& own, const std::string& other) {
  return (outbound ? "outbound " : "inbound ") + own + " " + other;
}
std::string codes_of(const Deed& deed) {
  return codes_of(deed.kind == DeedKind::kOffer, deed.code, deed.accepted_code);
}

}  // namespace

/// The offer whose code a completed receipt accepted, and the receipt whose code that offer
/// accepted in its turn.
void Auditor::judge_halves(const std::vector<DeviceListing>& listings, const BackEnds& back_ends) {
  std::map<std::string, const Deed*> receipts;  // Completed, by both codes as the sender has them.
  std::set<std::size_t> whole;                  // Receipts whose sender has confirmed, too.
  for (const Deed& receipt : ledger_.deeds()) {
    if (receipt.kind != DeedKind::kReceipt || receipt.state != "completed") continue;
    const auto is_partner = [&](const Deed& offer) {
      return offer.kind == DeedKind::kOffer && offer.terms == receipt.terms &&
             offer.codes.contains(receipt.accepted_code);
    };
    const auto offers = std::count_if(ledger_.deeds().begin(), ledger_.deeds().end(), is_partner);
    const std::string& name = listings.at(receipt.device).name;
    findings_.check(
        Invariant::kAgreement, offers == 1,
        [&] {
          return name + ": " + tag_of(receipt.number) + " is complete with a code that " +
                 std::to_string(offers) + " offers of these parts had";
        },
        name);
    receipts[codes_of(true, receipt.accepted_code, receipt.code)] = &receipt;
  }
  for (const Deed& offer : ledger_.deeds()) {
    if (offer.kind != DeedKind::kOffer || offer.state != "completed") continue;
    const auto found = receipts.find(codes_of(offer));
    const bool agreed = found != receipts.end() && found->second->terms == offer.terms;
    const std::string& name = listings.at(offer.device).name;
    findings_.check(
        Invariant::kAgreement, agreed,
        [&] {
          return name + ": " + tag_of(offer.number) +
                 " is complete, and no receiver's half of it is";
        },
        name);
    if (agreed) whole.insert(found->second->number);
  }
  if (!restored_) judge_pairs(listings, back_ends.servicemobility(), whole);
  judge_locations(listings, whole);
}

/// What both sides completed is one pair at ServiceMobility; a receiver's half whose sender never
/// confirmed stands there without its partner, for people to see.
void Auditor::judge_pairs(const std::vector<DeviceListing>& listings,
                          const ServiceMobilityModel& servicemobility,
                          const std::set<std::size_t>& whole) {
  std::map<std::string, bool> paired;  // By the codes.
  for (const Half& half : servicemobility.transfers().halves()) {
    if (half.copy_of) continue;
    paired[codes_of(half.transfer.outbound, half.transfer.public_code,
                    half.transfer.private_code)] = half.partner.has_value();
  }
  for (const Deed& deed : ledger_.deeds()) {
    const bool offer = deed.kind == DeedKind::kOffer;
    if ((!offer && deed.kind != DeedKind::kReceipt) || deed.state != "completed") continue;
    const bool belongs = offer || whole.contains(deed.number);
    const auto half = paired.find(codes_of(deed));
    const std::string& name = listings.at(deed.device).name;
    findings_.check(
        Invariant::kAgreement, half != paired.end() && half->second == belongs,
        [&] {
          return name + ": " + tag_of(deed.number) + " is complete, and at ServiceMobility " +
                 (half == paired.end() ? "there is no half with its codes"
                  : belongs            ? "it has no partner"
                                       : "it has a partner, though the sender never confirmed it");
        },
        name);
  }
}

/// Nothing comes from nowhere and nothing gets lost on the way: over all vans together only usages
/// take away, and only receipts whose sender never confirmed add, until somebody settles them.
void Auditor::judge_locations(const std::vector<DeviceListing>& listings,
                              const std::set<std::size_t>& whole) {
  PartList shown;
  for (const DeviceListing& listing : listings) {
    for (const Json& row : listing.stock) {
      shown[{fold(row.text_of("ProdNum")), fold(row.text_of("SerialNum")),
             fold(row.text_of("BatchNum"))}] += micros_of(row, "Qty");
    }
  }
  PartList wanted;
  for (const Deed& deed : ledger_.deeds()) {
    const bool half_done = deed.kind == DeedKind::kReceipt && deed.state == "completed" &&
                           !whole.contains(deed.number);
    const bool used = deed.kind == DeedKind::kUsage && deed.acknowledged;
    if (!half_done && !used) continue;
    for (const auto& [part, micros] : deed.terms.parts)
      wanted[{fold(part.product), fold(part.serial), fold(part.batch)}] += used ? -micros : micros;
  }
  const auto none = [](const auto& entry) { return entry.second == 0; };
  std::erase_if(shown, none);
  std::erase_if(wanted, none);
  findings_.check(
      Invariant::kConservation, shown == wanted,
      [&] {
        return "all vans together do not hold what people moved: " + std::to_string(shown.size()) +
               " kinds of things shown, " + std::to_string(wanted.size()) + " wanted";
      },
      "world");
}

}  // namespace handover::sim
