#include "sim/network/device_stream.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <memory>
#include <utility>

#include "platform/assert.hpp"

namespace handover::sim {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;

}  // namespace

DeviceStream::DeviceStream(Scheduler& scheduler, const Clock& clock)
    : scheduler_(scheduler), clock_(clock), limit_(scheduler), pause_(scheduler) {}

DeviceStream::~DeviceStream() { close(); }

net::ByteStream::Io DeviceStream::begin(Step step, std::function<void()> start) {
  const auto initiate = [this, step, start = std::move(start)](auto handler) {
    INVARIANT(step_ == Step::kNone);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    finish_ = [shared](error_code error, std::size_t count) { std::move (*shared)(error, count); };
    step_ = step;
    start();
  };
  return asio::async_initiate<decltype(net::kUseTuple), void(error_code, std::size_t)>(
      initiate, net::kUseTuple);
}

void DeviceStream::finish(error_code error, std::size_t count) {
  step_ = Step::kNone;
  pause_.stop();
  scheduler_.post(
      [resume = std::exchange(finish_, nullptr), error, count] { resume(error, count); });
}

net::ByteStream::Io DeviceStream::pause(std::optional<milliseconds> time) {
  return begin(Step::kPause, [this, time] {
    if (time) pause_.set(clock_.monotonic_now() + *time, [this] { finish({}, 0); });
  });
}

net::ByteStream::Io DeviceStream::write() {
  return begin(Step::kWrite, [this] { start_write(); });
}

net::ByteStream::Io DeviceStream::read_some() {
  return begin(Step::kRead, [this] { advance(); });
}

void DeviceStream::connect(Wire& wire) {
  wire_ = &wire;
  wire.attach(*this);
}

void DeviceStream::close() {
  closed_ = true;
  limit_.stop();
  if (wire_ != nullptr) std::exchange(wire_, nullptr)->hang_up();
  advance();
}

void DeviceStream::limit(milliseconds time) {
  limit_.set(clock_.monotonic_now() + time, [this] {
    timed_out_ = true;
    close();
  });
}

void DeviceStream::start_write() {
  not_taken_ = output.size();
  if (wire_ != nullptr) wire_->send_request(output);
  advance();
}

void DeviceStream::advance() {
  if (step_ == Step::kPause && closed_) return finish(asio::error::operation_aborted, 0);
  if (step_ == Step::kWrite) return advance_write();
  if (step_ == Step::kRead) return advance_read();
}

void DeviceStream::advance_write() {
  const std::size_t written = output.size() - not_taken_ + std::min(not_taken_, kSystemBufferBytes);
  if (closed_) return finish(asio::error::operation_aborted, written);
  if (written == output.size()) return finish({}, written);
  if (end_) return finish(asio::error::connection_reset, written);
}

void DeviceStream::advance_read() {
  if (closed_) return finish(asio::error::operation_aborted, 0);
  if (!arrived_.empty()) {
    const std::size_t count = std::min(arrived_.size(), kReadBytes);
    const auto space = input.prepare(count);
    std::copy_n(arrived_.begin(), count, static_cast<char*>(space.data()));
    arrived_.erase(0, count);
    return finish({}, count);
  }
  if (!end_) return;
  if (*end_ == CloseMode::kReset) return finish(asio::error::connection_reset, 0);
  finish(asio::error::eof, 0);
}

void DeviceStream::on_bytes(std::string_view bytes) {
  arrived_.append(bytes);
  advance();
}

void DeviceStream::on_end(CloseMode how) {
  end_ = how;
  advance();
}

void DeviceStream::on_taken(std::size_t count) {
  not_taken_ -= std::min(count, not_taken_);
  advance();
}

}  // namespace handover::sim
