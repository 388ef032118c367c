#include "platform/http.hpp"

#include <catch2/catch_test_macros.hpp>

#include "platform/asio/http_text.hpp"

using namespace handover;

namespace {

HttpHeader header(std::string name, std::string value) {
  HttpHeader result;
  result.name = std::move(name);
  result.value = std::move(value);
  return result;
}

std::string flaw_with(HttpHeader extra) {
  HttpRequest request("GET", "/");
  request.headers.push_back(std::move(extra));
  return net::flaw_of(request);
}

}  // namespace

TEST_CASE("http: a header is found whatever its case, the first of its name counts",
          "[platform][http]") {
  const std::vector<HttpHeader> headers = {header("Retry-After", "5"), header("retry-after", "9")};
  CHECK(find_header(headers, "RETRY-AFTER") == "5");
  CHECK(find_header(headers, "Retry").empty());
  CHECK(find_header({}, "Retry-After").empty());
}

TEST_CASE("http: a request whose header or target would break the message is flawed",
          "[platform][http]") {
  CHECK(flaw_with(header("X-Note", "fine\tand \xc3\xa4")).empty());
  CHECK_FALSE(flaw_with(header("X-Note", "a\r\nX-Evil: 1")).empty());
  CHECK_FALSE(flaw_with(header("X-Note", "a\nb")).empty());
  CHECK_FALSE(flaw_with(header("X-Note", std::string("a\0b", 3))).empty());
  CHECK_FALSE(flaw_with(header("X-Note\r\n", "a")).empty());
  CHECK_FALSE(flaw_with(header("X Note", "a")).empty());
  CHECK_FALSE(flaw_with(header("", "a")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("GET", "/a b")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("GET", "/a\r\n")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("GET", "")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("GET", "http://other/")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("GET /", "/")).empty());
  CHECK_FALSE(net::flaw_of(HttpRequest("CONNECT", "/")).empty());
}

TEST_CASE("http: headers that frame the message cannot be given by the caller",
          "[platform][http]") {
  for (const char* name :
       {"host", "Content-Length", "TRANSFER-ENCODING", "Connection", "Upgrade"}) {
    INFO(name);
    CHECK_FALSE(flaw_with(header(name, "1")).empty());
  }
}

TEST_CASE("http: a flaw is told without the header's value", "[platform][http]") {
  CHECK(flaw_with(header("Authorization", "Bearer s3cret\n")).find("s3cret") == std::string::npos);
}
