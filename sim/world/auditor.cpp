#include "sim/world/auditor.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "sim/back-ends/servicemobility/quantity.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

/// A transfer's tag stands in its FlexAttrs.
std::optional<std::size_t> deed_of_transfer(const Json& transfer) {
  const Json& reasons = member(member(member(transfer, "FlexAttrs"), "HANDOVER"), "REASON");
  if (!reasons.is_array() || reasons.items().empty()) return std::nullopt;
  return deed_in(reasons.items().front().text());
}

/// The deed of a usage, an order or an asset event. Those that a transfer made have none of their
/// own.
std::optional<std::size_t> deed_of_record(const Json& body) {
  if (const Json* usage = body.find("usage")) return deed_in(usage->text_of("RefObjID"));
  if (const Json* order = body.find("service_order"))
    return deed_in(order->text_of("purchase_order"));
  if (const Json* event = body.find("asset_event")) return deed_in(event->text_of("stockroom"));
  return std::nullopt;
}

constexpr int kTries = 5;
/// A lane that may have one request under way works through its list for a while.
constexpr milliseconds kOverdueMost = std::chrono::hours(4);

/// As the record of a usage says it, what came in counting up.
PartList moved_by(const Json& record) {
  PartList moved;
  const Json* usage = member(record, "body").find("usage");
  if (usage == nullptr) return moved;
  for (const Json& location : member(*usage, "StorageLocations").items()) {
    for (const Json& item : member(location, "Items").items()) {
      moved[{fold(item.text_of("ProdNum")), fold(item.text_of("SerialNum")),
             fold(item.text_of("BatchNum"))}] +=
          micros_of(item, "InQty") - micros_of(item, "OutQty");
    }
  }
  return moved;
}

/// As the people meant it who did it.
PartList meant_by(const Deed& deed) {
  PartList meant;
  const int direction = deed.kind == DeedKind::kReceipt ? 1 : -1;
  for (const auto& [part, micros] : deed.terms.parts) {
    meant[{fold(part.product), fold(part.serial), fold(part.batch)}] += direction * micros;
  }
  return meant;
}

bool is_open(std::string_view state) { return state == "offered" || state == "recorded"; }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

void Auditor::judge_code(const Deed& deed, const std::string& name, const std::string& typed,
                         int status, const std::string& problem, bool keys_fit) {
  const bool receiver = deed.kind == DeedKind::kReceipt;
  // Whose code is it, and was it offered for just this?
  const Deed* other = nullptr;
  bool used_before = false;
  for (const Deed& candidate : ledger_.deeds()) {
    if (receiver && candidate.kind == DeedKind::kOffer && candidate.terms == deed.terms &&
        candidate.codes.contains(typed)) {
      other = &candidate;
    }
    if (receiver && candidate.kind == DeedKind::kReceipt && candidate.number != deed.number &&
        candidate.device == deed.device && candidate.terms == deed.terms &&
        candidate.accepted_code == typed) {
      used_before = true;
    }
    if (!receiver && candidate.kind == DeedKind::kReceipt && candidate.terms == deed.terms &&
        candidate.accepted_code == deed.code && candidate.code == typed) {
      other = &candidate;
    }
  }
  const auto words = [&](const char* what) {
    return [&, what] {
      return name + ": the code " + typed + " for " + tag_of(deed.number) + " " + what;
    };
  };
  if (status == 200) {
    findings_.check(Invariant::kAgreement, other != nullptr,
                    words("was accepted, but nobody offered these parts with it"), name);
    findings_.check(Invariant::kAgreement, !used_before,
                    words("was accepted a second time for the same parts"), name);
  } else if (status == 422 && keys_fit && !deed.code_uncertain) {
    findings_.check(Invariant::kRightCodeAccepted, other == nullptr,
                    words("is the right one and was refused as wrong"), name);
  }
  if (problem == "code-mismatch") ++ledger_.deed(deed.number).wrong_codes;
  if (problem == "code-replayed") {
    findings_.check(Invariant::kRightCodeAccepted, used_before || deed.accepted_code == typed,
                    words("was refused as used before, and never was"), name);
  }
}

void Auditor::judge_device(const DeviceListing& listing) {
  ++devices_judged_;
  judge_deeds(listing);
  judge_deliveries(listing);
  judge_stock(listing);
  judge_status(listing);
  judge_logged_codes();
}

const Deed* Auditor::deed_of(const DeviceListing& listing, const Json& record) const {
  const Json& body = member(record, "body");
  std::optional<std::size_t> number = deed_of_record(body);
  if (const auto& transfer = body.text_of("transfer_id"); !transfer.empty()) {
    const auto found = deeds_of_transfers_.find(listing.name + "/" + transfer);
    number = found == deeds_of_transfers_.end() ? std::nullopt : std::optional(found->second);
  }
  if (!number || *number >= ledger_.deeds().size()) return nullptr;
  return &ledger_.deed(*number);
}

void Auditor::judge_deeds(const DeviceListing& listing) {
  const std::string& name = listing.name;
  std::map<std::size_t, std::size_t> found;      // Deed to how often.
  std::map<std::string, std::size_t> usages_of;  // Transfer's id to its usages.
  std::set<std::string> ids;
  for (const Json& record : listing.records) {
    const std::string& id = record.text_of("id");
    findings_.check(
        Invariant::kNothingInvented, ids.insert(id).second,
        [&] { return name + ": record " + id + " is listed twice"; }, name);
    // What a damaged one said is gone: that is a loss, and no invention.
    const Json* damaged = record.find("damaged");
    const bool lost = damaged != nullptr && damaged->boolean();
    findings_.check(
        Invariant::kDurability, !lost, [&] { return name + ": record " + id + " is damaged"; },
        name);
    if (lost) continue;
    const Json& body = member(record, "body");
    if (const auto transfer = body.text_of("transfer_id"); !transfer.empty()) {
      if (record.text_of("kind") == "usage") ++usages_of[transfer];
      continue;
    }
    const auto number = deed_of_record(body);
    const bool known = number && *number < ledger_.deeds().size() &&
                       ledger_.deed(*number).device == listing.device &&
                       !ledger_.deed(*number).refused;
    findings_.check(
        Invariant::kNothingInvented, known,
        [&] { return name + ": nobody did what record " + id + " says"; }, name);
    if (!known) return;
    ++found[*number];
    judge_movement(listing, record, ledger_.deed(*number));
    judge_plan(listing, record, ledger_.deed(*number));
    ledger_.deed(*number).acknowledged = true;  // What the API shows is durable.
    ledger_.deed(*number).id = id;
  }
  for (const Json& transfer : listing.transfers) {
    const auto number = deed_of_transfer(member(transfer, "transfer"));
    const bool known = number && *number < ledger_.deeds().size() &&
                       ledger_.deed(*number).device == listing.device &&
                       !ledger_.deed(*number).refused;
    findings_.check(
        Invariant::kNothingInvented, known,
        [&] { return name + ": nobody started transfer " + transfer.text_of("id"); }, name);
    if (!known) return;
    ++found[*number];
    judge_transfer(listing, transfer, usages_of);
  }
  for (const auto& [number, times] : found) {
    findings_.check(
        Invariant::kNothingInvented, times == 1,
        [&, n = number, t = times] {
          return name + ": " + tag_of(n) + " was asked with one key and is there " +
                 std::to_string(t) + " times";
        },
        name);
  }
  for (const Deed& deed : ledger_.deeds()) {
    if (deed.device != listing.device || !deed.acknowledged) continue;
    findings_.check(
        Invariant::kDurability, found.contains(deed.number),
        [&] { return name + ": " + tag_of(deed.number) + " was acknowledged and is gone"; }, name);
  }
  for (const auto& id : ids) seen_records_.insert(name + "/" + id);
  for (auto seen = seen_records_.lower_bound(name + "/");
       seen != seen_records_.end() && seen->starts_with(name + "/"); ++seen) {
    findings_.check(
        Invariant::kDurability, ids.contains(seen->substr(name.size() + 1)),
        [&] { return name + ": record " + seen->substr(name.size() + 1) + " is gone"; }, name);
  }
}

void Auditor::judge_transfer(const DeviceListing& listing, const Json& transfer,
                             const std::map<std::string, std::size_t>& usages_of) {
  const std::string& name = listing.name;
  const std::string& id = transfer.text_of("id");
  const std::string& state = transfer.text_of("state");
  Deed& deed = ledger_.deed(*deed_of_transfer(member(transfer, "transfer")));
  const bool went_back = !deed.state.empty() && !is_open(deed.state) && deed.state != state &&
                         !(deed.state == "dead" && deed.kind == DeedKind::kOffer);
  findings_.check(
      Invariant::kDurability, !went_back,
      [&] { return name + ": " + tag_of(deed.number) + " was " + deed.state + " and is " + state; },
      name);
  learn(deed, transfer);
  deeds_of_transfers_[name + "/" + id] = deed.number;
  findings_.check(
      Invariant::kAgreement,
      std::stoi("0" + transfer.text_of("tries_left")) <= std::max(0, kTries - deed.wrong_codes),
      [&] {
        return name + ": " + tag_of(deed.number) + " has " + transfer.text_of("tries_left") +
               " tries left after " + std::to_string(deed.wrong_codes) + " wrong codes";
      },
      name);
  for (const Json& record : listing.records) {
    if (member(record, "body").text_of("transfer_id") != id) continue;
    judge_movement(listing, record, deed);
    judge_plan(listing, record, deed);
  }
  const auto usages = usages_of.find(id);
  const std::size_t usage_count = usages == usages_of.end() ? 0 : usages->second;
  const std::size_t halves = static_cast<std::size_t>(
      std::count_if(listing.records.begin(), listing.records.end(), [&](const Json& record) {
        return record.text_of("kind") == "transfer" &&
               member(record, "body").text_of("transfer_id") == id;
      }));
  const std::size_t wanted = state == "completed" ? 1 : 0;
  findings_.check(
      Invariant::kHonesty, usage_count == wanted && halves == wanted,
      [&] {
        return name + ": transfer " + id + " is " + state + " with " + std::to_string(halves) +
               " records of its own and " + std::to_string(usage_count) + " usages";
      },
      name);
}

/// A usage moves what was meant, in the direction that was meant.
void Auditor::judge_movement(const DeviceListing& listing, const Json& record, const Deed& deed) {
  if (record.text_of("kind") != "usage") return;
  findings_.check(
      Invariant::kConservation, moved_by(record) == meant_by(deed),
      [&] {
        return listing.name + ": record " + record.text_of("id") + " moves something else than " +
               tag_of(deed.number) + " meant";
      },
      listing.name);
}

void Auditor::judge_deliveries(const DeviceListing& listing) {
  for (const Json& record : listing.records) {
    for (const Json& delivery : member(record, "deliveries").items()) {
      judge_delivery(listing, record, delivery);
    }
  }
}

void Auditor::judge_delivery(const DeviceListing& listing, const Json& record,
                             const Json& delivery) {
  const std::string& state = delivery.text_of("state");
  const auto words = [&](const char* what) {
    return [&, what] {
      return listing.name + ": record " + record.text_of("id") + " on lane " +
             delivery.text_of("lane") + " is " + state + ", " + what;
    };
  };
  if (is_one_of(state, {"pending", "unknown"})) {
    judge_next_try(listing, record, delivery);
    findings_.check(Invariant::kHonesty, !delivery.text_of("why").empty(),
                    words("and does not say why"), listing.name);
  }
  if (state == "quarantined") {
    findings_.check(Invariant::kHonesty, !delivery.text_of("who").empty(),
                    words("and does not say who must act"), listing.name);
  }
  if (state != "delivered") return;
  if (delivery.text_of("lane") == "cmdb") {
    const std::string serial = fold(delivery.text_of("unit"));
    findings_.check(Invariant::kHonesty, arrived_units_.contains(serial),
                    words("but the CMDB never saw the unit"), listing.name);
    return;
  }
  if (delivery.text_of("lane") == "cisco") {
    findings_.check(Invariant::kHonesty, arrived_orders_.contains(purchase_order_of(record)),
                    words("but Cisco never accepted the order"), listing.name);
    return;
  }
  const Json* object = inventory_object_of(record);
  findings_.check(Invariant::kHonesty, object != nullptr && arrived_.contains(identity_of(*object)),
                  words("but ServiceMobility never applied it"), listing.name);
}

/// What waits is tried again, neither in the far future nor long ago. A device that was off or
/// suspended could not; and what waits for another delivery has no time of its own.
void Auditor::judge_next_try(const DeviceListing& listing, const Json& record,
                             const Json& delivery) {
  const std::string& shown = delivery.text_of("next_try_at");
  const auto at = parse_rfc3339(shown);
  const auto words = [&](const char* what) {
    return [&, what] {
      return listing.name + ": record " + record.text_of("id") + " on lane " +
             delivery.text_of("lane") + " is " + delivery.text_of("state") + ", and its next try " +
             what + ": \"" + shown + "\", now it is " +
             (listing.now ? format_rfc3339(*listing.now) : std::string("unknown")) + "; " +
             delivery.dump();
    };
  };
  findings_.check(Invariant::kNextTry, at.has_value(), words("has no time"), listing.name);
  if (!at || !listing.now) return;
  findings_.check(Invariant::kNextTry, *at - *listing.now <= listing.wait_most,
                  words("is too far ahead"), listing.name);
  const bool waits_for_another = delivery.text_of("why").starts_with("waits for record");
  const milliseconds overdue = std::min(*listing.now - *at, listing.awake);
  findings_.check(Invariant::kNextTry, waits_for_another || overdue <= kOverdueMost,
                  words("is long past"), listing.name);
}

/// The stock that the device shows is what its records make of it, and nothing else.
void Auditor::judge_stock(const DeviceListing& listing) {
  using Place = std::array<std::string, 4>;
  std::map<Place, Micros> wanted;
  for (const Json& record : listing.records) {
    const Json* usage = member(record, "body").find("usage");
    if (usage == nullptr) continue;
    for (const Json& location : member(*usage, "StorageLocations").items()) {
      for (const Json& item : member(location, "Items").items()) {
        wanted[{fold(location.text_of("StorageLocationID")), fold(item.text_of("ProdNum")),
                fold(item.text_of("BatchNum")), fold(item.text_of("SerialNum"))}] +=
            micros_of(item, "InQty") - micros_of(item, "OutQty");
      }
    }
  }
  std::erase_if(wanted, [](const auto& entry) { return entry.second == 0; });
  std::map<Place, Micros> shown;
  for (const Json& row : listing.stock) {
    const Micros quantity = micros_of(row, "Qty");
    if (quantity != 0) {
      shown[{fold(row.text_of("location")), fold(row.text_of("ProdNum")),
             fold(row.text_of("BatchNum")), fold(row.text_of("SerialNum"))}] = quantity;
    }
  }
  findings_.check(
      Invariant::kConservation, wanted == shown,
      [&] {
        return listing.name + ": the stock that it shows is not what its records add up to (" +
               std::to_string(shown.size()) + " rows shown, " + std::to_string(wanted.size()) +
               " wanted)";
      },
      listing.name);
}

void Auditor::judge_status(const DeviceListing& listing) {
  for (const Json& lane : member(listing.status, "lanes").items()) {
    std::map<std::string, std::int64_t> counted;
    for (const Json& record : listing.records) {
      for (const Json& delivery : member(record, "deliveries").items()) {
        if (delivery.text_of("lane") == lane.text_of("name")) ++counted[delivery.text_of("state")];
      }
    }
    const auto words = [&](const char* what) {
      return [&, what] { return listing.name + ": lane " + lane.text_of("name") + " " + what; };
    };
    findings_.check(Invariant::kHonesty,
                    lane.text_of("quarantined") == std::to_string(counted["quarantined"]),
                    words("counts its quarantined deliveries wrong"), listing.name);
    // What is under way, or waits for what a dispatcher must look at, needs no time of its own.
    const bool waits = counted["pending"] + counted["unknown"] > 0 && counted["in_flight"] == 0 &&
                       counted["quarantined"] == 0;
    findings_.check(Invariant::kNextTry, !waits || !lane.text_of("next_try_at").empty(),
                    words("has deliveries that wait, and no next try"), listing.name);
  }
}

}  // namespace handover::sim
