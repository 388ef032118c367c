// A record with one delivery, and what becomes of it, for tests that are about something else.
#pragma once

#include <string>

#include "tests/support/test_store.hpp"

namespace handover::test {

/// Returns the delivery's id.
inline std::int64_t add_delivery(TestStore& world, const std::string& not_wanted = "") {
  return good(world.write([&]() -> Result<std::int64_t> {
    TRY_ASSIGN(const auto entry, world->journal.append(3, {}, R"({"n":1})"));
    storage::NewDelivery delivery;
    delivery.record_seq = entry.seq;
    TRY_ASSIGN(delivery.lane, world->deliveries.lane_id("cmdb", "cmdb"));
    delivery.unit = "S1";
    delivery.key = "key";
    delivery.not_wanted = not_wanted;
    if (not_wanted.empty()) delivery.order_keys = {7};
    RETURN_IF_ERROR(world->deliveries.add(delivery));
    return entry.seq * 65536;
  }));
}

inline void set_state(TestStore& world, std::int64_t delivery, storage::DeliveryState state) {
  storage::DeliveryChange change;
  change.state = state;
  good(world.write([&] { return world->deliveries.change(delivery, change); }));
}

}  // namespace handover::test
