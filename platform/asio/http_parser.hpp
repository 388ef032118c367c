// Beast's incremental HTTP/1.1 parser, filling our messages directly: no header map, no second copy
// of the body. Internal to platform/asio and the simulated network.
#pragma once

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <type_traits>

#include "platform/http.hpp"

namespace handover::net {

namespace http = boost::beast::http;
using boost::system::error_code;

/// Parses one message. Trailers are dropped.
template <bool kIsRequest>
class MessageParser final : public http::basic_parser<kIsRequest> {
 public:
  using Message = std::conditional_t<kIsRequest, HttpRequest, HttpResponse>;

  MessageParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
      : body_bytes_max_(body_bytes_max) {
    this->header_limit(static_cast<std::uint32_t>(header_bytes_max));
    this->body_limit(body_bytes_max);
    this->eager(true);
  }

  [[nodiscard]] Message& message() { return message_; }
  /// 10 or 11.
  [[nodiscard]] int version() const { return version_; }

 private:
  using Text = boost::beast::string_view;
  // More than this is made room for as it comes, not as it is announced.
  static constexpr std::size_t kReservedMax = std::size_t{1} << 20;

  static std::string_view view(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(http::verb, Text method, Text target, int version,
                       error_code& error) override {
    error = {};
    version_ = version;
    if constexpr (kIsRequest) {
      message_.method = view(method);
      message_.target = view(target);
    }
  }
  void on_response_impl(int code, Text, int, error_code& error) override {
    error = {};
    if constexpr (!kIsRequest) message_.status = code;
  }
  void on_field_impl(http::field, Text name, Text value, error_code& error) override {
    error = {};
    if (header_done_) return;
    HttpHeader header;
    header.name = view(name);
    header.value = view(value);
    message_.headers.push_back(std::move(header));
  }
  void on_header_impl(error_code& error) override {
    header_done_ = true;
    // Beast would read a body in an unknown coding as if there were none, and its bytes as the next
    // message.
    const bool coded = !find_header(message_.headers, "Transfer-Encoding").empty();
    error = coded && !this->chunked() ? make_error_code(http::error::bad_transfer_encoding)
                                      : error_code();
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override {
    error = {};
    if (length) message_.body.reserve(std::min({*length, body_bytes_max_, kReservedMax}));
  }
  std::size_t on_body_impl(Text body, error_code& error) override {
    error = {};
    message_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, error_code& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code& error) override { error = {}; }

  Message message_;
  std::size_t body_bytes_max_;
  int version_ = 11;
  bool header_done_ = false;
};

enum class Progress { kNeedMore, kDone, kFailed };

/// Gives the parser what is in `buffer`, and takes from it what the parser has used. On kFailed
/// `error` says why.
template <bool kIsRequest>
Progress feed(MessageParser<kIsRequest>& parser, boost::beast::flat_buffer& buffer,
              error_code& error) {
  error = {};
  while (!parser.is_done()) {
    if (buffer.size() == 0) return Progress::kNeedMore;
    const std::size_t used = parser.put(buffer.cdata(), error);
    buffer.consume(used);
    if (error && error != http::error::need_more) return Progress::kFailed;
    error = {};
    if (used == 0) break;
  }
  return parser.is_done() ? Progress::kDone : Progress::kNeedMore;
}

}  // namespace handover::net
