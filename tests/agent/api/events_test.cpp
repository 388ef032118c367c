#include "tests/agent/api/served.hpp"

namespace handover::test {
namespace {

/// One who listens, and takes pieces when the test lets him.
class Ear {
 public:
  explicit Ear(Served& served, const std::string& last_id = {}) : served_(served) {
    std::vector<HttpHeader> headers;
    if (!last_id.empty()) headers.push_back({"Last-Event-ID", last_id});
    answer = served.call("GET", "/v1/events", {}, headers);
  }

  /// What has come since the last call; empty if nothing has.
  std::string hear() {
    if (!asked_) answer.stream->next([this](std::string bytes) { take(std::move(bytes)); });
    asked_ = true;
    served_.device.world.scheduler.run();
    return std::exchange(heard_, {});
  }

  HttpResponse answer;

 private:
  void take(std::string bytes) {
    asked_ = false;
    heard_ += bytes;
  }

  Served& served_;
  std::string heard_;
  bool asked_ = false;
};

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
  return found;
}

void set_state(Served& served, std::int64_t delivery, storage::DeliveryState state) {
  storage::DeliveryChange change;
  change.state = state;
  change.receipt = R"({"long":"receipt"})";
  good(served.device.write(
      [&] { return served.device.world->deliveries.change(delivery, change); }));
}

}  // namespace

TEST_CASE("events: a listener without a number hears what comes from now on", "[api][events]") {
  Served served;
  served.add_record(10);
  Ear ear(served);

  CHECK(find_header(ear.answer.headers, "Content-Type") == "text/event-stream");
  CHECK(ear.hear() == "retry: 1000\n\nid: 1\n\n");
  CHECK(ear.hear().empty());
  served.add_record(10);
  const std::string heard = ear.hear();
  CHECK(heard.starts_with("id: 2\nevent: record\ndata: {\"id\":\""));
  CHECK(heard.ends_with(
      "\"seq\":2,\"kind\":\"usage\",\"captured_at\":\"1970-01-01T00:00:00.000Z\"}\n\n"));
}

TEST_CASE("events: a listener who comes back hears what he missed, also over a restart",
          "[api][events]") {
  Served served;
  for (int i = 0; i < 3; ++i) served.add_record(10);
  set_state(served, 65536, storage::DeliveryState::kQuarantined);

  Ear ear(served, "1");
  const std::string heard = ear.hear();

  CHECK(count(heard, "event: record") == 2);
  CHECK(count(heard, "event: delivery") == 1);
  CHECK(heard.find("id: 4\nevent: delivery\ndata: {\"record_seq\":1,\"lane\":\"fake\",\"state\":"
                   "\"quarantined\"") != std::string::npos);
  CHECK(heard.find("receipt") == std::string::npos);
  CHECK(ear.hear().empty());
}

TEST_CASE("events: of several changes of one thing that wait, the last is told", "[api][events]") {
  Served served;
  served.add_record(10);
  Ear ear(served, "1");
  ear.hear();
  set_state(served, 65536, storage::DeliveryState::kUnknown);
  set_state(served, 65536, storage::DeliveryState::kPending);
  set_state(served, 65536, storage::DeliveryState::kDelivered);

  const std::string heard = ear.hear();

  CHECK(count(heard, "event: delivery") == 1);
  CHECK(count(heard, "id: 4\n") == 1);
  CHECK(count(heard, "\"state\":\"delivered\"") == 1);
}

TEST_CASE("events: nothing is told before it is durable", "[api][events]") {
  Served served;
  Ear ear(served);
  ear.hear();
  auto& committer = served.device.world->committer;
  std::string before;
  // The commit is a turn of the loop away; a look in this turn must not see the record.
  const auto late = served.device.world.clock.monotonic_now() + std::chrono::hours(1);
  good(committer.write_by(late, [&]() -> Result<void> {
    return served.device.world->journal.append(2, {}, "{}").map([](const auto&) {});
  }));
  before = ear.hear();
  good(committer.flush());
  const std::string after = ear.hear();

  CHECK(before.empty());
  CHECK(count(after, "event: record") == 1);
}

TEST_CASE("events: a number that is not kept, or never was, begins anew with reset",
          "[api][events]") {
  Served served;
  for (int i = 0; i < 5; ++i) served.add_record(10);
  good(served.device.world->database().execute("DELETE FROM changes WHERE number < 3"));

  CHECK(Ear(served, "1").hear() == "retry: 1000\n\nid: 5\nevent: reset\ndata: {}\n\n");
  CHECK(Ear(served, "77").hear() == "retry: 1000\n\nid: 5\nevent: reset\ndata: {}\n\n");
  CHECK(count(Ear(served, "2").hear(), "event: record") == 3);
}

TEST_CASE("events: one who is so slow that some have gone by hears reset, too", "[api][events]") {
  Served served;
  Ear ear(served);
  ear.hear();
  for (int i = 0; i < 5; ++i) served.add_record(10);
  good(served.device.world->database().execute("DELETE FROM changes WHERE number < 3"));

  CHECK(ear.hear() == "id: 5\nevent: reset\ndata: {}\n\n");
  served.add_record(10);
  CHECK(count(ear.hear(), "id: 6\nevent: record") == 1);
}

TEST_CASE("events: very many come in pieces of bounded size, each thing once", "[api][events]") {
  Served served;
  for (int i = 0; i < 1000; ++i) served.add_record(10);
  Ear ear(served, "0");
  std::size_t records = 0;
  std::size_t pieces = 0;
  for (std::string heard = ear.hear(); !heard.empty(); heard = ear.hear()) {
    CHECK(heard.size() < api::EventStream::kPieceBytes + 1024);
    records += count(heard, "event: record");
    ++pieces;
  }
  CHECK(records == 1000);
  CHECK(pieces > 1);
}

TEST_CASE("events: a transfer is told without its code or its items", "[api][events]") {
  Served served;
  Ear ear(served);
  ear.hear();
  const HttpResponse made = served.call("POST", "/v1/transfers", transfer_body("outbound").dump());
  REQUIRE(made.status == 201);
  const Json transfer = parse_json(made.body).value();

  const std::string heard = ear.hear();

  CHECK(count(heard, "event: transfer") == 1);
  CHECK(heard.find(transfer.text_of("id")) != std::string::npos);
  CHECK(heard.find(transfer.text_of("public_code")) == std::string::npos);
  CHECK(heard.find("Items") == std::string::npos);
}

TEST_CASE("events: a sign of life comes when nothing else does, and only to who waits",
          "[api][events]") {
  Served served;
  auto& scheduler = served.device.world.scheduler;
  {
    Ear ear(served);
    ear.hear();
    CHECK(ear.hear().empty());
    scheduler.advance(std::chrono::seconds(16));
    CHECK(ear.hear() == ":\n\n");
    scheduler.advance(std::chrono::seconds(40));
  }
  // Nobody listens: nothing is left to wake up for.
  CHECK(scheduler.timers() == 0);
}

TEST_CASE("events: so many may listen, and one more when one has gone", "[api][events]") {
  Served served;
  std::vector<HttpResponse> listening;
  for (std::size_t i = 0; i < api::EventStream::kListenersMax; ++i) {
    listening.push_back(served.call("GET", "/v1/events"));
    CHECK(listening.back().status == 200);
  }
  const HttpResponse one_more = served.call("GET", "/v1/events");
  listening.pop_back();

  CHECK(one_more.status == 503);
  CHECK(one_more.body.find("too-many-listeners") != std::string::npos);
  CHECK(served.call("GET", "/v1/events").status == 200);
}

TEST_CASE("events: a number that is none is named", "[api][events]") {
  Served served;
  for (const auto* wrong : {"x", "-1", "1x", "99999999999999999999"}) {
    const HttpResponse answer = served.call("GET", "/v1/events", {}, {{"Last-Event-ID", wrong}});
    CHECK(answer.status == 400);
    CHECK(answer.body.find("#Last-Event-ID") != std::string::npos);
  }
  CHECK(served.call("GET", "/v1/events?after=1").status == 400);
}

}  // namespace handover::test
