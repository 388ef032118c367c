// The calls about records, one function each.
#include <algorithm>
#include <charconv>

#include "agent/api/api.hpp"
#include "agent/api/page.hpp"
#include "agent/api/problem.hpp"
#include "agent/forwarding/persons_decision.hpp"
#include "agent/forwarding/record_of.hpp"

namespace handover::api {
namespace {

using forwarding::LaneLoop;
using storage::Delivery;

/// The number in "seq:16", the name of a record whose id cannot be read any more.
std::optional<std::int64_t> number_in(std::string_view id) {
  constexpr std::string_view kPrefix = "seq:";
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  if (!id.starts_with(kPrefix)) return std::nullopt;
  id.remove_prefix(kPrefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool whole = error == std::errc() && end == id.data() + id.size();
  return whole && number > 0 && number < kMost ? std::optional(number) : std::nullopt;
}

bool is_unreadable(const Error& error) {
  return error.code == Errc::kCorrupt || error.code == Errc::kNotFound;
}

}  // namespace

Result<HttpResponse> Api::list_records(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({"state", "lane", "limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(const std::int64_t after, call.after());
  std::optional<storage::DeliveryState> state;
  if (const std::string text = call.parameter("state"); !text.empty()) {
    auto parsed = parse_delivery_state(text);
    if (!parsed) return fail(std::move(parsed).error().below("?state"));
    state = *parsed;
  }
  std::int64_t lane = 0;
  if (const std::string name = call.parameter("lane"); !name.empty()) {
    const LaneLoop* found = lane_book_.find(name);
    if (found == nullptr)
      return fail(Error::invalid("?lane", "there is no such lane in the configuration"));
    lane = found->id();
  }
  const HttpHeader tag{"ETag", store_tag()};
  if (call.header("If-None-Match") == tag.value) {
    HttpResponse unchanged(304);
    unchanged.headers.push_back(tag);
    return unchanged;
  }
  const bool all = !state && lane == 0;
  TRY_ASSIGN(const auto numbers,
             all ? world_.store.journal.list(after, limit)
                 : world_.store.deliveries.records_in(state, lane, after, limit));
  Page page(limit);
  for (const std::int64_t seq : numbers) {
    TRY_ASSIGN(const Json record, record_or_damaged(seq));
    if (!page.add(record, Json(std::to_string(seq)))) break;
  }
  HttpResponse response = page.answer();
  response.headers.push_back(tag);
  return response;
}

/// Stays the same as long as nothing was written since this program started.
std::string Api::store_tag() const {
  return '"' + started_ + '-' + std::to_string(world_.store.database().total_changes()) + '"';
}

Result<Json> Api::record_or_damaged(std::int64_t seq) const {
  auto entry = world_.store.journal.read(seq);
  if (entry) return lane_book_.record_json(forwarding::record_of(std::move(*entry)));
  if (is_unreadable(entry.error())) return lane_book_.damaged_json(seq);
  return fail(std::move(entry).error());
}

/// The number that an id stands for: that of a record whose id is right, or of one that is damaged
/// and is named by its number.
Result<std::int64_t> Api::find_record(const std::string& id) const {
  if (const auto seq = number_in(id)) {
    TRY_ASSIGN(const bool is_there, world_.store.journal.contains(*seq));
    if (is_there) return *seq;
    return fail(Errc::kNotFound, "there is no record " + std::to_string(*seq));
  }
  auto entry = world_.store.journal.read_by_id(id);
  if (entry) return entry->seq;
  Error error = std::move(entry).error();
  if (error.code == Errc::kCorrupt) error.detail += "; use seq: and its number as its id now";
  return fail(std::move(error));
}

Result<HttpResponse> Api::get_record(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const std::int64_t seq, find_record(arguments[0]));
  TRY_ASSIGN(const Json record, record_or_damaged(seq));
  return json_answer(200, record);
}

Result<HttpResponse> Api::change_deliveries(
    const std::vector<std::string>& arguments,
    const std::function<Result<void>(LaneLoop* lane, const Delivery& delivery)>& change) {
  TRY_ASSIGN(const std::int64_t seq, find_record(arguments[0]));
  TRY_ASSIGN(const auto all_lanes, world_.store.deliveries.lanes());
  const auto lane = std::find_if(all_lanes.begin(), all_lanes.end(),
                                 [&](const auto& known) { return known.name == arguments[1]; });
  if (lane == all_lanes.end()) return fail(Errc::kNotFound, "there is no such lane");
  TRY_ASSIGN(const auto deliveries, world_.store.deliveries.of_record(seq));
  std::size_t changed = 0;
  std::optional<Error> refusal;
  for (const Delivery& delivery : deliveries) {
    if (delivery.lane != lane->id) continue;
    auto done = change(lane_book_.find(lane->id), delivery);
    if (done) ++changed;
    // A record of several units has several deliveries on a lane: those that are through already do
    // not stop the others.
    if (!done && done.error().code != Errc::kRefused) return fail(std::move(done).error());
    if (!done) refusal = std::move(done).error();
  }
  if (changed == 0) {
    return fail(refusal ? std::move(*refusal)
                        : Error(Errc::kNotFound, "this record has no delivery on that lane"));
  }
  wake_lanes();
  TRY_ASSIGN(const Json record, record_or_damaged(seq));
  return json_answer(200, record);
}

Result<HttpResponse> Api::post_retry(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.expect_no_body());
  return change_deliveries(arguments, [](LaneLoop* lane, const Delivery& delivery) -> Result<void> {
    if (lane != nullptr) return lane->retry(delivery);
    return fail(Error::refused(
        "delivery-closed", "this lane is not in the configuration any more: put it back first"));
  });
}

Result<HttpResponse> Api::post_discard(const Call& call,
                                       const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const std::string reason, call.only_text("reason"));
  return change_deliveries(arguments, [&](LaneLoop*, const Delivery& delivery) {
    return forwarding::discard_delivery(world_.store.deliveries, delivery, "discarded: " + reason,
                                        world_.schedule.now());
  });
}

}  // namespace handover::api
