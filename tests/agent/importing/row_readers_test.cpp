#include <catch2/catch_test_macros.hpp>

#include "agent/importing/csv_rows.hpp"
#include "agent/importing/json_rows.hpp"

namespace handover::importing {
namespace {

struct Read {
  std::vector<std::string> heading;
  std::vector<Row> rows;
  std::string error;
};

/// Every way to cut the file must give the same rows.
Read read(std::string_view text, std::size_t piece, bool csv, char delimiter = ',') {
  Read read;
  const auto take_row = [&read](Row row) -> Result<void> {
    read.rows.push_back(std::move(row));
    return {};
  };
  const auto take_heading = [&read](const auto& heading) -> Result<void> {
    read.heading = heading;
    return {};
  };
  const auto reader = csv ? read_csv(delimiter, take_heading, take_row) : read_json_lines(take_row);
  Result<void> done;
  for (std::size_t at = 0; done && at < text.size(); at += piece)
    done = reader->take(text.substr(at, piece));
  if (done) done = reader->end();
  if (!done) read.error = done.error().detail;
  return read;
}

std::string text_of(const Read& read) {
  std::string text = read.error.empty() ? "" : "error: " + read.error;
  for (const Row& row : read.rows) {
    text += std::to_string(row.number) + "@" + std::to_string(row.line) + "[" + row.complaint;
    for (const auto& [name, value] : row.cells) text += name + "=" + value + ";";
    text += "]";
  }
  return text;
}

std::string csv(std::string_view text, char delimiter = ',') {
  const std::string whole = text_of(read(text, text.size() + 1, true, delimiter));
  for (const std::size_t piece : {1U, 2U, 3U, 7U})
    CHECK(text_of(read(text, piece, true, delimiter)) == whole);
  return whole;
}

std::string json_lines(std::string_view text) {
  const std::string whole = text_of(read(text, text.size() + 1, false));
  for (const std::size_t piece : {1U, 3U, 7U}) CHECK(text_of(read(text, piece, false)) == whole);
  return whole;
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("csv: rows with their numbers and lines, however the file is cut", "[importing]") {
  CHECK(csv("a,b\r\n1,2\r\n3,4\r\n") == "1@2[a=1;b=2;]2@3[a=3;b=4;]");
  CHECK(csv("a,b\n1,2\n3,4") == "1@2[a=1;b=2;]2@3[a=3;b=4;]");
  CHECK(csv("a,b\r1,2\n3,4\n") == "1@2[a=1;b=2;]2@3[a=3;b=4;]");
  CHECK(csv("a,b\r1,2\r\r3,4\r") == "1@2[a=1;b=2;]2@4[a=3;b=4;]");
  CHECK(csv("a,b\r\n\"1\r\n2\",2\r\n3,4") == "1@2[a=1\r\n2;b=2;]2@4[a=3;b=4;]");
  CHECK(csv("\xEF\xBB\xBF"
            "a\n1\n") == "1@2[a=1;]");
  CHECK(csv("a;b\n1;2,5\n", ';') == "1@2[a=1;b=2,5;]");
  CHECK(csv("a,b\n\n\n1,2\n") == "1@4[a=1;b=2;]");
  CHECK(csv("a,b\n,2\n") == "1@2[b=2;]");
  CHECK(csv("a,b\n") == "");
}

TEST_CASE("csv: quotes, doubled quotes, and delimiters and line breaks in them", "[importing]") {
  CHECK(csv("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n7,8\n") == "1@2[a=1,5;b=say \"hi\";]2@3[a=7;b=8;]");
  CHECK(csv("a,b\n\"x\ny\",2\n3,4\n") == "1@2[a=x\ny;b=2;]2@4[a=3;b=4;]");
}

TEST_CASE("csv: a row with other columns than the heading is complained of, and the rest goes on",
          "[importing]") {
  CHECK(csv("a,b\n1\n1,2,3\n1,2\n") ==
        "1@2[has 1 columns; expected 2, as in the heading]"
        "2@3[has 3 columns; expected 2, as in the heading]3@4[a=1;b=2;]");
}

TEST_CASE("csv: a quote in the wrong place ends the reading, with the line", "[importing]") {
  CHECK(has(csv("a,b\n1,2\n1,x\"y\n"), "error: line 3 has a quote in the wrong place"));
  CHECK(has(csv("a,b\n\"1\"2,3\n"), "line 2 has a quote"));
  CHECK(has(csv("a,b\n\"1,2\n"), "without its partner"));
  CHECK(has(csv(""), "the file is empty"));
}

TEST_CASE("csv: no file makes it keep more than a row", "[importing]") {
  const std::string endless = "a\n\"" + std::string(200'000, 'x');
  CHECK(has(csv(endless), "begins on line 2 is longer than 64 KiB"));
  const std::string wide(kColumnsMax, ',');
  CHECK(has(csv(wide + "\n"), "more than 200 columns"));
}

TEST_CASE("json lines: members are cells, on the top and in the objects of the call",
          "[importing]") {
  CHECK(json_lines("{\"a\":\"1\",\"n\":2.50,\"t\":true,\"f\":false,\"x\":null}\n\n"
                   "{\"data\":{\"mac_address\":\"m\"},\"classification\":{\"serialized\":true}}") ==
        "1@1[a=1;n=2.50;t=yes;f=no;]2@3[mac_address=m;serialized=yes;]");
}

TEST_CASE("json lines: what is wrong on a line is a complaint about that line alone",
          "[importing]") {
  const std::string read = json_lines("{\"a\":\n[1]\n{\"a\":[1]}\n{\"a\":\"1\"}\n");
  CHECK(has(read, "1@1[is not JSON"));
  CHECK(has(read, "2@2[expected a JSON object]3@3[a member holds a list or an object"));
  CHECK(has(read, "4@4[a=1;]"));
  const std::string long_line = "{\"a\":\"" + std::string(100'000, 'x') + "\"}\n{\"a\":\"1\"}\n";
  CHECK(json_lines(long_line) == "1@1[longer than 64 KiB]2@2[a=1;]");
}

}  // namespace handover::importing
