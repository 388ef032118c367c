#include "sim/back-ends/answer_text.hpp"

#include <boost/beast/http/status.hpp>

namespace handover::sim {

namespace http = boost::beast::http;

std::string answer_text(const Outcome& outcome, bool keep_alive) {
  const HttpResponse& response = *outcome.response;
  std::string wire = "HTTP/1.1 " + std::to_string(response.status) + " ";
  wire += http::obsolete_reason(http::int_to_status(unsigned(response.status)));
  wire += "\r\n";
  for (const auto& header : response.headers) {
    wire += header.name + ": " + header.value + "\r\n";
  }
  if (!keep_alive) wire += "Connection: close\r\n";
  wire += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  if (!outcome.truncate_at) return wire + response.body;
  // An answer without a body ends in the middle of its head instead.
  if (response.body.empty()) return wire.substr(0, wire.size() / 2);
  return wire + response.body.substr(0, *outcome.truncate_at);
}

}  // namespace handover::sim
