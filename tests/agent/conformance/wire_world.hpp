// One lane of some kind over real sockets: the production transport and scheduler on one side, the
// simulated back-end behind a server that misbehaves on the wire on the other.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "agent/forwarding/lane_loop.hpp"
#include "platform/asio/asio_scheduler.hpp"
#include "platform/asio/beast_http_transport.hpp"
#include "platform/posix/system_clock.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/platform/scripted_server.hpp"
#include "tests/support/recording_log.hpp"
#include "tests/support/seeded_entropy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {

/// What is done with the honest answer to the first upload. Afterwards the connection ends.
using Mischief = std::function<void(Peer& peer, const std::string& honest)>;

struct WireTrouble {
  Mischief mischief;
  bool applied = true;  ///< The back-end has applied the upload that the mischief strikes.
};

class WireWorld {
 public:
  WireWorld(const LaneKind& kind, WireTrouble trouble);
  ~WireWorld();

  /// Writes a record, and lets the lane work until the mischief has struck and was judged.
  void send_into_trouble();
  /// Lets the lane work until the record is delivered, a person's retry included. False if it is
  /// not in some seconds.
  bool deliver();

  [[nodiscard]] storage::Delivery delivery();
  [[nodiscard]] std::vector<std::string> applied();

 private:
  void serve(Peer& peer);
  /// Runs the event loop until `done`; false if that takes too long.
  bool run_until(const std::function<bool()>& done);

  LaneKind kind_;
  WireTrouble trouble_;
  std::mutex mutex_;  // The server's threads and the test's share what follows.
  std::unique_ptr<sim::BackEndModel> model_;
  sim::SimulatedBackEnd back_end_;
  bool struck_ = false;
  std::unique_ptr<ScriptedServer> server_;

  TemporaryFolder folder_;
  posix::SystemClock clock_;
  SeededEntropy entropy_;
  RecordingLog log_;
  boost::asio::io_context context_;
  net::AsioScheduler scheduler_{context_, clock_};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<forwarding::Backend> backend_;
  std::unique_ptr<net::BeastHttpTransport> transport_;
  forwarding::ScheduleClock schedule_{clock_};
  std::unique_ptr<forwarding::LaneLoop> loop_;
  std::int64_t seq_ = 0;
};

}  // namespace handover::test
