// The auditor's view of the back-ends: what has arrived, how often, and in which order.
#include <algorithm>

#include "sim/world/auditor.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {

namespace {

/// A row can come through the import door without any effect behind it.
bool is_applied(const CmdbModel::ImportRow& row) {
  return row.status == "inserted" || row.status == "updated" || row.status == "ignored";
}

}  // namespace

void Auditor::note_arrivals(const BackEnds& back_ends) {
  const auto& uploads = back_ends.servicemobility().uploads();
  for (; uploads_noted_ < uploads.size(); ++uploads_noted_) {
    const auto body = parse_json(*uploads[uploads_noted_].body);
    if (!body) continue;
    const std::string identity = identity_of(*body);
    arrived_.insert(identity);
    ++applied_[identity];
  }
  const auto& rows = back_ends.cmdb().import_rows();
  for (; import_rows_noted_ < rows.size(); ++import_rows_noted_) {
    if (!is_applied(rows[import_rows_noted_])) continue;
    auto news = news_in_row(rows[import_rows_noted_].body);
    if (!news) continue;
    arrived_units_.insert(news->serial);
    cmdb_rows_.push_back(std::move(*news));
  }
  for (const auto& order : back_ends.cisco().orders()) {
    if (order.checked.accepted) arrived_orders_.insert(order.purchase_order);
  }
}

void Auditor::note_restore(const BackEnds& back_ends) {
  restored_ = true;
  // What they have still was noted when it came.
  applied_.clear();
  uploads_noted_ = 0;
  import_rows_noted_ = back_ends.cmdb().import_rows().size();
}

void Auditor::judge_back_ends(const BackEnds& back_ends) {
  note_arrivals(back_ends);
  for (const auto& [identity, count] : applied_) {
    findings_.check(
        Invariant::kOneEffect, count == 1,
        [&, i = identity, n = count] {
          return "ServiceMobility has applied " + std::to_string(n) + " times: " + i;
        },
        "servicemobility");
  }
  findings_.check(
      Invariant::kAgreement, back_ends.servicemobility().transfers().mismatches().empty(),
      [] { return "two halves whose codes belong together do not say the same"; },
      "servicemobility");
  findings_.check(
      Invariant::kOneEffect, back_ends.servicemobility().transfers().copy_count() == 0,
      [] { return "the same half came under two keys"; }, "servicemobility");
  findings_.check(
      Invariant::kOneEffect, back_ends.cmdb().assets().duplicate_count() == 0,
      [] { return "one serial number has two assets"; }, "cmdb");
  findings_.check(
      Invariant::kOneEffect, back_ends.cisco().doubled() == 0,
      [] { return "one purchase order number was bought for twice"; }, "cisco");
}

void Auditor::judge_end(const std::vector<DeviceListing>& listings, const BackEnds& back_ends) {
  judge_back_ends(back_ends);
  std::set<std::string> recorded;
  for (const DeviceListing& listing : listings) {
    judge_device(listing);
    for (const Json& record : listing.records) {
      const Json* object = inventory_object_of(record);
      if (object == nullptr) continue;
      const std::string identity = identity_of(*object);
      recorded.insert(identity);
      findings_.check(
          Invariant::kOneEffect,
          applied_.contains(identity) || (restored_ && arrived_.contains(identity)),
          [&] {
            return listing.name + ": record " + record.text_of("id") +
                   " is not at ServiceMobility, though the world has healed: " + identity;
          },
          listing.name);
    }
  }
  for (const auto& [identity, count] : applied_) {
    findings_.check(
        Invariant::kNothingInvented, recorded.contains(identity),
        [&, i = identity] { return "ServiceMobility has what no device recorded: " + i; },
        "servicemobility");
  }
  judge_halves(listings, back_ends);
  judge_cmdb(listings, back_ends.cmdb());
  judge_orders_to_cisco(listings, back_ends.cisco());
  if (!restored_) judge_order(listings, back_ends.servicemobility());
}

/// Each order that was not cancelled is at Cisco, accepted, and Cisco has no other.
void Auditor::judge_orders_to_cisco(const std::vector<DeviceListing>& listings,
                                    const CiscoModel& cisco) {
  std::set<std::string> recorded;
  for (const DeviceListing& listing : listings) {
    for (const Json& record : listing.records) {
      const std::string number = purchase_order_of(record);
      if (number.empty()) continue;
      recorded.insert(number);
      const bool cancelled = std::any_of(
          member(record, "deliveries").items().begin(), member(record, "deliveries").items().end(),
          [](const Json& delivery) { return delivery.text_of("state") == "discarded"; });
      findings_.check(
          Invariant::kOneEffect,
          cancelled ? restored_ || !arrived_orders_.contains(number)
                    : arrived_orders_.contains(number),
          [&] {
            return listing.name + ": order " + number + " was " +
                   (cancelled ? "cancelled, and Cisco has it" : "submitted, and Cisco has it not");
          },
          listing.name);
    }
  }
  for (const auto& order : cisco.orders()) {
    findings_.check(
        Invariant::kNothingInvented, recorded.contains(order.purchase_order),
        [&] { return "Cisco has an order that no device recorded: " + order.purchase_order; },
        "cisco");
  }
}

/// Of records that touch one serialized unit, a device's earlier one arrives first.
void Auditor::judge_order(const std::vector<DeviceListing>& listings,
                          const ServiceMobilityModel& servicemobility) {
  std::map<std::string, std::pair<std::size_t, std::int64_t>> seq_of;  // By identity.
  for (const DeviceListing& listing : listings) {
    for (const Json& record : listing.records) {
      const Json* object = inventory_object_of(record);
      if (object == nullptr) continue;
      seq_of[identity_of(*object)] = {listing.device, std::stoll(record.text_of("seq"))};
    }
  }
  std::map<std::pair<std::size_t, std::string>, std::int64_t> last;
  for (const auto& upload : servicemobility.uploads()) {
    const auto body = parse_json(*upload.body);
    if (!body) continue;
    const auto found = seq_of.find(identity_of(*body));
    if (found == seq_of.end()) continue;
    const std::size_t device = found->second.first;  // Named: clang 14 captures no binding.
    const std::int64_t seq = found->second.second;
    std::vector<const Json*> items;
    for (const Json& item : member(*body, "Items").items()) items.push_back(&item);
    for (const Json& location : member(*body, "StorageLocations").items()) {
      for (const Json& item : member(location, "Items").items()) items.push_back(&item);
    }
    for (const Json* item : items) {
      const std::string serial = fold(item->text_of("SerialNum"));
      if (serial.empty()) continue;
      std::int64_t& before = last[{device, serial}];
      findings_.check(
          Invariant::kOrder, before <= seq,
          [&] {
            return listings.at(device).name + ": record " + std::to_string(seq) + " of " + serial +
                   " reached ServiceMobility after record " + std::to_string(before);
          },
          listings.at(device).name);
      before = std::max(before, seq);
    }
  }
}

}  // namespace handover::sim
