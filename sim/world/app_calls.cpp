#include "sim/world/app_calls.hpp"

#include <algorithm>
#include <utility>

namespace handover::sim {

using boost::asio::awaitable;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// A listing takes moments. If its clock went further, somebody has set it.
constexpr milliseconds kListingTime = minutes(1);

/// What a server asks for is granted up to two hours.
milliseconds longest_wait(const HandheldSettings& settings) {
  return std::max<milliseconds>(settings.lane.retry.cap, hours(2)) + kListingTime;
}

}  // namespace

awaitable<std::optional<Json>> read(Device& device, std::string target) {
  auto calling = device.call(HttpRequest("GET", std::move(target)));
  const Device::Answer answer = co_await std::move(calling);
  if (!answer || answer->status != 200) co_return std::nullopt;
  auto body = parse_json(answer->body, kStoredJsonLimits);
  if (!body) co_return std::nullopt;
  co_return std::move(*body);
}

awaitable<bool> read_list(Device& device, const char* path, std::vector<Json>& items) {
  std::string after;
  do {
    auto reading = read(device, std::string(path) + "?limit=500" + after);
    const std::optional<Json> page = co_await std::move(reading);
    if (!page) co_return false;
    const auto& more = page->find("items")->items();
    items.insert(items.end(), more.begin(), more.end());
    const std::string& next = page->text_of("next");
    after = next.empty() ? "" : "&after=" + next;
  } while (!after.empty());
  co_return true;
}

awaitable<std::optional<DeviceListing>> list(Device& device, std::size_t number) {
  DeviceListing listing;
  listing.name = device.name();
  listing.device = number;
  listing.location = device.settings().location;
  listing.wait_most = longest_wait(device.settings());
  const WallTime began = device.clock().wall_now();
  auto before = read(device, "/v1/status");
  const std::optional<Json> status_before = co_await std::move(before);
  if (!status_before) co_return std::nullopt;
  auto records = read_list(device, "/v1/records", listing.records);
  bool whole = co_await std::move(records);
  if (!whole) co_return std::nullopt;
  auto transfers = read_list(device, "/v1/transfers", listing.transfers);
  whole = co_await std::move(transfers);
  if (!whole) co_return std::nullopt;
  auto stock = read_list(device, "/v1/stock", listing.stock);
  whole = co_await std::move(stock);
  if (!whole) co_return std::nullopt;
  auto status = read(device, "/v1/status");
  std::optional<Json> shown = co_await std::move(status);
  if (!shown) co_return std::nullopt;
  const WallTime ended = device.clock().wall_now();
  if (ended >= began && ended - began < kListingTime) listing.now = ended;
  listing.awake = device.awake_for();
  // Lanes work on while they are listed: only a status that stood still belongs to the records.
  if (*shown == *status_before) listing.status = std::move(*shown);
  co_return std::move(listing);
}

std::uint64_t count_in(const Json& status, std::initializer_list<std::string_view> states) {
  std::uint64_t count = 0;
  for (const Json& lane : status.find("lanes")->items()) {
    for (const std::string_view state : states) count += std::stoull(lane.text_of(state));
  }
  return count;
}

bool waits(const Json& delivery) {
  const std::string& state = delivery.text_of("state");
  return state != "delivered" && state != "superseded" && state != "discarded" &&
         state != "not_wanted";
}

}  // namespace handover::sim
