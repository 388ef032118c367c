// A technician, and how he asks a device for something. For the parts of people.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/network/network_chances.hpp"
#include "sim/random.hpp"
#include "sim/world/world.hpp"

namespace handover::sim {

/// A technician's mind: his own dice, and what he remembers of codes.
struct Mind {
  World& world;
  Random random;
  std::size_t device;
  // Of their own: who orders nothing, or has no warehouse, lives on as before.
  Random order_dice, warehouse_dice, late_dice;
  std::vector<std::pair<std::size_t, std::string>> old_codes;  // Of which receipt, which code.

  Mind(World& where, std::uint64_t seed, std::size_t own_device)
      : world(where),
        random(seed),
        device(own_device),
        order_dice(seed_for(seed, "orders")),
        warehouse_dice(seed_for(seed, "warehouse")),
        late_dice(seed_for(seed, "late cancels")) {}

  bool does(std::uint32_t one_in) { return strikes(random, one_in); }
  VirtualTime think(std::chrono::minutes most) {
    using std::chrono::seconds;
    return seconds(5 + random.below(static_cast<std::uint64_t>(seconds(most).count())));
  }
};

[[nodiscard]] HttpRequest post(const std::string& target, const Json& body, const std::string& key);
/// null if it is no JSON.
[[nodiscard]] Json body_of(const HttpResponse& response);
/// "urn:handover:problem:code-mismatch" -> "code-mismatch".
[[nodiscard]] std::string problem_of(const HttpResponse& response);
/// The Idempotency-Key of a step of a deed.
[[nodiscard]] std::string key_of(const Deed& deed, std::string_view step);

/// Asks, and notes what came of it. The answer, if there was one that settles it.
[[nodiscard]] boost::asio::awaitable<std::optional<HttpResponse>> ask(Mind& mind, Deed& deed,
                                                                      std::size_t device,
                                                                      HttpRequest request);

/// Records something that the device must take, or refuse since it is not in stock.
[[nodiscard]] boost::asio::awaitable<void> record(Mind& mind, Deed& deed, std::string target,
                                                  Json body);

/// Reports what came in, with tags or without, or corrects what the CMDB has of a unit.
[[nodiscard]] boost::asio::awaitable<void> work_in_warehouse(Mind& mind);

/// Submits one of the orders that his installations proposed, with its purchase order number or
/// without; now and then he thinks better of it.
[[nodiscard]] boost::asio::awaitable<void> order_services(Mind& mind);

}  // namespace handover::sim
