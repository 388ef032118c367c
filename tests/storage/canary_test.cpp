#include <catch2/catch_test_macros.hpp>

#include "tests/storage/files.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {

TEST_CASE("store: no name, code or serial number reaches the disk in clear", "[storage][canary]") {
  FaultVfs faults;
  faults.canaries = {"Lovelace", "FCW1950CANARY", "483935842877"};
  TestStore world(FaultVfs::name());
  const std::string body =
      R"({"LastName":"Lovelace","SerialNum":"FCW1950CANARY","PublicCode":"483935842877"})" +
      std::string(400, 'x');

  good(world.write([&]() -> Result<void> {
    for (int i = 0; i < 6000; ++i) {
      RETURN_IF_ERROR(world->journal.append(1, {}, body + std::to_string((i * 7919) % 6000)));
    }
    storage::TransferRow row;
    row.body = body;
    row.public_code = "483935842877";
    row.terms_hash = row.header_hash = std::string(32, 'h');
    RETURN_IF_ERROR(world->transfers.add(row));
    return world->api_calls.remember("Lovelace", {"digest", 201, body, {}});
  }));
  int rows = 0;
  {
    // Three megabytes to sort, with a cache of one.
    storage::Query sorted(world->database(),
                          "SELECT body FROM records ORDER BY substr(body, -4), body DESC");
    while (sorted.next()) ++rows;
  }
  good(world->database().execute_script("PRAGMA wal_checkpoint(FULL)"));
  const auto open_files = snapshot(world.folder.path());
  world.store.reset();
  const auto closed_files = snapshot(world.folder.path());

  CHECK(rows == 6000);
  CHECK(faults.writes > 500);
  CHECK(faults.canaries_seen == 0);
  CHECK(faults.temporary_files == 0);
  for (const auto& files : {open_files, closed_files}) {
    REQUIRE(files.at("handover.db").size() > 2'000'000);
    for (const auto& [name, bytes] : files) {
      for (const auto& canary : faults.canaries) CHECK(bytes.find(canary) == std::string::npos);
    }
  }
}

}  // namespace handover::test
