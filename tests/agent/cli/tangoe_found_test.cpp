#include "agent/cli/tangoe_found.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "agent/cli/session.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

namespace tangoe = backends::tangoe;
using Catch::Matchers::ContainsSubstring;

/// A session whose output can be looked at.
struct Desk {
  explicit Desk(bool json) : session(world, cli::CommonOptions{.config = "", .json = json}) {}

  std::istringstream in;
  std::ostringstream out;
  std::ostringstream messages;
  FixedClock clock;
  posix::OsEntropy entropy;
  cli::World world{.in = in,
                   .out = out,
                   .messages = messages,
                   .clock = clock,
                   .entropy = entropy,
                   .environment = [](const char*) { return std::string(); },
                   .pause = [](milliseconds) {},
                   .run_agent = [](const cli::Config&) { return 0; }};
  cli::Session session;
};

/// Items `from` to `to` of a list of `total`.
tangoe::FoundPage page(unsigned from, unsigned to, unsigned total) {
  tangoe::FoundPage made;
  made.total = total;
  for (unsigned i = from; i <= to; ++i) {
    tangoe::InventoryItem item;
    item.set("serviceTypeID", "6");
    item.set("inventoryNumber", "n" + std::to_string(i));
    made.items.push_back(item);
  }
  return made;
}

Json document(const std::string& out) {
  const auto parsed = parse_json(out);
  INFO(out);
  REQUIRE(parsed);
  return *parsed;
}

TEST_CASE("tangoe find: pages become one document, item by item", "[cli][tangoe]") {
  Desk desk(true);
  tangoe::ItemCollector collector(2);
  cli::FoundItems found(desk.session, 0);
  found.say(collector.add(page(1, 2, 3)));
  found.say(collector.add(page(2, 3, 3)));
  found.end(collector);

  const Json list = document(desk.out.str());
  REQUIRE(list.find("items")->items().size() == 3);
  CHECK(list.find("items")->items()[2].text_of("inventoryNumber") == "n3");
  CHECK(list.text_of("total") == "3");
  CHECK(list.find("complete")->boolean());
}

TEST_CASE("tangoe find: no items are a whole document too", "[cli][tangoe]") {
  Desk desk(true);
  tangoe::ItemCollector collector(2);
  cli::FoundItems found(desk.session, 0);
  found.say(collector.add(page(1, 0, 0)));
  found.end(collector);
  CHECK(document(desk.out.str()).find("items")->items().empty());
}

TEST_CASE("tangoe find: with --most the rest of a page is left out, and said to be missing",
          "[cli][tangoe]") {
  Desk desk(true);
  tangoe::ItemCollector collector(4);
  cli::FoundItems found(desk.session, 3);
  found.say(collector.add(page(1, 4, 4)));
  CHECK(found.is_enough());
  found.end(collector);
  const Json list = document(desk.out.str());
  CHECK(list.find("items")->items().size() == 3);
  CHECK_FALSE(list.find("complete")->boolean());
}

TEST_CASE("tangoe find: a page that does not come ends what was said with the problem",
          "[cli][tangoe]") {
  const Error lost(Errc::kUnreachable, "no usable answer");
  for (const bool json : {true, false}) {
    Desk desk(json);
    tangoe::ItemCollector collector(2);
    cli::FoundItems found(desk.session, 0);
    found.say(collector.add(page(1, 2, 5)));
    CHECK(found.break_off(collector, lost) == cli::ExitCode::kUnreachable);
    CHECK_THAT(desk.messages.str(), ContainsSubstring("broken off after 2 items"));
    if (!json) continue;
    const Json list = document(desk.out.str());
    CHECK(list.find("items")->items().size() == 2);
    CHECK_FALSE(list.find("complete")->boolean());
    CHECK(list.find("problem")->text_of("detail") == "no usable answer");
  }
}

}  // namespace
}  // namespace handover::test
