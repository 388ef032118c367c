// The auditor's view of the CMDB: of everything that happened to a unit it has heard, in the order
// of each device, and what it shows is the last that it heard.
#include <algorithm>
#include <utility>

#include "sim/world/auditor.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

const Json* cmdb_delivery_of(const Json& record, const std::string& serial) {
  for (const Json& delivery : member(record, "deliveries").items()) {
    if (delivery.text_of("lane") == BackEnds::kLanes[BackEnds::kCmdb] &&
        fold(delivery.text_of("unit")) == serial) {
      return &delivery;
    }
  }
  return nullptr;
}

/// What one device tells of one unit, in its order.
class Story {
 public:
  struct Event {
    CmdbNews news;
    std::int64_t seq = 0;
    bool needed = true;  ///< False: the CMDB may have heard of it, and need not.
    bool superseded = false;
  };

  void add(Event event) { events_.push_back(std::move(event)); }

  [[nodiscard]] bool has(const CmdbNews& row) const {
    return std::any_of(events_.begin(), events_.end(),
                       [&](const Event& event) { return event.news.is_told_by(row); });
  }

  /// A row arrived. False if it cannot be its turn: the last event once more, or the next that was
  /// needed. Events that say the same make it open which of them it was; all that are possible are
  /// kept.
  bool hear(const CmdbNews& row) {
    std::set<std::size_t> next;
    for (const std::size_t behind : heard_) {
      if (behind > 0 && events_[behind - 1].news.is_told_by(row)) next.insert(behind);
      for (std::size_t i = behind; i < events_.size(); ++i) {
        if (events_[i].news.is_told_by(row)) next.insert(i + 1);
        if (events_[i].needed) break;
      }
    }
    if (next.empty()) return false;
    heard_ = std::move(next);
    return true;
  }

  /// The first that is needed and did not come, or null.
  [[nodiscard]] const Event* missing() const {
    for (std::size_t i = *heard_.rbegin(); i < events_.size(); ++i) {
      if (events_[i].needed) return &events_[i];
    }
    return nullptr;
  }

  /// Only what this device has handed on can be superseded by what the receiver told. The first
  /// event that is so, and was not handed on with it or later, or null.
  [[nodiscard]] const Event* wrongly_superseded() const {
    const Event* found = nullptr;
    for (const Event& event : events_) {
      if (found == nullptr && event.superseded) found = &event;
      if (event.news.state == "intransit") found = nullptr;
    }
    return found;
  }

 private:
  std::vector<Event> events_;
  std::set<std::size_t> heard_{0};  // So many of them have come; one of these is true.
};

/// By serial number and device.
using Stories = std::map<std::string, std::map<std::size_t, Story>>;

/// Whose van or who else said it, as far as the row tells.
std::string teller_of(const CmdbNews& row, const std::vector<DeviceListing>& listings) {
  for (const DeviceListing& listing : listings) {
    if (fold(listing.location) == row.stockroom) return listing.name;
  }
  return BackEnds::kLanes[BackEnds::kCmdb];
}

void judge_rows(Findings& findings, const std::vector<DeviceListing>& listings,
                const std::vector<CmdbNews>& rows, Stories& stories) {
  for (const CmdbNews& row : rows) {
    bool known = false;
    for (auto& [device, story] : stories[row.serial]) {
      if (!story.has(row)) continue;
      known = true;
      const bool in_turn = story.hear(row);
      const std::string& name = listings.at(device).name;
      findings.check(
          Invariant::kOrder, in_turn,
          [&] {
            return name + ": the CMDB heard of " + row.serial + " that it is " + row.state +
                   ", out of its turn";
          },
          name);
    }
    findings.check(
        Invariant::kNothingInvented, known,
        [&] {
          return "the CMDB has heard what no device recorded: " + row.serial + " is " + row.state +
                 " at " + row.location + ", stockroom " + row.stockroom;
        },
        teller_of(row, listings));
  }
  for (const auto& [serial, of_devices] : stories) {
    for (const auto& [device, story] : of_devices) {
      const std::string& name = listings.at(device).name;
      const auto* superseded = story.wrongly_superseded();
      findings.check(
          Invariant::kHonesty, superseded == nullptr,
          [&] {
            return name + ": record " + std::to_string(superseded->seq) +
                   " counts as superseded, and its unit was never handed on";
          },
          name);
      const auto* missing = story.missing();
      findings.check(
          Invariant::kOneEffect, missing == nullptr,
          [&, s = serial] {
            return name + ": record " + std::to_string(missing->seq) +
                   " counts as delivered, and the CMDB never heard that " + s + " is " +
                   missing->news.state;
          },
          name);
    }
  }
}

}  // namespace

/// Each record has one delivery for each back-end that must hear of it, and no other.
void Auditor::judge_plan(const DeviceListing& listing, const Json& record, const Deed& deed) {
  const bool of_transfer = !member(record, "body").text_of("transfer_id").empty();
  std::multiset<std::string> wanted;
  if (inventory_object_of(record) != nullptr) wanted.insert("servicemobility");
  if (!purchase_order_of(record).empty()) wanted.insert("cisco");
  if (!of_transfer || record.text_of("kind") == "transfer") {
    if (deed.kind == DeedKind::kAssetEvent) {
      const Part& unit = deed.news.unit;
      const bool told = !unit.serial.empty() && !deed.news.unwanted;
      wanted.insert("cmdb " + fold(unit.serial.empty() ? unit.product : unit.serial) +
                    (told ? "" : " not wanted"));
    } else {
      for (const auto& [part, micros] : deed.terms.parts) {
        if (!part.serial.empty()) wanted.insert("cmdb " + fold(part.serial));
      }
    }
  }
  std::multiset<std::string> planned;
  for (const Json& delivery : member(record, "deliveries").items()) {
    const std::string& lane = delivery.text_of("lane");
    const bool cmdb = lane == BackEnds::kLanes[BackEnds::kCmdb];
    const bool not_wanted = delivery.text_of("state") == "not_wanted";
    planned.insert(lane + (cmdb ? " " + fold(delivery.text_of("unit")) : "") +
                   (not_wanted ? " not wanted" : ""));
  }
  findings_.check(
      Invariant::kOneEffect, planned == wanted,
      [&] {
        std::string words = listing.name + ": record " + record.text_of("id") + " goes to";
        for (const auto& place : planned) words += " [" + place + "]";
        words += ", and " + tag_of(deed.number) + " must go to";
        for (const auto& place : wanted) words += " [" + place + "]";
        return words;
      },
      listing.name);
}

void Auditor::judge_cmdb(const std::vector<DeviceListing>& listings, const CmdbModel& cmdb) {
  std::vector<std::string> locations;
  for (const DeviceListing& listing : listings) locations.push_back(listing.location);
  Stories stories;
  for (const DeviceListing& listing : listings) {
    std::vector<std::pair<std::int64_t, const Json*>> records;
    for (const Json& record : listing.records)
      records.emplace_back(std::stoll(record.text_of("seq")), &record);
    std::sort(records.begin(), records.end());
    for (const auto& [seq, record] : records) {
      const Deed* deed = deed_of(listing, *record);
      if (deed == nullptr) continue;
      for (CmdbNews& news : news_of(*deed, locations)) {
        const Json* delivery = cmdb_delivery_of(*record, news.serial);
        if (delivery == nullptr) continue;  // judge_plan() has said so.
        const std::string& state = delivery->text_of("state");
        ++units_told_;
        const std::string serial = news.serial;
        stories[serial][listing.device].add(
            {std::move(news), seq, state == "delivered", state == "superseded"});
      }
    }
  }
  judge_rows(findings_, listings, cmdb_rows_, stories);
  if (!restored_) judge_assets(cmdb);
}

/// One asset for each unit, and it shows the last that came.
void Auditor::judge_assets(const CmdbModel& cmdb) {
  std::map<std::string, const Asset*> assets;
  for (const Asset& asset : cmdb.assets().assets())
    assets[fold(asset.field("serial_number"))] = &asset;
  // A CMDB that does not know the prefix has assets of its own for corrections.
  std::map<std::string, const CmdbNews*> last;
  for (const CmdbNews& row : cmdb_rows_) {
    const std::string ghost = "update" + row.serial;
    last[row.corrects && assets.contains(ghost) ? ghost : row.serial] = &row;
  }
  for (const auto& [serial, row] : last) {
    const auto found = assets.find(serial);
    const bool shown =
        found != assets.end() && found->second->field("state") == row->state &&
        fold(found->second->field("location")) == row->location &&
        (row->state == "inuse" || fold(found->second->field("stockroom")) == row->stockroom);
    findings_.check(
        Invariant::kOneEffect, shown,
        [&, s = serial, r = row] {
          return "the CMDB heard last that " + s + " is " + r->state + " at " + r->location +
                 ", and does not show it so";
        },
        "cmdb");
  }
}

}  // namespace handover::sim
