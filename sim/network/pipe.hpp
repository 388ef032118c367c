// One direction of a simulated connection: bytes arrive later, in pieces, in order, until they
// stop.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.hpp"
#include "sim/back-ends/misbehaviour.hpp"
#include "sim/network/alarm.hpp"

namespace handover::sim {

class Pipe {
 public:
  using OnBytes = std::function<void(std::string_view bytes)>;
  using OnEnd = std::function<void(CloseMode how)>;

  /// Nothing arrives from inside send() or end(). Lifetime: scheduler and clock outlive the pipe;
  /// neither function may destroy it.
  Pipe(Scheduler& scheduler, const Clock& clock, OnBytes on_bytes, OnEnd on_end);

  /// A piece that needs `delay`, or longer if one before it does.
  void send(std::string bytes, milliseconds delay);
  /// The end, after all that was sent. What is sent later vanishes.
  void end(CloseMode how, milliseconds delay);
  /// What is sent from now on vanishes, the end as well. What is on its way arrives.
  void fall_silent() { is_open_ = false; }
  /// The same, but what is on its way vanishes, too.
  void cut();

  /// Whether what is sent now arrives.
  [[nodiscard]] bool is_open() const { return is_open_; }

 private:
  struct Parcel {
    MonotonicTime when;
    std::string bytes;
    std::optional<CloseMode> end;
  };
  void put(std::string bytes, std::optional<CloseMode> end, milliseconds delay);
  void await_next();
  void deliver();

  const Clock& clock_;
  OnBytes on_bytes_;
  OnEnd on_end_;
  std::deque<Parcel> under_way_;
  bool is_open_ = true;
  Alarm alarm_;
};

}  // namespace handover::sim
