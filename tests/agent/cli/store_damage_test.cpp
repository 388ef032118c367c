// What doctor and rescue say of a store with damaged pages, in a real device's folder.
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <sstream>

#include "agent/cli/secret_file.hpp"
#include "platform/posix/file_status.hpp"
#include "storage/page_check.hpp"
#include "tests/agent/cli/fake_api.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using storage::DeliveryState;

constexpr std::size_t kPage = 4096;
constexpr int kRecords = 60;

/// A device whose agent has recorded something and was stopped.
class StoppedDevice {
 public:
  StoppedDevice() {
    shell.clock.now = parse_rfc3339("2099-01-01T00:00:00Z").value();
    const auto made =
        shell.run({"init", "--dir", folder.file("d"), "--user", "tech.17", "--first-name", "Given",
                   "--last-name", "Family", "--location", "VAN-17"});
    REQUIRE(made.exit_code == 0);
    const auto store = open();
    for (int i = 1; i <= kRecords; ++i) {
      record(*store, i % 4 == 0   ? DeliveryState::kPending
                     : i % 4 == 1 ? DeliveryState::kDelivered
                     : i % 4 == 2 ? DeliveryState::kUnknown
                                  : DeliveryState::kQuarantined);
    }
    roots_["stock"] = root_of(*store, "stock");
    roots_["records"] = root_of(*store, "records");
    roots_["deliveries"] = root_of(*store, "deliveries");
  }

  [[nodiscard]] std::string path(const std::string& name = "handover.db") const {
    return folder.file("d") + "/" + name;
  }
  Outcome run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", path("handover.toml")});
    return shell.run(std::move(words));
  }

  void damage(std::size_t page) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>((page - 1) * kPage + 2000));
    file.write("damage", 6);
  }
  void damage_root_of(const std::string& table) { damage(roots_.at(table)); }
  /// One of the pages with some of the table's rows.
  void damage_leaf_of(const std::string& table) {
    const std::string whole = content(path());
    const Secret key = good(cli::read_store_key(path("store.key")));
    for (std::size_t page = whole.size() / kPage / 2; page <= whole.size() / kPage; ++page) {
      damage(page);
      const auto found = good(storage::check_pages({path(), {}}, key));
      if (page != roots_.at(table) && found.damaged_tables == std::vector{table}) return;
      std::ofstream(path(), std::ios::binary) << whole;
    }
    FAIL("no leaf of " << table);
  }

  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  /// As the agent's own check finds them.
  std::vector<std::string> damaged_records() {
    std::vector<storage::DamagedEntry> found;
    const auto store = open();
    REQUIRE_FALSE(good(store->journal.verify(1, 10 * kRecords, found)).has_value());
    std::vector<std::string> numbers;
    for (const auto& entry : found) numbers.push_back(std::to_string(entry.seq));
    return numbers;
  }

  TemporaryFolder folder;
  Shell shell;
  ManualClock clock;
  FakeScheduler scheduler{clock};
  SeededEntropy entropy;

 private:
  std::unique_ptr<storage::Store> open() {
    const Secret key = good(cli::read_store_key(path("store.key")));
    return good(storage::Store::open({.path = path(), .vfs = {}}, key, entropy, scheduler));
  }

  static void record(storage::Store& store, DeliveryState state) {
    good(store.committer.write([&]() -> Result<void> {
      const Json body = Json::object({{"usage", std::string(300, 'u')}});
      TRY_ASSIGN(const auto entry, store.journal.append(2, {}, body.dump()));
      storage::NewDelivery delivery;
      delivery.record_seq = entry.seq;
      TRY_ASSIGN(delivery.lane, store.deliveries.lane_id("cmdb", "cmdb"));
      delivery.key = "key";
      RETURN_IF_ERROR(store.deliveries.add(delivery));
      storage::DeliveryChange change;
      change.state = state;
      change.repeat = state == DeliveryState::kUnknown;
      return store.deliveries.change(entry.seq * 65536, change);
    }));
    good(store.committer.flush());
  }
  static std::size_t root_of(storage::Store& store, std::string_view table) {
    storage::Query row(store.database(), "SELECT rootpage FROM sqlite_master WHERE name = ?",
                       table);
    REQUIRE(row.next());
    return static_cast<std::size_t>(row.integer(0));
  }

  std::map<std::string, std::size_t> roots_;
};

std::vector<std::string> numbers_of(const std::vector<Json>& list) {
  std::vector<std::string> numbers;
  for (const Json& number : list) numbers.push_back(number.text());
  return numbers;
}

/// Without the ends of lines, which stand where the screen ends.
std::string unwrapped(const std::string& text) {
  std::string one_line;
  for (const char c : text) {
    const char next = c == '\n' ? ' ' : c;
    if (next != ' ' || !one_line.ends_with(' ')) one_line += next;
  }
  return one_line;
}

std::vector<Json> lines_of(const std::string& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line).value());
  return lines;
}

}  // namespace

TEST_CASE("doctor: reads every page of a store that no agent has open", "[cli][doctor][damage]") {
  StoppedDevice device;
  const std::string before = StoppedDevice::content(device.path());

  const auto well = device.run({"doctor"});

  INFO(well.out);
  CHECK(well.exit_code == 0);
  CHECK_THAT(well.out, ContainsSubstring("pages are as written"));
  CHECK(StoppedDevice::content(device.path()) == before);
}

TEST_CASE("doctor: names the damaged page, what it means, and what to do",
          "[cli][doctor][damage]") {
  StoppedDevice device;
  device.damage_root_of("stock");
  const std::string before = StoppedDevice::content(device.path());

  const auto ill = device.run({"doctor"});

  INFO(ill.out);
  CHECK(ill.exit_code == 4);
  CHECK_THAT(unwrapped(ill.out), ContainsSubstring("problem store: page ") &&
                                     ContainsSubstring("is damaged stock: ") &&
                                     ContainsSubstring("records and deliveries are not touched") &&
                                     ContainsSubstring("1. Copy " + device.path()) &&
                                     ContainsSubstring("handover rescue FILE"));
  CHECK_THAT(unwrapped(ill.out), !ContainsSubstring(" deliveries: "));
  CHECK(StoppedDevice::content(device.path()) == before);
}

TEST_CASE("doctor: tells a damaged first page from a wrong key", "[cli][doctor][damage]") {
  StoppedDevice device;
  device.damage(1);
  const auto first_page = device.run({"doctor"});
  std::ofstream(device.path("store.key")) << std::string(64, 'a') << "\n";
  const auto wrong_key = device.run({"doctor"});

  INFO(first_page.out + wrong_key.out);
  CHECK(first_page.exit_code == 4);
  CHECK_THAT(unwrapped(first_page.out),
             ContainsSubstring("page 1 of ") && ContainsSubstring("the key is the right one") &&
                 ContainsSubstring("Nothing can be taken out of it here"));
  CHECK(wrong_key.exit_code == 4);
  CHECK_THAT(unwrapped(wrong_key.out), ContainsSubstring("the key does not open this store"));
}

TEST_CASE("rescue: writes down each record, who has it, and what to do", "[cli][rescue]") {
  StoppedDevice device;
  const std::string before = StoppedDevice::content(device.path());
  const std::string file = device.folder.file("records.jsonl");

  const auto done = device.run({"rescue", file});

  INFO(done.out + done.messages);
  REQUIRE(done.exit_code == 0);
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == kRecords);
  CHECK(lines[0].text_of("to_do") == "nothing");
  CHECK(lines[1].text_of("to_do") == "ask");
  CHECK(lines[2].text_of("to_do") == "decide");
  CHECK(lines[3].text_of("to_do") == "send");
  CHECK(lines[3].find("body")->text_of("usage") == std::string(300, 'u'));
  CHECK(lines[3].find("deliveries")->items().at(0).text_of("lane") == "cmdb");
  CHECK(lines[3].find("deliveries")->items().at(0).text_of("state") == "pending");
  CHECK(posix::file_status(file)->mode == 0600);
  CHECK_THAT(done.out, ContainsSubstring("60 records are written") &&
                           ContainsSubstring("send     15") && ContainsSubstring("ask      15"));
  CHECK(StoppedDevice::content(device.path()) == before);
  CHECK(device.run({"rescue", file}).exit_code == 1);
  CHECK(lines_of(file).size() == kRecords);
}

TEST_CASE("rescue: what is on a damaged page is named, all else is written", "[cli][rescue]") {
  StoppedDevice device;
  device.damage_leaf_of("records");
  const std::string file = device.folder.file("records.jsonl");

  const auto done = device.run({"rescue", file, "--json"});

  INFO(done.out + done.messages);
  REQUIRE(done.exit_code == 0);
  const Json counts = parse_json(done.out).value();
  const auto& damaged = counts.find("damaged")->items();
  CHECK_FALSE(damaged.empty());
  CHECK(damaged.size() < kRecords / 2);
  const auto lines = lines_of(file);
  CHECK(lines.size() == kRecords);  // Their deliveries can be read.
  std::size_t without_body = 0;
  for (const Json& line : lines) {
    if (line.find("damaged")->boolean()) ++without_body;
    CHECK(line.find("damaged")->boolean() == (line.find("body") == nullptr));
    CHECK(line.find("deliveries")->items().size() == 1);
  }
  CHECK(without_body == damaged.size());
  // The one behind them can be read, and is not lost with them.
  CHECK(numbers_of(damaged) == device.damaged_records());
}

TEST_CASE("rescue: without its deliveries a record is to be asked for", "[cli][rescue]") {
  StoppedDevice device;
  device.damage_root_of("deliveries");
  const std::string file = device.folder.file("records.jsonl");

  const auto done = device.run({"rescue", file});

  INFO(done.out + done.messages);
  REQUIRE(done.exit_code == 0);
  CHECK(lines_of(file).size() == kRecords);
  CHECK_THAT(done.out, ContainsSubstring("ask      60"));
}

TEST_CASE("rescue: an end that cannot be read is told, and the search for it ends",
          "[cli][rescue]") {
  StoppedDevice device;
  device.damage_root_of("records");
  device.damage_root_of("deliveries");
  const std::string file = device.folder.file("records.jsonl");

  const auto done = device.run({"rescue", file});

  INFO(done.out + done.messages);
  CHECK(done.exit_code == 0);
  CHECK(lines_of(file).empty());
  CHECK_THAT(done.out, ContainsSubstring("records after 0 cannot be told"));
}

TEST_CASE("rescue: where nothing can be read it says so, and makes no file", "[cli][rescue]") {
  StoppedDevice device;
  device.damage(1);
  const std::string file = device.folder.file("records.jsonl");

  const auto failed = device.run({"rescue", file});

  CHECK(failed.exit_code == 4);
  CHECK_THAT(failed.messages, ContainsSubstring("leads to all others is damaged"));
  CHECK_FALSE(posix::name_is_taken(file));
}

}  // namespace handover::test
