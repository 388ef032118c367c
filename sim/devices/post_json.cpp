#include "sim/devices/post_json.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "crypto/sha256.hpp"
#include "platform/asio/url.hpp"

namespace handover::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;

Result<int> post_json(const std::string& url, const std::string& body, const std::string& user,
                      const std::string& password) {
  TRY_ASSIGN(const net::Url parts, net::parse_url(url));
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  boost::system::error_code error;
  socket.connect({asio::ip::make_address(parts.host, error), parts.port}, error);
  if (error) return fail(Errc::kUnreachable, url + ": " + error.message());
  http::request<http::string_body> request(http::verb::post, parts.path, 11);
  request.set(http::field::host, net::authority_of(parts));
  request.set(http::field::content_type, "application/json");
  request.set(http::field::accept, "application/json");
  request.set(http::field::authorization, "Basic " + crypto::to_base64(user + ":" + password));
  request.body() = body;
  request.prepare_payload();
  http::write(socket, request, error);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  if (!error) http::read(socket, buffer, response, error);
  if (error) return fail(Errc::kUnreachable, url + ": " + error.message());
  return static_cast<int>(response.result_int());
}

}  // namespace handover::sim
