// One simulated connection: two pipes, and the server at the far end. Internal to sim/network.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "platform/asio/http_parser.hpp"
#include "sim/network/pipe.hpp"
#include "sim/network/stream_link.hpp"

namespace handover::sim {

/// What the device's end of a connection hears.
class DeviceEnd {
 public:
  virtual ~DeviceEnd() = default;
  virtual void on_bytes(std::string_view bytes) = 0;
  virtual void on_end(CloseMode how) = 0;
  /// The server has taken so many bytes more.
  virtual void on_taken(std::size_t count) = 0;
};

class Wire {
 public:
  explicit Wire(StreamLink& link);

  // The device's end.
  void attach(DeviceEnd& device) { device_ = &device; }
  void send_request(std::string_view bytes);
  /// The device closes. The wire is no more its own.
  void hang_up();

  // The link.
  /// The network is gone: what is on its way vanishes. `heard`: the device notices.
  void lose(bool heard);
  [[nodiscard]] bool is_over() const { return device_ == nullptr && is_server_closed_; }

 private:
  void on_request_bytes(std::string_view bytes);
  void answer();
  [[nodiscard]] Outcome handle(const HttpRequest& request);
  void send_answer(const Outcome& outcome, bool keep_alive);
  void send_text(std::string_view text);
  void drip(std::string_view text);
  void break_off(CloseMode how);
  void close_server(CloseMode how);
  void stop_server();

  StreamLink& link_;
  DeviceEnd* device_ = nullptr;
  Fate fate_;
  Pipe to_server_;
  Pipe to_device_;
  boost::beast::flat_buffer unread_;
  std::optional<net::MessageParser<true>> parser_;
  Alarm pause_;  // Before the answer, and before the server closes.
  bool is_answering_ = false;
  bool is_server_closed_ = false;
};

}  // namespace handover::sim
