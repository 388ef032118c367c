// The network between one device and one back-end, down to the bytes of its connections. It stands
// outside of the device: what has left arrives, also when the device dies.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.hpp"
#include "platform/scheduler.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "sim/network/network_chances.hpp"

namespace handover::sim {

class Pipe;
class Wire;

/// Where the bytes of a message stop to arrive.
struct Cut {
  std::uint64_t place = 0;       ///< After so many bytes, modulo what the message has.
  std::optional<CloseMode> end;  ///< How the connection breaks there. None: it falls silent.
};

/// What happens to one request and its answer.
struct Fate {
  std::optional<Cut> request;
  std::optional<Cut> answer;
  bool duplicate = false;
  bool drip = false;
  bool captive_portal = false;
  std::optional<milliseconds> closes_after;  ///< The server closes so long after its answer.
};

/// How the attempt to connect goes.
struct Approach {
  enum class Kind { kAccepted, kRefused, kUnreachable, kSilent };
  Kind kind = Kind::kAccepted;
  milliseconds delay{0};  ///< Until the device hears of it. Not for kSilent: it never does.
};

class StreamLink {
 public:
  /// The back-end takes one request, at its own time.
  using Serve = std::function<Outcome(const HttpRequest& request)>;

  /// `scheduler` and `clock` are the world's, not a device's. Lifetime: both outlive the link, and
  /// the link outlives every transport and exchange on it.
  StreamLink(Scheduler& scheduler, const Clock& clock, Serve serve, const NetworkChances& chances,
             FaultCounts& faults, std::uint64_t seed);
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;
  ~StreamLink();

  /// Down: nobody connects, and each connection loses what is on its way; some break, some are
  /// silent for ever. It starts up.
  void set_up(bool up);
  [[nodiscard]] bool is_up() const { return up_; }
  /// From the next draw on.
  void set_chances(const NetworkChances& chances) { chances_ = chances; }
  /// Instead of chance, for the next request that has no plan yet.
  void plan(Fate fate) { planned_.push_back(fate); }

  /// Changes with every byte that leaves and everything that happens, and when: the same for the
  /// same seed.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  /// How many connections were made.
  [[nodiscard]] std::size_t connections() const { return connections_; }

  // For the device's end.
  [[nodiscard]] Approach approach();
  /// A new connection; null if the link has gone down. It is the link's, and stays until its
  /// hang_up().
  [[nodiscard]] Wire* open();

 private:
  friend class Wire;

  [[nodiscard]] Fate next_fate();
  void count(const Fate& fate);
  [[nodiscard]] milliseconds delay();
  void transmit(Pipe& pipe, std::string_view bytes);
  void note(std::string_view what, std::size_t size);

  Scheduler& scheduler_;
  const Clock& clock_;
  Serve serve_;
  NetworkChances chances_;
  FaultCounts& faults_;
  Random fates_;
  Random pieces_;  // Apart from the fates, since how many it draws depends on sizes.
  std::deque<Fate> planned_;
  std::vector<std::unique_ptr<Wire>> wires_;
  std::uint64_t trace_ = 0;
  std::size_t connections_ = 0;
  bool up_ = true;
};

}  // namespace handover::sim
