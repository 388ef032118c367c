// A half is written whole or not at all, and every record gets its deliveries in the same piece.
#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/recording/qr_world.hpp"
#include "tests/support/fault_vfs.hpp"

namespace handover::test {
namespace {

std::int64_t rows(Handheld& device, const char* sql) {
  storage::Query count(device.world->database(), sql);
  return count.next() ? count.integer(0) : -1;
}

struct Tables {
  explicit Tables(Handheld& device)
      : records(rows(device, "SELECT count(*) FROM records")),
        deliveries(rows(device, "SELECT count(*) FROM deliveries")),
        stock(rows(device, "SELECT count(*) FROM stock")),
        completed(rows(device, "SELECT count(*) FROM transfers WHERE state = 3")),
        accepted(rows(device, "SELECT count(*) FROM accepted_codes")) {}
  bool operator==(const Tables&) const = default;

  std::int64_t records, deliveries, stock, completed, accepted;
};

}  // namespace

TEST_CASE("recording: a completed half is in one commit: records, deliveries, stock and state",
          "[recording][commit]") {
  Handheld sender("tech.17", 1);
  Handheld receiver("tech.22", 2);
  const auto offer = good(sender.start("outbound"));
  const auto receipt = good(receiver.start("inbound"));
  int commits = 0;
  sqlite3_commit_hook(
      receiver.world->database().handle(),
      [](void* count) { return ++*static_cast<int*>(count), 0; }, &commits);

  receiver.enter(receipt, offer.row.public_code);

  CHECK(commits == 1);
  const Tables tables(receiver);
  CHECK(tables.records == 2);
  CHECK(tables.deliveries == 2);
  CHECK(tables.stock == 2);
  CHECK(tables.completed == 1);
  CHECK(tables.accepted == 1);
}

TEST_CASE(
    "recording: when that commit fails, nothing of it is there and the code can be entered again",
    "[recording][commit]") {
  FaultVfs faults;
  Handheld sender("tech.17", 1);
  Handheld receiver("tech.22", 2, StockPolicy::kWarn, "a", FaultVfs::name());
  const auto offer = good(sender.start("outbound"));
  const auto receipt = good(receiver.start("inbound"));
  const Tables before(receiver);

  for (int good_writes = 0; good_writes < 4; ++good_writes) {
    faults.fail_writes_with = SQLITE_IOERR_WRITE;
    faults.good_writes_left = good_writes;
    const auto entered = receiver.world->committer.write(
        [&] { return receiver.recorder->enter_code(receipt.row.id, offer.row.public_code); });
    const auto flushed = receiver.world->committer.flush();
    CHECK((!entered || !flushed));
    faults.fail_writes_with = 0;

    CHECK(Tables(receiver) == before);
    receiver.restart();
    CHECK(Tables(receiver) == before);
  }

  CHECK(receiver.enter(receipt, offer.row.public_code).kind == CodeOutcome::Kind::kCompleted);
  CHECK(Tables(receiver).records == 2);
}

TEST_CASE("recording: a scanned half is one commit with its signatures, or can be scanned again",
          "[recording][commit][qr]") {
  FaultVfs faults;
  Company company;
  Handheld sender("tech.17", 1);
  Handheld receiver("tech.22", 2, StockPolicy::kWarn, "a", FaultVfs::name());
  sender.enroll(company, "VAN-17");
  receiver.enroll(company, "VAN-22");
  const auto offer = good(sender.start("outbound"));
  const auto codes = shown(sender, offer);
  const auto form = *reading(receiver, codes).transfer;
  const auto everything = [&] {
    return rows(receiver,
                "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM transfers) + "
                "(SELECT count(*) FROM signed_messages) + (SELECT count(*) FROM accepted_codes)");
  };
  for (int good_writes = 0; good_writes < 4; ++good_writes) {
    faults.fail_writes_with = SQLITE_IOERR_WRITE;
    faults.good_writes_left = good_writes;
    const auto received = receiver.world->committer.write(
        [&] { return receiver.recorder->receive_scanned(form, codes); });
    const auto flushed = receiver.world->committer.flush();
    CHECK((!received || !flushed));
    faults.fail_writes_with = 0;
    CHECK(everything() == 0);
    receiver.restart();
    CHECK(everything() == 0);
  }
  const auto received = good(receive(receiver, form, codes));
  CHECK(received.kind == CodeOutcome::Kind::kCompleted);
  // Two records, the half, offer and receipt, and the code that opens nothing again.
  CHECK(everything() == 6);
}

TEST_CASE("recording: records have deliveries with keys of their own, due now",
          "[recording][commit]") {
  Handheld device("tech.17", 1);
  device.backend.keys = [](const Record&) { return std::vector<std::string>{"one", "two"}; };

  const auto used = good(device.use("1001", R"([{"ProdNum":"P","InQty":1}])"));
  const auto event = good(device.write(
      [&] { return device.recorder->record_asset_event(to_json(R"({"event":"receipt"})")); }));

  CHECK(event.record.seq == used.record.seq + 1);
  CHECK(event.record.body.dump() == R"({"asset_event":{"event":"receipt"}})");
  const auto first = good(device.world->deliveries.of_record(used.record.seq)).at(0);
  const auto second = good(device.world->deliveries.of_record(event.record.seq)).at(0);
  CHECK(first.key.size() == 36);
  CHECK(first.key != second.key);
  CHECK(first.environment == "test");
  CHECK(second.blocked_by == first.id);
}

TEST_CASE("recording: a site is kept with a usage for the CMDB", "[recording][commit]") {
  Handheld device("tech.17", 1);
  Usage with_site = usage("1002", R"([{"ProdNum":"P","OutQty":1}])");
  with_site.site = "c/o Customer";

  const auto view = good(device.write([&] { return device.recorder->record_usage(with_site); }));

  CHECK(view.record.body.text_of("site") == "c/o Customer");
  CHECK(good(device.world->journal.read_by_id(view.record.id)).body == view.record.body.dump());
}

}  // namespace handover::test
