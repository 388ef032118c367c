// Who gets the handheld page, and what its token opens.
#include <algorithm>

#include "agent/page/page_files.hpp"
#include "tests/agent/api/served.hpp"

namespace handover::test {
namespace {

constexpr const char* kHost = "127.0.0.1:7017";
constexpr const char* kOrigin = "http://127.0.0.1:7017";

/// An agent that serves its page at kHost.
class Page {
 public:
  Page() : served(true) { served.api.set_port(7017); }

  HttpResponse call(const std::string& method, const std::string& target, const std::string& body,
                    std::vector<HttpHeader> headers) {
    if (find_header(headers, "Host").empty()) headers.push_back({"Host", kHost});
    return served.call(method, target, body, std::move(headers));
  }
  std::string ticket() {
    const HttpResponse answer = served.call("POST", "/v1/page/tickets");
    REQUIRE(answer.status == 201);
    const std::string url = parse_json(answer.body).value().text_of("url");
    const std::string start = std::string(kOrigin) + "/#ticket=";
    REQUIRE(url.starts_with(start));
    return url.substr(start.size());
  }
  HttpResponse exchange(const std::string& ticket) {
    return call("POST", "/v1/page/tokens", R"({"ticket":")" + ticket + R"("})",
                {{"Origin", kOrigin}, {"Authorization", "none"}});
  }
  std::string token() {
    const HttpResponse answer = exchange(ticket());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return "Bearer " + parse_json(answer.body).value().text_of("token");
  }

  Served served;
};

}  // namespace

TEST_CASE("page: its files need no token, and let nothing foreign in", "[api][page]") {
  Page page;
  REQUIRE(page::page_files().size() > 5);
  for (const auto& file : page::page_files()) {
    CAPTURE(file.path);
    const HttpResponse answer =
        page.call("GET", std::string(file.path), {}, {{"Authorization", "none"}});
    CHECK(answer.status == 200);
    CHECK(answer.body == file.text);
    CHECK(find_header(answer.headers, "Content-Type") == file.type);
    const std::string policy(find_header(answer.headers, "Content-Security-Policy"));
    CHECK(policy.starts_with("default-src 'none'; script-src 'self';"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(find_header(answer.headers, "Cross-Origin-Resource-Policy") == "same-origin");
  }
  CHECK(page.call("GET", "/page/nothing.js", {}, {}).status == 404);
  CHECK(page.call("POST", "/", {}, {}).status == 405);
}

TEST_CASE("page: nothing of it comes from elsewhere, or stands in the markup", "[api][page]") {
  for (const auto& file : page::page_files()) {
    CAPTURE(file.path);
    for (const std::string_view foreign : {"https://", "innerHTML", "eval(", "document.cookie"})
      CHECK(file.text.find(foreign) == std::string_view::npos);
  }
  const auto* markup = page::find_page_file("/");
  REQUIRE(markup != nullptr);
  for (const std::string_view inline_part : {"<style", " style=", " onclick", "<script>"})
    CHECK(markup->text.find(inline_part) == std::string_view::npos);
}

TEST_CASE("page: without [api] page there is none, and every Origin is refused", "[api][page]") {
  Served served;
  CHECK(served.call("GET", "/").status == 404);
  CHECK(served.call("GET", "/page/app.js").status == 404);
  const HttpResponse ticket = served.call("POST", "/v1/page/tickets");
  CHECK(ticket.status == 409);
  CHECK(ticket.body.find("page = true") != std::string::npos);
  CHECK(served.call("GET", "/v1/status", {}, {{"Origin", "http://localhost"}}).status == 403);
}

TEST_CASE("page: a ticket opens it once", "[api][page]") {
  Page page;
  const std::string ticket = page.ticket();

  CHECK(page.exchange(ticket).status == 201);
  const HttpResponse again = page.exchange(ticket);
  CHECK(again.status == 403);
  CHECK(again.body.find("ticket-void") != std::string::npos);
  CHECK(page.exchange("").status == 400);
  CHECK(page.exchange(std::string(64, '0')).status == 403);
}

TEST_CASE("page: a ticket is void after five minutes, and the oldest of too many", "[api][page]") {
  Page page;
  const std::string old = page.ticket();
  page.served.device.world.clock.advance(std::chrono::minutes(5));
  CHECK(page.exchange(old).status == 403);

  const std::string first = page.ticket();
  for (std::size_t i = 0; i < page::PageDoor::kTicketsMax; ++i) (void)page.ticket();
  CHECK(page.exchange(first).status == 403);
}

TEST_CASE("page: its token opens what a technician does, but no further pages", "[api][page]") {
  Page page;
  const std::string token = page.token();

  const auto get = [&](const std::string& target) {
    return page.call("GET", target, {}, {{"Authorization", token}}).status;
  };
  CHECK(get("/v1/status") == 200);
  CHECK(get("/v1/stock") == 200);
  const std::vector<HttpHeader> own = {{"Authorization", token}, {"Origin", kOrigin}};
  CHECK(page.call("POST", "/v1/sync", {}, own).status == 202);
  for (const std::string spelt : {"/v1/page/tickets", "/v1/%70age/tickets", "//v1/page/tickets",
                                  "/v1//page/tickets", "/%76%31/page/tickets/"}) {
    CAPTURE(spelt);
    const HttpResponse answer = page.call("POST", spelt, {}, own);
    CHECK(answer.status == 403);
    CHECK(answer.body.find("page-refused") != std::string::npos);
  }
}

TEST_CASE("page: another origin opens nothing, whatever token it has", "[api][page]") {
  Page page;
  const std::string token = page.token();
  for (const std::string foreign :
       {"http://evil.example", "null", "http://127.0.0.1:7018", "https://127.0.0.1:7017",
        "http://localhost:7017", "http://127.0.0.1"}) {
    CAPTURE(foreign);
    for (const std::string& shown : {token, std::string("Bearer token")}) {
      const std::vector<HttpHeader> headers = {{"Authorization", shown}, {"Origin", foreign}};
      CHECK(page.call("POST", "/v1/sync", {}, headers).status == 403);
      CHECK(page.call("GET", "/v1/status", {}, headers).status == 403);
    }
    const std::string ticket = page.ticket();
    CHECK(page.call("POST", "/v1/page/tokens", R"({"ticket":")" + ticket + R"("})",
                    {{"Origin", foreign}})
              .status == 403);
    CHECK(page.exchange(ticket).status == 201);
  }
}

TEST_CASE("page: the program's own token is not for web pages", "[api][page]") {
  Page page;
  CHECK(page.call("POST", "/v1/sync", {}, {{"Origin", kOrigin}}).status == 401);
  // A page that reads from its own origin names none.
  for (const std::string site : {"same-origin", "none"})
    CHECK(page.call("GET", "/v1/status", {}, {{"Sec-Fetch-Site", site}}).status == 401);
  CHECK(page.call("GET", "/v1/status", {},
                  {{"Authorization", page.token()}, {"Sec-Fetch-Site", "same-origin"}})
            .status == 200);
  CHECK(page.call("POST", "/v1/sync", {}, {}).status == 202);
}

TEST_CASE("page: a foreign host name gets not even the files", "[api][page]") {
  Page page;
  for (const std::string host : {"evil.example:7017", "127.0.0.1:7018", "127.0.0.1.evil.example"}) {
    CAPTURE(host);
    CHECK(page.call("GET", "/", {}, {{"Host", host}}).status == 403);
    CHECK(page.call("GET", "/page/app.js", {}, {{"Host", host}}).status == 403);
    CHECK(page.call("POST", "/v1/page/tokens", R"({"ticket":"x"})",
                    {{"Host", host}, {"Origin", "http://" + host}})
              .status == 403);
  }
}

TEST_CASE("page: what another site's page loads from here is refused; a link to it is not",
          "[api][page]") {
  Page page;
  const auto get = [&](const std::string& site, const std::string& mode) {
    return page
        .call("GET", "/page/app.js", {}, {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}})
        .status;
  };
  CHECK(get("cross-site", "no-cors") == 403);
  CHECK(get("same-site", "cors") == 403);
  CHECK(get("same-origin", "cors") == 200);
  CHECK(get("none", "navigate") == 200);
  CHECK(get("cross-site", "navigate") == 200);
}

}  // namespace handover::test
