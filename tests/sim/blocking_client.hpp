// A blocking HTTP client that reports exactly how an exchange ended. For tests of what a server
// does to its peer.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <string>

#include "platform/http.hpp"

namespace handover::sim::testing {

class BlockingClient {
 public:
  struct Answer {
    boost::system::error_code error;  ///< None: the whole answer is here.
    bool header_here = false;
    HttpResponse response;
  };

  explicit BlockingClient(std::uint16_t port) {
    using boost::asio::ip::tcp;
    socket_.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port), connect_error_);
  }

  [[nodiscard]] boost::system::error_code connect_error() const { return connect_error_; }

  Answer exchange(const HttpRequest& request) {
    namespace http = boost::beast::http;
    http::request<http::string_body> message(http::string_to_verb(request.method), request.target,
                                             11);
    message.set(http::field::host, "127.0.0.1");
    for (const auto& header : request.headers) message.set(header.name, header.value);
    message.body() = request.body;
    message.prepare_payload();
    Answer answer;
    http::write(socket_, message, answer.error);
    if (answer.error) return answer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{64} << 20U);
    http::read(socket_, buffer_, parser, answer.error);
    answer.header_here = parser.is_header_done();
    answer.response.status = int(parser.get().result_int());
    for (const auto& field : parser.get()) {
      answer.response.headers.push_back(
          {std::string(field.name_string()), std::string(field.value())});
    }
    answer.response.body = parser.get().body();
    return answer;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
  boost::system::error_code connect_error_;
};

}  // namespace handover::sim::testing
