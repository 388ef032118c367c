#include "platform/asio/url.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace handover;
using net::parse_url;

TEST_CASE("url: scheme, host, port and path are told apart", "[platform][url]") {
  const auto url = parse_url("HTTPS://Example.COM:8443/api/now%20x/import").value();
  CHECK(url.scheme == "https");
  CHECK(url.host == "example.com");
  CHECK(url.port == 8443);
  CHECK(url.path == "/api/now%20x/import");
  CHECK(net::authority_of(url) == "example.com:8443");
}

TEST_CASE("url: the port is that of the scheme, and a missing path is empty", "[platform][url]") {
  CHECK(parse_url("https://example.com").value().port == 443);
  CHECK(parse_url("http://example.com").value().port == 80);
  CHECK(parse_url("http://example.com").value().path.empty());
  CHECK(net::authority_of(parse_url("https://example.com:443/").value()) == "example.com");
}

TEST_CASE("url: an IPv6 address stands in brackets", "[platform][url]") {
  const auto url = parse_url("http://[::1]:8080/").value();
  CHECK(url.host == "::1");
  CHECK(net::authority_of(url) == "[::1]:8080");
}

TEST_CASE("url: what is no base address of a back-end is refused", "[platform][url]") {
  for (const char* text : {"",
                           "example.com",
                           "ftp://example.com",
                           "https://",
                           "https:///path",
                           "https://:443",
                           "https://user@example.com",
                           "https://user:pass@example.com",
                           "https://example.com/#part",
                           "https://example.com/?query=1",
                           "https://example.com?query",
                           "https://example.com:",
                           "https://example.com:0",
                           "https://example.com:65536",
                           "https://example.com:-1",
                           "https://example.com:80x",
                           "https://exa mple.com",
                           "https://example.com/a b",
                           "https://example.com/%zz",
                           "https://example.com/%2",
                           "https://example.com\\evil",
                           "https://[::1",
                           "https://[nonsense]",
                           "https://[fe80::1%25eth0]/",
                           "https://-a.example",
                           "https://a..b",
                           "https://127.1",
                           "https://256.1.1.1",
                           "https://example.com/\r\nX: 1",
                           " https://example.com",
                           "https://example.com\n"}) {
    INFO(text);
    const auto url = parse_url(text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().code == Errc::kInvalid);
  }
  CHECK_FALSE(parse_url("https://example.com/" + std::string(5000, 'a')).has_value());
  CHECK_FALSE(parse_url("https://" + std::string(64, 'a') + ".example").has_value());
}

TEST_CASE("url: a refusal never repeats a password", "[platform][url]") {
  const auto url = parse_url("https://user:s3cret@example.com");
  CHECK(url.error().detail.find("s3cret") == std::string::npos);
}

TEST_CASE("url: only the addresses of this device are loopback", "[platform][url]") {
  CHECK(net::is_loopback(parse_url("http://127.0.0.1").value()));
  CHECK(net::is_loopback(parse_url("http://127.8.9.1:99").value()));
  CHECK(net::is_loopback(parse_url("http://[::1]").value()));
  CHECK(net::is_loopback(parse_url("http://LOCALHOST").value()));
  CHECK_FALSE(net::is_loopback(parse_url("http://128.0.0.1").value()));
  CHECK_FALSE(net::is_loopback(parse_url("http://localhost.example").value()));
  CHECK_FALSE(net::is_loopback(parse_url("http://127.0.0.1.example").value()));
  CHECK_FALSE(net::is_loopback(parse_url("http://[::2]").value()));
}
