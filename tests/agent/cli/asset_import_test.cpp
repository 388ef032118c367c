#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/domain/json.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr const char* kCall = "POST /v1/asset-events";
constexpr const char* kRecorded = R"({"id":"r","deliveries":[{"lane":"cmdb","state":"pending"}]})";
constexpr const char* kNotWanted =
    R"({"id":"r","deliveries":[{"lane":"cmdb","state":"not_wanted"}]})";
constexpr const char* kBadRow =
    R"({"type":"urn:handover:problem:invalid-input","title":"no","status":400,"detail":"one field",)"
    R"("errors":[{"pointer":"/items/0/serialNumber","detail":"expected another"}]})";

std::string csv(int rows) {
  std::string text = "Serial Number,Part Number\r\n";
  for (int i = 1; i <= rows; ++i) text += "S" + std::to_string(i) + ",P-1\r\n";
  return text;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ImportFixture {
 public:
  ImportFixture() { api.answer(kCall, 201, kRecorded); }

  Outcome import(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"assets",  "import",     file,        "--event",
                                      "receipt", "--location", "WWT",       "--stockroom",
                                      "WWT",     "--config",   api.config()};
    words.insert(words.end(), more.begin(), more.end());
    return shell.run(std::move(words));
  }
  std::string file(const std::string& name, const std::string& text) {
    return api.folder().write(name, text);
  }
  std::vector<Json> bodies() {
    std::vector<Json> all;
    for (const auto& request : api.requests()) all.push_back(*parse_json(request.body));
    return all;
  }

  FakeApi api;
  Shell shell;
};

}  // namespace

TEST_CASE("assets import: each row is one call, in the order of the file", "[cli][import]") {
  ImportFixture world;
  const auto done = world.import(world.file("receipts.csv", csv(3)));

  INFO(done.messages);
  CHECK(done.exit_code == 0);
  CHECK(done.out == "3 rows: 3 recorded, 0 recorded before, 0 refused.\n");
  const auto bodies = world.bodies();
  REQUIRE(bodies.size() == 3);
  CHECK(bodies[0].text_of("event") == "receipt");
  CHECK(bodies[2].find("items")->items()[0].dump() ==
        R"({"serialNumber":"S3","manufacturerPartNumber":"P-1"})");
  CHECK_THAT(bodies[0].text_of("key"), ContainsSubstring("import receipts.csv "));
  CHECK(bodies[0].text_of("key") != bodies[1].text_of("key"));
}

TEST_CASE("assets import: a corrected file has the same keys for the rows that stayed",
          "[cli][import]") {
  ImportFixture world;
  const auto keys_of = [&](const std::string& text) {
    const auto before = world.api.requests().size();
    CHECK(world.import(world.file("receipts.csv", text)).exit_code == 0);
    std::map<std::string, std::string> keys;
    const auto bodies = world.bodies();
    for (auto i = before; i < bodies.size(); ++i)
      keys[bodies[i].find("items")->items()[0].text_of("serialNumber")] = bodies[i].text_of("key");
    return keys;
  };
  const auto first = keys_of("serial,part number\nS1,P\nS2,X\nS3,P\n");
  const auto second = keys_of("Part Number,Serial Number\nP,S3\nY,S2\nP,S1\n");

  CHECK(first.at("S1") == second.at("S1"));
  CHECK(first.at("S3") == second.at("S3"));
  CHECK(first.at("S2") != second.at("S2"));
}

TEST_CASE("assets import: two rows that say the same are two records", "[cli][import]") {
  ImportFixture world;
  CHECK(world.import(world.file("a.csv", "part number,quantity\nCABLE,5\nCABLE,5\n")).exit_code ==
        0);
  const auto bodies = world.bodies();
  REQUIRE(bodies.size() == 2);
  CHECK(bodies[0].text_of("key") + " 2" == bodies[1].text_of("key"));
}

TEST_CASE("assets import: rows that were recorded before, or that no lane wants, are counted",
          "[cli][import]") {
  ImportFixture world;
  world.api.answer(kCall, 200, kRecorded);
  world.api.answer(kCall, 201, kNotWanted);
  const auto done = world.import(world.file("receipts.csv", csv(3)));

  CHECK(done.exit_code == 0);
  CHECK_THAT(done.out, ContainsSubstring("3 rows: 2 recorded, 1 recorded before, 0 refused."));
  CHECK_THAT(done.out, ContainsSubstring("1 of them are wanted by no lane"));
}

TEST_CASE(
    "assets import: refused rows are reported with line, field and what was expected, and "
    "the others go on",
    "[cli][import]") {
  ImportFixture world;
  world.api.answer(kCall, 400, kBadRow);
  world.api.answer(kCall, 201, kRecorded);
  const std::string report = world.api.folder().file("refused.csv");
  const auto done = world.import(
      world.file("receipts.csv",
                 "serial,part number,structure\nS1,P,\n,P,\nS2,P,\nS3,P,\"a \"\"b\"\"\"\n"),
      {"--report", report});

  INFO(done.messages);
  CHECK(done.exit_code == 1);
  CHECK_THAT(done.out, ContainsSubstring("4 rows: 1 recorded, 0 recorded before, 3 refused."));
  CHECK_THAT(done.out, ContainsSubstring("row 2 (line 3), serialNumber: missing"));
  CHECK_THAT(done.out, ContainsSubstring("row 3 (line 4), serialNumber: expected another"));
  CHECK(world.api.requests().size() == 2);
  const std::string reported = content_of(report);
  CHECK(reported.starts_with("row,line,field,expected\r\n2,3,\"serialNumber\",\"missing"));
  CHECK_THAT(reported, ContainsSubstring("\r\n3,4,\"serialNumber\",\"expected another\"\r\n"));
  CHECK_THAT(reported, ContainsSubstring("\r\n4,5,\"structure\","));
  const auto mode = std::filesystem::status(report).permissions();
  CHECK((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none);
}

TEST_CASE("assets import: a spreadsheet runs nothing of a report", "[cli][import]") {
  ImportFixture world;
  const std::string report = world.api.folder().file("refused.csv");
  world.import(world.file("a.jsonl", R"({"=cmd|'/c calc'!A1":"x","serialNumber":"S"})"),
               {"--report", report});
  CHECK_THAT(content_of(report), ContainsSubstring("\"'=cmd|'/c calc'!A1\",\"no such field\""));
}

TEST_CASE("assets import: a dry run asks nobody", "[cli][import]") {
  ImportFixture world;
  const auto done =
      world.import(world.file("receipts.csv", csv(2) + ",P-1\r\n"), {"--dry-run", "--json"});

  CHECK(done.exit_code == 1);
  CHECK(world.api.requests().empty());
  CHECK(done.out ==
        R"({"dry_run":true,"rows":3,"fine":2,"refused":1,"refusals":[{"row":3,"line":4,)"
        R"("field":"serialNumber","expected":"missing; expected a string"}]})"
        "\n");
}

TEST_CASE("assets import: a file that is broken at its end records nothing", "[cli][import]") {
  ImportFixture world;
  const auto done = world.import(world.file("receipts.csv", csv(3) + "\"S4,P-1\r\n"));

  CHECK(done.exit_code == 1);
  CHECK(world.api.requests().empty());
  CHECK_THAT(done.messages, ContainsSubstring("receipts.csv: line"));
  CHECK_THAT(done.messages, ContainsSubstring("quote"));
}

TEST_CASE("assets import: an agent that stops answering ends it, with the way to go on",
          "[cli][import]") {
  ImportFixture world;
  world.api.answer(kCall, 201, kRecorded);
  world.api.answer(
      kCall, 507,
      R"({"type":"urn:handover:problem:disk-full","title":"no","status":507,"detail":"disk full"})");
  const auto done = world.import(world.file("receipts.csv", csv(5)));

  CHECK(done.exit_code != 0);
  CHECK(world.api.requests().size() == 3);
  CHECK_THAT(done.messages, ContainsSubstring("disk full"));
  CHECK_THAT(done.messages, ContainsSubstring("stopped after 2 rows. Run the same command again"));
}

TEST_CASE("assets import: an answer that is lost on the way is asked for again with the same key",
          "[cli][import]") {
  FakeApi api;
  api.lose_answer(kCall);
  api.answer(kCall, 201, kRecorded);
  const std::string file = api.folder().write(
      "a.jsonl",
      R"({"serialNumber":"S1","manufacturerPartNumber":"P","event":"removal","location":"V","stockroom":"V"})");
  Shell shell;
  const auto done = shell.run({"assets", "import", file, "--config", api.config()});

  CHECK(done.exit_code == 0);
  REQUIRE(api.requests().size() == 2);
  CHECK(api.requests()[0].body == api.requests()[1].body);
}

TEST_CASE("assets import: standard input needs a name or keys, and says so before anything is done",
          "[cli][import]") {
  ImportFixture world;
  world.shell.input = csv(2);
  const auto refused = world.import("-", {"--format", "csv"});
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.messages, ContainsSubstring("--import-name"));
  CHECK(world.api.requests().empty());

  CHECK(world.import("-", {"--format", "csv", "--import-name", "today"}).exit_code == 0);
  CHECK(world.api.requests().size() == 2);
  world.shell.input = "serial,part number,key\nS1,P,K-1\n";
  CHECK(world.import("-", {"--format", "csv"}).exit_code == 0);
  CHECK(world.bodies().back().text_of("key") == "K-1");
}

TEST_CASE("assets import: wrong usage is told before anything is done", "[cli][import]") {
  ImportFixture world;
  const std::string file = world.file("data.txt", csv(1));
  const auto says = [&](const std::vector<std::string>& more, const char* words) {
    const auto done = world.import(file, more);
    CAPTURE(words, done.messages);
    CHECK(done.exit_code == 2);
    CHECK_THAT(done.messages, ContainsSubstring(words));
  };
  says({}, "give --format csv or jsonl");
  says({"--format", "csv", "--delimiter", "ab"}, "one character");
  says({"--format", "csv", "--column", "S"}, "HEADING=FIELD");
  says({"--format", "csv", "--column", "S=nothing"}, "there is no field nothing");
  says({"--format", "csv", "--report", "/no/such/folder/r.csv"}, "/no/such/folder");
  says({"--format", "csv", "--import-name", std::string(101, 'x')}, "--import-name");
  std::string wide;
  for (int i = 0; i < 61; ++i) wide += "\xE2\x82\xAC";  // More bytes than a key has room for.
  says({"--format", "csv", "--import-name", wide}, "it is too long");
  CHECK(world.import("/no/such/file.csv").exit_code == 2);
  CHECK(world.api.requests().empty());

  const auto unknown = world.import(world.file("b.csv", "serial,Shelf\nS,1\n"));
  CHECK(unknown.exit_code != 0);
  CHECK_THAT(unknown.messages, ContainsSubstring("\"Shelf\""));
  CHECK(world.api.requests().empty());
}

TEST_CASE("assets import: a pipe is refused at once, with the way to read one", "[cli][import]") {
  ImportFixture world;
  const std::string pipe = world.api.folder().file("rows.jsonl");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);

  const auto refused = world.import(pipe);

  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.messages, ContainsSubstring("is a pipe") && ContainsSubstring("import -"));
  CHECK(world.api.requests().empty());
}

TEST_CASE("assets import: progress is drawn for a person, and told in lines to a log",
          "[cli][import]") {
  ImportFixture world;
  const std::string file = world.file("receipts.csv", csv(1000));
  const auto logged = world.import(file);
  CHECK(logged.messages == "1000 rows of 1000\n");
  world.shell.terminal = true;
  CHECK_THAT(world.import(file).messages, ContainsSubstring("] 950/1000 rows"));
}

}  // namespace handover::test
