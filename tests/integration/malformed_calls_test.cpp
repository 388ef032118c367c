// Every POST call of the API, with everything that can be wrong about a request whatever it is for.
#include <functional>

#include "tests/integration/malformed_fixture.hpp"

namespace handover::test {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

struct Wrong {
  const char* what;
  std::function<void(HttpCall&)> change;
  int status;
  const char* problem;
  const char* pointer = "";
};

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

Wrong body(const char* what, std::string text, const char* pointer = "") {
  return {what, [text = std::move(text)](HttpCall& call) { call.body = text; }, 400,
          "invalid-input", pointer};
}

Wrong authorization(const char* what, std::string value) {
  return {what, [value = std::move(value)](HttpCall& call) { call.authorization = value; }, 401,
          "unauthorized"};
}

Wrong host(const char* what, std::string value, int status, const char* problem) {
  return {what, [value = std::move(value)](HttpCall& call) { call.host = value; }, status, problem};
}

Wrong header(const char* what, std::string line, int status, const char* problem,
             const char* pointer = "") {
  return {what, [line = std::move(line)](HttpCall& call) { call.more_headers.push_back(line); },
          status, problem, pointer};
}

Wrong method(const char* name) {
  return {name, [name](HttpCall& call) { call.method = name; }, 405, "method-not-allowed"};
}

Wrong query(const char* text, const char* pointer) {
  return {text, [text](HttpCall& call) { call.target += text; }, 400, "invalid-input", pointer};
}

Wrong content_type(const char* value) {
  return {value,
          [value](HttpCall& call) {
            call.body = "{}";
            call.content_type = value;
          },
          415, "not-json"};
}

std::vector<Wrong> everything_wrong() {
  return {
      body("half a JSON text", R"({"usage":)"),
      body("text behind the JSON", "{} x"),
      body("ill-formed UTF-8", "{\"code\":\"\xff\xfe\"}"),
      body("an overlong form of UTF-8", "{\"code\":\"\xc0\xaf\"}"),
      body("half of a surrogate pair", R"({"code":"\ud800"})"),
      body("a NUL byte", std::string("{\"code\":\"a\0b\"}", 14)),
      body("nested deeply", nested(200)),
      body("nested very deeply", nested(100'000)),
      body("a name that stands twice", R"({"code":"1","code":"2"})", "/code"),
      body("a list", "[]"),
      body("a text", R"("x")"),
      body("a number", "7"),
      body("null", "null"),
      body("an unknown field", R"({"nonsense":1})"),
      {"a body above 1 MiB",
       [](HttpCall& call) { call.body = "\"" + std::string(kMebibyte, 'x') + "\""; }, 413,
       "body-too-large"},
      content_type("text/plain"),
      content_type("application/x-www-form-urlencoded"),
      content_type("multipart/form-data; boundary=x"),
      content_type("application/jsonp"),
      content_type(""),
      authorization("no token", ""),
      authorization("a wrong token", "Bearer " + std::string(64, '0')),
      authorization("an empty token", "Bearer "),
      authorization("another scheme", "Basic dGVjaC4xNzp4"),
      host("a foreign host", "evil.example", 403, "host-refused"),
      host("a foreign host that begins like ours", "localhost.evil.example", 403, "host-refused"),
      host("a port that is not ours", "127.0.0.1:1", 403, "host-refused"),
      host("no host", "", 400, "malformed-request"),
      header("an origin", "Origin: http://localhost", 403, "origin-refused"),
      header("the null origin", "Origin: null", 403, "origin-refused"),
      header("a header above 16 KiB", "X-Long: " + std::string(20'000, 'x'), 431,
             "header-too-large"),
      header("a line that is no header", "nonsense", 400, "malformed-request"),
      header("a long Idempotency-Key", "Idempotency-Key: " + std::string(256, 'k'), 400,
             "invalid-input", "#Idempotency-Key"),
      method("PUT"),
      method("DELETE"),
      method("PATCH"),
      query("?nonsense=1", "?nonsense"),
      query("?limit=1", "?limit"),
      query("?a=%zz", ""),
  };
}

std::vector<std::string> all_post_targets(const QuietAgent& agent) {
  const std::string offered = "/v1/transfers/" + agent.offered();
  const std::string delivery = "/v1/records/" + agent.record() + "/deliveries/cmdb";
  return {"/v1/transfers",       offered + "/code",
          offered + "/offer",    "/v1/transfers/" + agent.recorded() + "/code",
          offered + "/cancel",   "/v1/usages",
          "/v1/asset-events",    delivery + "/retry",
          delivery + "/discard", "/v1/sync"};
}

}  // namespace

TEST_CASE(
    "integration: no POST call does anything with a malformed request, and each says what is wrong",
    "[integration]") {
  const QuietAgent agent;

  for (const std::string& target : all_post_targets(agent)) {
    for (const Wrong& wrong : everything_wrong()) {
      HttpCall call;
      call.target = target;
      wrong.change(call);
      INFO(call.method << " " << target << " with " << wrong.what);
      check_problem(send(agent.device(), call), wrong.status, wrong.problem, wrong.pointer);
    }
    INFO("after all of these to " << target);
    agent.check_unchanged();
  }
}

TEST_CASE("integration: what does not exist is answered 404, whatever it is called",
          "[integration]") {
  const QuietAgent agent;
  std::vector<std::string> targets = {"/",
                                      "/v1",
                                      "/v2/usages",
                                      "/v1/usages/1",
                                      "/v1/transfers/nonsense/code",
                                      "/v1/transfers/%00/cancel",
                                      "/v1/transfers/../../etc/passwd/offer",
                                      "/v1/transfers/99999999999999999999/offer",
                                      "/v1/records/1/deliveries/cmdb/retry",
                                      "/v1/records/-1/deliveries/cmdb/discard"};
  targets.push_back("/v1/records/" + agent.record() + "/deliveries/nonsense/retry");

  for (const std::string& target : targets) {
    HttpCall call;
    call.target = target;
    if (target.ends_with("/code")) call.body = R"({"code":"483935842877"})";
    if (target.ends_with("/discard")) call.body = R"({"reason":"x"})";
    INFO(target);
    check_problem(send(agent.device(), call), 404, "not-found");
  }
  agent.check_unchanged();
}

TEST_CASE("integration: lists refuse parameters that they do not know or that make no sense",
          "[integration]") {
  const QuietAgent agent;
  struct Case {
    const char* target;
    const char* pointer;
  };
  const Case cases[] = {
      {"/v1/records?limit=0", "?limit"},
      {"/v1/records?limit=501", "?limit"},
      {"/v1/records?limit=-1", "?limit"},
      {"/v1/records?limit=1e2", "?limit"},
      {"/v1/records?limit=ten", "?limit"},
      {"/v1/records?limit=99999999999999999999", "?limit"},
      {"/v1/records?after=-1", "?after"},
      {"/v1/records?after=x", "?after"},
      {"/v1/records?after=99999999999999999999", "?after"},
      {"/v1/records?state=nonsense", "?state"},
      {"/v1/records?lane=nonsense", "?lane"},
      {"/v1/records?nonsense=1", "?nonsense"},
      {"/v1/records?limit=1&limit=2", "?limit"},
      {"/v1/transfers?state=pending", "?state"},
      {"/v1/transfers?limit=0", "?limit"},
      {"/v1/transfers?after=x", "?after"},
      {"/v1/transfers?lane=cmdb", "?lane"},
      {"/v1/stock?after=nonsense", "?after"},
      {"/v1/stock?after=5b5d", "?after"},
      {"/v1/stock?limit=0", "?limit"},
      {"/v1/stock?state=pending", "?state"},
      {"/v1/status?x=1", "?x"},
      {"/metrics?x=1", "?x"},
  };

  for (const Case& one : cases) {
    HttpCall call;
    call.method = "GET";
    call.target = one.target;
    INFO(one.target);
    check_problem(send(agent.device(), call), 400, "invalid-input", one.pointer);
  }
  agent.check_unchanged();
}

}  // namespace handover::test
