// Puts one simulated back-end on a loopback socket: HTTP/1.1 with keep-alive, quick enough to be a
// benchmark's sink.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "platform/result.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/simulated_back_end.hpp"

namespace handover::sim {

class Server {
 public:
  using WallClock = std::function<WallTime()>;

  /// Listens at once; serves while `io` runs. `port` 0 takes any free one. Errors: kConfig if
  /// `address` is no loopback address, kInUse if the port is taken, kIo. Lifetime: `back_end` must
  /// live until `io` is destroyed, since connections under way refer to it. Thread: everything but
  /// listen() on the thread that runs `io`.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& io,
                                                              const std::string& address,
                                                              std::uint16_t port,
                                                              SimulatedBackEnd& back_end,
                                                              WallClock wall_clock);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Refuses new connections from now on and cuts those that are open.
  void stop();

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace handover::sim
