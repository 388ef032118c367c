// GET /v1/events: tells each listener what has changed in the store, as Server-Sent Events, from
// where he was.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/api/views.hpp"
#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"
#include "platform/scheduler.hpp"
#include "storage/store.hpp"

namespace handover::api {

/// Only what is durable is told, and how things stand by then: of several changes of the same thing
/// that wait for a listener he hears the last. A listener has one piece of kPieceBytes on its way
/// to him at most, and everything else stays in the store: a slow one costs nothing, and is cut off
/// by the server when he does not take his piece in time. He resumes by the number of the last
/// event. Lifetime: what is in `World` outlives this; listeners may outlive it, and hear nothing
/// more.
class EventStream {
 public:
  static constexpr std::size_t kListenersMax = 16;
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

  struct World {
    storage::Store& store;
    Scheduler& scheduler;
    const Clock& clock;
    const LaneBook& lanes;
  };

  explicit EventStream(const World& world);
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// The events after number `after`, or from now on. If those are not kept any more, or never
  /// were, the listener first hears `reset`: he must read anew what he shows.
  /// Errors: kRefused `too-many-listeners`.
  [[nodiscard]] Result<std::shared_ptr<HttpBodyStream>> open(std::optional<std::int64_t> after);

 private:
  struct Hub;
  class Listener;
  std::shared_ptr<Hub> hub_;
};

}  // namespace handover::api
