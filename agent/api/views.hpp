// How transfers, records, deliveries, lanes and stock look in the API's answers
// (docs/openapi.yaml).
#pragma once

#include <vector>

#include "agent/domain/json.hpp"
#include "agent/forwarding/lane_loop.hpp"
#include "agent/recording/recorder.hpp"
#include "storage/store.hpp"

namespace handover::api {

struct ApiWorld;

[[nodiscard]] std::string_view to_string(storage::TransferState state);
[[nodiscard]] std::string_view to_string(storage::DeliveryState state);
/// Errors: kInvalid, naming the states there are.
[[nodiscard]] Result<storage::TransferState> parse_transfer_state(std::string_view text);
[[nodiscard]] Result<storage::DeliveryState> parse_delivery_state(std::string_view text);

/// Null for an empty text.
[[nodiscard]] Json text_or_null(std::string_view text);
[[nodiscard]] Json transfer_json(const recording::TransferView& view);
[[nodiscard]] Json warnings_json(const std::vector<recording::Warning>& warnings);
/// The refusal of a code that did not complete the half.
[[nodiscard]] HttpResponse refused_code(const recording::CodeOutcome& outcome);
/// The `enrollment` of the status; null without one.
[[nodiscard]] Json enrollment_json(const ApiWorld& world, WallTime now);
[[nodiscard]] Json stock_json(const storage::StockRow& row);

/// The lanes as the answers need them: by number, with names that outlive a lane's place in the
/// configuration.
class LaneBook {
 public:
  LaneBook(const storage::Store& store, const forwarding::ScheduleClock& schedule,
           std::vector<forwarding::LaneLoop*> lanes)
      : store_(store), schedule_(schedule), lanes_(std::move(lanes)) {}

  [[nodiscard]] const std::vector<forwarding::LaneLoop*>& lanes() const { return lanes_; }
  [[nodiscard]] forwarding::LaneLoop* find(std::string_view name) const;
  [[nodiscard]] forwarding::LaneLoop* find(std::int64_t lane) const;

  /// Errors: the store's.
  [[nodiscard]] Result<Json> record_json(const Record& record) const;
  /// A record of which only its number and its deliveries can be read any more.
  [[nodiscard]] Result<Json> damaged_json(std::int64_t seq) const;
  [[nodiscard]] Result<Json> delivery_json(const storage::Delivery& delivery) const;
  [[nodiscard]] Result<Json> lane_json(const forwarding::LaneLoop& lane) const;
  /// A lane that has left the configuration while something still waits on it; nothing where
  /// nothing does.
  [[nodiscard]] Result<std::optional<Json>> left_lane_json(
      const storage::Deliveries::Lane& lane) const;

 private:
  [[nodiscard]] Result<Json> deliveries_json(std::int64_t seq) const;
  [[nodiscard]] std::string why(const storage::Delivery& delivery,
                                const forwarding::LaneLoop* lane) const;

  const storage::Store& store_;
  const forwarding::ScheduleClock& schedule_;
  std::vector<forwarding::LaneLoop*> lanes_;
};

}  // namespace handover::api
