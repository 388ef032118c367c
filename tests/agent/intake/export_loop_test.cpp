#include "agent/intake/export_loop.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "tests/agent/intake/site_world.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/scripted_transport.hpp"

namespace handover::test {
namespace {

using intake::RowType;
using std::chrono::minutes;
using std::chrono::seconds;

std::string usage_numbered(int number) {
  std::string object = kUsageObject;
  return object.replace(object.find("WO-1"), 4, "WO-" + std::to_string(number));
}

/// A ServiceMobility that exports usages with gaps between their rowvers.
class ExportWorld {
 public:
  explicit ExportWorld(std::string vfs = {})
      : site(std::move(vfs)), transport(site.site.world.clock, site.site.world.scheduler) {
    transport.answer = [this](const HttpRequest& request) { return answer(request); };
    backends::ServiceMobilitySettings login;
    login.path_prefix = "/t";
    login.username = "site";
    login.read_password = [] { return Result<Secret>(Secret(std::string_view("pw"))); };
    back = std::make_unique<backends::ServiceMobilityBackend>(std::move(login));
    settings.types = {RowType::kInventoryUsage};
    settings.path_prefix = "/t";
    settings.limit = 2;
    start();
  }
  ~ExportWorld() { loop.reset(); }

  void start() {
    auto& world = site.site.world;
    schedule = std::make_unique<forwarding::ScheduleClock>(world.clock);
    loop = std::make_unique<intake::ExportLoop>(
        intake::ExportLoop::World{*world, *site.intake, world.scheduler, world.clock, *schedule,
                                  world.entropy, site.log},
        settings, *back, transport, [this] { ++taken_in; });
    good(loop->recover());
    loop->wake();
  }
  void restart() {
    loop.reset();
    site.restart();
    start();
  }
  void pass(milliseconds time) { site.site.world.scheduler.advance(time); }
  storage::ExportCursor cursor() { return good(site.site.world->intake.cursor("InventoryUsage")); }
  std::size_t records() { return site.records().size(); }
  std::size_t asked(std::string_view part) const {
    std::size_t count = 0;
    for (const auto& request : transport.requests)
      count += request.target.find(part) != std::string::npos ? 1U : 0U;
    return count;
  }

  HttpOutcome answer(const HttpRequest& request) {
    if (trouble) {
      if (auto instead = trouble(request)) return *instead;
    }
    HttpResponse response(200);
    if (request.target == "/t/createjwt") {
      ++logins;
      response.body = R"({"token":"token-)" + std::to_string(logins) + R"("})";
      return response;
    }
    if (find_header(request.headers, "x-access-token") != "token-" + std::to_string(logins))
      return HttpResponse(401);
    constexpr std::string_view kStart = "/t/seiapi/v3/export/InventoryUsage?rowver=";
    REQUIRE(request.target.starts_with(kStart));
    const std::string rest = request.target.substr(kStart.size());
    const int after = std::stoi(rest);
    const int limit = std::stoi(rest.substr(rest.find("limit=") + 6));
    std::string list;
    std::string last = std::to_string(after);
    int given = 0;
    for (const auto& [rowver, object] : rows) {
      if (rowver <= after || given == limit) continue;
      last = std::to_string(rowver);
      list += (given++ == 0 ? "" : ",") + row_text("InventoryUsage", last, object);
    }
    response.body = R"({"rowver":")" + last + R"(","rows":[)" + list + "]}";
    return response;
  }

  SiteWorld site;
  ScriptedTransport transport;
  intake::ExportSettings settings;
  std::unique_ptr<backends::ServiceMobilityBackend> back;
  std::unique_ptr<forwarding::ScheduleClock> schedule;
  std::unique_ptr<intake::ExportLoop> loop;
  std::map<int, std::string> rows;
  std::function<std::optional<HttpOutcome>(const HttpRequest&)> trouble;
  int logins = 0;
  int taken_in = 0;
};

/// Answers what `status` says to every export, and lets logins through.
auto exports_answer(HttpResponse response) {
  return [response](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target.find("/export/") == std::string::npos) return std::nullopt;
    return HttpOutcome(response);
  };
}

}  // namespace

TEST_CASE("exports: all pages are read, gaps and all, then one look each interval",
          "[intake][export]") {
  ExportWorld world;
  for (const int rowver : {61, 65, 72, 80, 1000}) world.rows[rowver] = usage_numbered(rowver);
  world.pass(seconds(1));
  CHECK(world.records() == 5);
  CHECK(world.cursor().rowver == "1000");
  CHECK(world.cursor().read_at.has_value());
  CHECK(world.taken_in > 0);
  // 61 65, 72 80, 1000, and an empty one.
  CHECK(world.asked("/export/") == 4);
  CHECK(world.logins == 1);

  world.pass(minutes(4));
  CHECK(world.asked("/export/") == 4);
  world.rows[1001] = usage_numbered(1001);
  world.pass(minutes(2));
  CHECK(world.records() == 6);
  CHECK(world.logins == 1);
}

TEST_CASE("exports: an empty page moves nothing", "[intake][export]") {
  ExportWorld world;
  world.pass(seconds(1));
  CHECK(world.cursor().rowver == "0");
  CHECK(world.asked("rowver=0&limit=2") == 1);
  CHECK(world.cursor().failures == 0);
}

TEST_CASE("exports: after a restart the reading goes on where the records end",
          "[intake][export]") {
  ExportWorld world;
  for (int rowver = 1; rowver <= 6; ++rowver) world.rows[rowver] = usage_numbered(rowver);
  // The second page's answer is on its way when the program ends.
  while (world.records() < 2) world.site.site.world.scheduler.advance(milliseconds(1));
  world.restart();
  CHECK(world.cursor().rowver == "2");
  world.pass(seconds(1));
  CHECK(world.records() == 6);
  CHECK(world.cursor().rowver == "6");
  CHECK(world.asked("rowver=0&") == 1);
}

TEST_CASE("exports: the cursor moves with the rows or not at all", "[intake][export]") {
  FaultVfs faults;
  ExportWorld world(FaultVfs::name());
  world.rows[7] = usage_numbered(7);
  world.trouble = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target.find("/export/") != std::string::npos) faults.fail_writes_with = 266;
    return std::nullopt;
  };
  world.pass(seconds(1));
  CHECK(world.records() == 0);
  CHECK(world.cursor().rowver == "0");
  world.trouble = nullptr;
  faults.fail_writes_with = 0;
  world.pass(seconds(10));
  CHECK(world.records() == 1);
  CHECK(world.cursor().rowver == "7");
}

TEST_CASE("exports: a failure waits as a row with its next try, and is told", "[intake][export]") {
  ExportWorld world;
  world.rows[1] = usage_numbered(1);
  world.trouble = exports_answer(HttpResponse(500));
  world.pass(milliseconds(200));
  CHECK(world.cursor().failures >= 1);
  CHECK(world.cursor().last_error == "ServiceMobility answered 500");
  world.pass(minutes(30));
  const auto tries = world.asked("/export/");
  CHECK(tries > 5);
  CHECK(tries < 60);
  world.trouble = nullptr;
  world.restart();
  world.pass(minutes(6));
  CHECK(world.records() == 1);
  CHECK(world.cursor().failures == 0);
  CHECK(world.cursor().last_error.empty());
}

TEST_CASE("exports: a server's hint is waited for", "[intake][export]") {
  ExportWorld world;
  HttpResponse busy(429);
  busy.headers.push_back({"Retry-After", "100"});
  world.trouble = exports_answer(busy);
  world.pass(seconds(90));
  CHECK(world.asked("/export/") == 1);
  world.trouble = nullptr;
  world.pass(seconds(20));
  CHECK(world.asked("/export/") == 2);
}

TEST_CASE("exports: an expired token costs one login; one refused again waits",
          "[intake][export]") {
  ExportWorld world;
  world.rows[1] = usage_numbered(1);
  world.pass(seconds(1));
  CHECK(world.logins == 1);
  ++world.logins;  // The server has forgotten the token.
  good(world.loop->sync_now());
  world.pass(seconds(1));
  CHECK(world.logins == 3);
  CHECK(world.cursor().failures == 0);

  world.trouble = exports_answer(HttpResponse(401));
  good(world.loop->sync_now());
  world.pass(minutes(10));
  CHECK(world.logins == 4);
  CHECK(world.cursor().last_error.find("401") != std::string::npos);
}

TEST_CASE("exports: a wrong password is not tried again at once", "[intake][export]") {
  ExportWorld world;
  world.trouble = [](const HttpRequest&) { return std::optional<HttpOutcome>(HttpResponse(401)); };
  world.pass(minutes(14));
  CHECK(world.transport.requests.size() == 1);
}

TEST_CASE("exports: an answer that is no page moves nothing", "[intake][export]") {
  ExportWorld world;
  world.rows[1] = usage_numbered(1);
  for (const char* body :
       {"", "{", "[]", R"({"rowver":"5"})", R"({"rowver":"5","rows":{}})",
        R"({"rows":[{"InventoryUsage":{}}]})", R"({"rowver":"0","rows":[{"rowver":"0"}]})",
        "<html>Welcome to the hotel</html>"}) {
    HttpResponse response(200);
    response.body = body;
    world.trouble = exports_answer(response);
    good(world.loop->sync_now());
    world.pass(milliseconds(100));
    INFO(body);
    CHECK(world.cursor().rowver == "0");
    CHECK(world.cursor().failures > 0);
  }
  CHECK(world.records() == 0);
  world.trouble = nullptr;
  good(world.loop->sync_now());
  world.pass(seconds(1));
  CHECK(world.records() == 1);
}

TEST_CASE("exports: a page that is too large is asked for in smaller pieces", "[intake][export]") {
  ExportWorld world;
  for (int rowver = 1; rowver <= 3; ++rowver) world.rows[rowver] = usage_numbered(rowver);
  world.trouble = [](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target.find("limit=2") == std::string::npos) return std::nullopt;
    return HttpOutcome(tl::unexpected(
        HttpFailure(HttpFailure::Reason::kBadAnswer, true, "the answer is too large")));
  };
  world.pass(minutes(10));
  CHECK(world.records() == 3);
}

TEST_CASE("exports: what a webhook brought is not taken in again", "[intake][export]") {
  ExportWorld world;
  world.rows[61] = usage_numbered(61);
  world.rows[65] = usage_numbered(65);
  CHECK(world.site.status_of_usage("id-1", "61", usage_numbered(61)) == 200);
  world.pass(seconds(1));
  CHECK(world.site.status_of_usage("id-2", "65", usage_numbered(65)) == 200);
  CHECK(world.records() == 2);
  CHECK(world.site.counts().rows_repeated == 2);
}

}  // namespace handover::test
