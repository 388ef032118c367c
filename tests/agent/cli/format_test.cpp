#include "agent/cli/format.hpp"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "agent/cli/transfer_text.hpp"

namespace handover::cli {

TEST_CASE("format: text from elsewhere cannot steer the terminal", "[cli][format]") {
  CHECK(printable("plain Käse") == "plain Käse");
  CHECK(printable("\x1b[31mred\n\x7f") == "?[31mred??");
  CHECK(printable("\xc2\x9b"
                  "1m") == "?1m");
  CHECK(printable("a\xff\xc3") == "a??");
  CHECK(printable("a\u202Eb\u2066c\u200Bd\uFEFFe\u2028f\u061Cg") == "a?b?c?d?e?f?g");
  CHECK(printable("שלום 日本 😀 … می\u200Cخواهم") == "שלום 日本 😀 … می\u200Cخواهم");
}

TEST_CASE("format: text is cut by characters, not bytes", "[cli][format]") {
  CHECK(fit("äöü", 3) == "äöü");
  CHECK(fit("äöüß", 3) == "äö…");
}

TEST_CASE("format: sentences are broken at blanks", "[cli][format]") {
  CHECK(wrap("one two three", "  ", 10) == "  one two\n  three\n");
}

TEST_CASE("format: a table fits on the screen whatever is in it", "[cli][format]") {
  Table table({{"ID"}, {"QTY", Table::Align::kRight}, {"WHY"}});
  table.add({std::string(200, 'i'), "7", std::string(200, 'w')});
  std::ostringstream out;

  table.print(out);

  std::istringstream lines(out.str());
  std::string title;
  std::string row;
  std::getline(lines, title);
  std::getline(lines, row);
  CHECK(title == "ID" + std::string(30, ' ') + "QTY  WHY");
  CHECK(row == std::string(29, 'i') + "…    7  " + std::string(42, 'w') + "…");
}

TEST_CASE("format: times are told as people tell them", "[cli][format]") {
  const WallTime now = parse_rfc3339("2026-11-22T10:00:00Z").value();
  const Json earlier("2026-11-22T07:00:00.000Z");
  const Json later("2026-11-22T10:00:05.000Z");

  CHECK(short_time(&earlier) == "2026-11-22 07:00");
  CHECK(short_time(nullptr) == "-");
  CHECK(relative_time(&earlier, now) == "3 h");
  CHECK(relative_time(&later, now) == "in 5 s");
  CHECK(relative_time(nullptr, now) == "-");
}

TEST_CASE("format: the progress bar is full at the end, and when there was nothing to do",
          "[cli][format]") {
  CHECK(progress_bar(1, 2) == "[###############---------------] 1/2");
  CHECK(progress_bar(2, 2) == "[##############################] 2/2");
  CHECK(progress_bar(0, 0) == "[##############################] 0/0");
}

TEST_CASE("format: line checks stand beside the line that both devices have in that place",
          "[cli][format]") {
  // Typed B before A; the canonical order is A, B, and identifiers are in canonical form.
  const Json view = parse_json(R"({"id":"x","direction":"inbound","state":"recorded","transfer":{
    "FromStorageLocation":"VAN-17","ToStorageLocation":"VAN-22","TransferTech":{"UserID":"tech.17"},
    "Items":[{"ProdNum":"B","Qty":2,"SerialNum":"","BatchNum":""},{"ProdNum":"A","Qty":1,
    "SerialNum":"S1","BatchNum":""}]}})")
                        .value();
  const Json checks = parse_json(R"(["11","22","33"])").value();

  CHECK(line_checks_text(checks, view, "tech.22") ==
        "  11  header: van-17 -> van-22, tech.17 to tech.22\n"
        "  22  a  x1  serial s1\n"
        "  33  b  x2\n");
}

}  // namespace handover::cli
