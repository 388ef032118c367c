#include "tests/integration/http_call.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "tests/platform/raw_client.hpp"

namespace handover::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

}  // namespace

std::string HttpAnswer::header(std::string_view name) const {
  const std::string start = "\r\n" + lower(std::string(name)) + ": ";
  const auto found = lower(head).find(start);
  if (found == std::string::npos) return {};
  const auto value = found + start.size();
  return head.substr(value, head.find("\r\n", value) - value);
}

std::string token_of(const Device& device) {
  std::string token;
  std::ifstream(device->directory() + "/api.token") >> token;
  REQUIRE_FALSE(token.empty());
  return token;
}

HttpAnswer send(const Device& device, const HttpCall& call, const std::string& address) {
  std::string wire = call.method + " " + call.target + " HTTP/1.1\r\n";
  if (!call.host.empty()) wire += "Host: " + call.host + "\r\n";
  const std::string authorization = call.authorization.value_or("Bearer " + token_of(device));
  if (!authorization.empty()) wire += "Authorization: " + authorization + "\r\n";
  if (!call.content_type.empty() && !call.body.empty())
    wire += "Content-Type: " + call.content_type + "\r\n";
  for (const auto& header : call.more_headers) wire += header + "\r\n";
  if (call.method != "GET") wire += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  RawClient client(address.empty() ? device->address() : address);
  // The agent may refuse before it has read everything; its answer is there all the same.
  (void)client.send(wire + "\r\n" + call.body);
  const RawAnswer answer = client.read_answer();
  return {answer.status, answer.head, answer.body};
}

}  // namespace handover::test
