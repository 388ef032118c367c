#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "agent/domain/json.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string lane(const std::string& state, int pending, int unknown, int quarantined, bool due,
                 int needs_person = 0) {
  return R"({"name":"cmdb","kind":"cmdb","state":")" + state + R"(","since":null,"pending":)" +
         std::to_string(pending) + R"(,"unknown":)" + std::to_string(unknown) +
         R"(,"quarantined":)" + std::to_string(quarantined) + R"(,"needs_person":)" +
         std::to_string(needs_person) + R"(,"needs_person_why":)" +
         (needs_person > 0 ? "\"lanes.cmdb.usage_state is not set\"" : "null") +
         R"(,"oldest_pending":"2026-11-22T07:00:00.000Z","next_try_at":)" +
         (due ? "\"2026-11-22T10:00:12.000Z\"" : "null") +
         R"(,"last_error":"the password was refused"})";
}

std::string status(const std::string& lanes) {
  return R"({"device":{"id":"van-17-a","user_id":"tech.17","storage_location":"VAN-17"},)"
         R"("store":{"records":12,"damaged":0,"schema":1},"lanes":[)" +
         lanes + R"(],"version":"0.1.0"})";
}

}  // namespace

TEST_CASE("status: each lane has a line, and advice if a person must act", "[cli][status]") {
  FakeApi api;
  api.answer("GET /v1/status", 200, status(lane("stopped", 3, 1, 2, true)));
  Shell shell;

  const auto shown = shell.run({"status", "--config", api.config()});

  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, ContainsSubstring("van-17-a, tech.17 at VAN-17") &&
                            ContainsSubstring(
                                "cmdb  stopped        3        1            2  3 h     in 12 s") &&
                            ContainsSubstring("stopped: the password was refused") &&
                            ContainsSubstring("handover sync") &&
                            ContainsSubstring("handover records --lane cmdb --state quarantined"));
}

TEST_CASE(
    "sync --wait: draws a bar on a terminal and plain lines elsewhere, until all is delivered",
    "[cli][sync]") {
  FakeApi api;
  api.answer("POST /v1/sync", 202, "{}");
  api.answer("GET /v1/status", 200, status(lane("running", 3, 1, 0, true)));
  api.answer("GET /v1/status", 200, status(lane("running", 1, 0, 0, true)));
  api.answer("GET /v1/status", 200, status(lane("running", 0, 0, 0, false)));
  Shell shell;
  shell.terminal = GENERATE(true, false);

  const auto drained = shell.run({"sync", "--wait", "--config", api.config()});

  CHECK(drained.exit_code == 0);
  CHECK(shell.pauses >= 1);
  CHECK_THAT(drained.out, ContainsSubstring("Everything is delivered"));
  CHECK((drained.messages.find('\r') != std::string::npos) == shell.terminal);
  CHECK_THAT(drained.messages, ContainsSubstring(shell.terminal ? "] 3/4" : "1 delivery waits"));
}

TEST_CASE("sync --wait: waits for an agent that goes away, and says so once", "[cli][sync]") {
  FakeApi api;
  api.answer("POST /v1/sync", 202, "{}");
  api.answer("GET /v1/status", 200, status(lane("running", 2, 0, 0, true)));
  for (int lost = 0; lost < 6; ++lost) api.lose_answer("GET /v1/status");  // Each call is repeated.
  api.answer("GET /v1/status", 200, status(lane("running", 0, 0, 0, false)));
  Shell shell;

  const auto drained = shell.run({"sync", "--wait", "--config", api.config()});

  CHECK(drained.exit_code == 0);
  CHECK_THAT(drained.out, ContainsSubstring("Everything is delivered"));
  const auto told = drained.messages.find("The agent has stopped answering");
  CHECK(told != std::string::npos);
  CHECK(told == drained.messages.rfind("The agent has stopped answering"));
}

TEST_CASE("sync --wait: ends at a lane that only a person can set going, and says so",
          "[cli][sync]") {
  FakeApi api;
  api.answer("POST /v1/sync", 202, "{}");
  api.answer("GET /v1/status", 200, status(lane("stopped", 3, 0, 0, true)));
  Shell shell;

  const auto stopped = shell.run({"sync", "--wait", "--config", api.config()});

  CHECK(stopped.exit_code == 1);
  CHECK_THAT(stopped.messages,
             ContainsSubstring("cmdb: 3 wait") && ContainsSubstring("the password was refused"));
}

TEST_CASE("sync --wait: ends when all that is left waits for a person, not while one may go",
          "[cli][sync]") {
  FakeApi api;
  api.answer("POST /v1/sync", 202, "{}");
  for (int look = 0; look < 6; ++look)
    api.answer("GET /v1/status", 200, status(lane("running", 2, 1, 1, true, 2)));
  api.answer("GET /v1/status", 200, status(lane("running", 2, 0, 1, true, 2)));
  Shell shell;

  const auto held = shell.run({"sync", "--wait", "--config", api.config()});

  CHECK(held.exit_code == 1);
  CHECK(shell.pauses >= 4);
  CHECK_THAT(held.messages, ContainsSubstring("cmdb: 2 wait, 1 quarantined") &&
                                ContainsSubstring("2 deliveries wait for a person: "
                                                  "lanes.cmdb.usage_state is not set") &&
                                ContainsSubstring("handover records --lane cmdb --state pending"));
  const auto shown = shell.run({"status", "--config", api.config()});
  CHECK_THAT(shown.out, ContainsSubstring("wait for a person: lanes.cmdb.usage_state is not set"));
}

TEST_CASE("sync: without --wait it says how much is due", "[cli][sync]") {
  FakeApi api;
  api.answer("POST /v1/sync", 202, "");
  api.answer("GET /v1/status", 200, status(lane("running", 3, 1, 0, true)));
  Shell shell;

  const auto due = shell.run({"sync", "--config", api.config()});

  CHECK(due.exit_code == 0);
  CHECK_THAT(due.out, ContainsSubstring("4 deliveries"));
}

TEST_CASE("program: the exit code says who must act", "[cli]") {
  FakeApi api;
  api.answer("GET /v1/status", 401,
             R"({"type":"urn:handover:problem:unauthorized","status":401,"detail":"no"})");
  const TemporaryFolder folder;
  const std::string alone = folder.write(
      "handover.toml",
      "[device]\nid = \"a\"\nuser_id = \"b\"\nstorage_location = \"c\"\n[api]\ntoken_file = \"" +
          api.folder().file("api.token") + "\"\n");
  const std::string broken = folder.write("broken.toml", "[devise]\n");
  Shell shell;

  const auto unreachable = shell.run({"status", "--config", alone, "--json"});

  CHECK(unreachable.exit_code == 3);
  CHECK(parse_json(unreachable.out).value().text_of("type") ==
        "urn:handover:problem:agent-unreachable");
  CHECK_THAT(unreachable.messages, ContainsSubstring("handover agent"));
  CHECK(shell.run({"status", "--config", api.config()}).exit_code == 4);
  CHECK(shell.run({"status", "--config", broken}).exit_code == 4);
  CHECK(shell.run({"status", "--config", folder.file("none.toml")}).exit_code == 4);
  CHECK(shell.run({"transfer", "send", "--config", api.config()}).exit_code == 2);
  CHECK(shell
            .run({"transfer", "send", "--to", "V", "--with", ",", "--item", "P", "--config",
                  api.config()})
            .exit_code == 2);
  CHECK(shell.run({"no-such-command"}).exit_code == 2);
  CHECK(shell.run({}).exit_code == 2);
}

TEST_CASE("program: wrong usage with --json is one document too", "[cli]") {
  Shell shell;

  const auto wrong = shell.run({"records", "--json", "--no-such-option"});

  CHECK(wrong.exit_code == 2);
  CHECK(parse_json(wrong.out).value().text_of("type") == "urn:handover:problem:wrong-usage");
}

TEST_CASE("program: every command has help with an example", "[cli]") {
  const auto command = GENERATE(
      std::vector<std::string>{"init"}, std::vector<std::string>{"agent"},
      std::vector<std::string>{"status"}, std::vector<std::string>{"doctor"},
      std::vector<std::string>{"rescue"}, std::vector<std::string>{"sync"},
      std::vector<std::string>{"stock"}, std::vector<std::string>{"records"},
      std::vector<std::string>{"records", "show"}, std::vector<std::string>{"record", "retry"},
      std::vector<std::string>{"record", "discard"}, std::vector<std::string>{"usage", "record"},
      std::vector<std::string>{"asset-event"}, std::vector<std::string>{"transfer", "send"},
      std::vector<std::string>{"transfer", "receive"}, std::vector<std::string>{"transfer", "code"},
      std::vector<std::string>{"transfer", "show"}, std::vector<std::string>{"transfer", "offer"},
      std::vector<std::string>{"transfer", "cancel"}, std::vector<std::string>{"transfer", "list"});
  Shell shell;
  auto arguments = command;
  arguments.emplace_back("--help");

  const auto help = shell.run(arguments);

  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, ContainsSubstring("Example:\n  handover " + command[0]) &&
                           ContainsSubstring("--json") && ContainsSubstring("--config"));
}

TEST_CASE("program: the configuration of the environment is used", "[cli]") {
  const FakeApi api;
  Shell shell;
  shell.environment["HANDOVER_CONFIG"] = api.config();

  const auto agent = shell.run({"agent"});

  CHECK(agent.exit_code == 0);
  CHECK(agent.out == "agent of van-17-a\n");
}

}  // namespace handover::test
