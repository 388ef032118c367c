// The device's end of a simulated connection, as the codec wants it. Internal to sim/network.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/asio/http_exchange.hpp"
#include "platform/clock.hpp"
#include "sim/network/alarm.hpp"
#include "sim/network/wire.hpp"

namespace handover::sim {

/// It acts like a plain socket: the system takes a write that fits into its buffer at once, and
/// the rest as the server takes what came before. What is under way ends in a task of its own,
/// never inside a call.
class DeviceStream final : public net::ByteStream, public DeviceEnd {
 public:
  /// What the system takes although nobody has read it yet.
  static constexpr std::size_t kSystemBufferBytes = std::size_t{64} << 10;

  DeviceStream(Scheduler& scheduler, const Clock& clock);
  DeviceStream(const DeviceStream&) = delete;
  DeviceStream& operator=(const DeviceStream&) = delete;
  ~DeviceStream() override;

  /// Waits for so long; for ever without a time. close() ends it with operation_aborted.
  Io pause(std::optional<milliseconds> time);
  void connect(Wire& wire);
  void close();
  /// Nothing arrived while it was idle, and it did not end.
  [[nodiscard]] bool is_reusable() const { return is_open() && arrived_.empty() && !end_; }

  Io write() override;
  Io read_some() override;
  void limit(milliseconds time) override;
  [[nodiscard]] bool timed_out() const override { return timed_out_; }
  [[nodiscard]] bool is_open() const override { return !closed_; }
  [[nodiscard]] bool is_encrypted() const override { return false; }

  void on_bytes(std::string_view bytes) override;
  void on_end(CloseMode how) override;
  void on_taken(std::size_t count) override;

 private:
  enum class Step { kNone, kPause, kWrite, kRead };
  using Finish = std::function<void(boost::system::error_code, std::size_t)>;

  Io begin(Step step, std::function<void()> start);
  void finish(boost::system::error_code error, std::size_t count);
  void start_write();
  void advance();
  void advance_write();
  void advance_read();

  Scheduler& scheduler_;
  const Clock& clock_;
  Wire* wire_ = nullptr;
  Step step_ = Step::kNone;
  Finish finish_;  // Holds the coroutine that waits.
  std::string arrived_;
  std::optional<CloseMode> end_;
  std::size_t not_taken_ = 0;  // What the server has not taken yet, of `output`.
  bool closed_ = false;
  bool timed_out_ = false;
  Alarm limit_;
  Alarm pause_;
};

}  // namespace handover::sim
