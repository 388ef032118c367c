#include "agent/domain/transfer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/domain/complaints.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

// A sound request; a table's row replaces one part of it.
std::string with(std::string from, const std::string& to) {
  std::string body =
      R"({"direction":"outbound","transfer":{"FromStorageLocation":"VAN-17","ToStorageLocation":"VAN-22",)"
      R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},)"
      R"("Items":[{"ProdNum":"P","Qty":1,"SerialNum":"S","BatchNum":""}]}})";
  const auto place = body.find(from);
  INVARIANT(place != body.npos);
  return body.replace(place, from.size(), to);
}

struct Replaced {
  const char* part;
  std::string by;
  const char* pointer;
  const char* words;
};

const std::string kLongText(1025, 'x');
constexpr const char* kItem = R"({"ProdNum":"P","Qty":1,"SerialNum":"S","BatchNum":""})";

}  // namespace

TEST_CASE("transfer: a sound one is read, trimmed, else as typed", "[domain][transfer]") {
  const auto read = parse_transfer(to_json(
      R"({"direction":"inbound","transfer":{"FromStorageLocation":" van-17 ","ToStorageLocation":"VAN-22",
          "TransferTech":{"UserID":"tech.22"},"Items":[{"ProdNum":" Ab  c ","Qty":"2.50"},
          {"ProdNum":"P","Qty":1,"SerialNum":"s1","BatchNum":null}],
          "FlexAttrs":{"HANDOVER":{"REASON":["swap"," as is "]}}}})"));

  REQUIRE(read.has_value());
  CHECK(read->direction == Direction::kInbound);
  CHECK(read->from == "van-17");
  CHECK(read->own_location() == "VAN-22");
  CHECK(read->other.user_id == "tech.22");
  CHECK(read->other.first_name.empty());
  REQUIRE(read->items.size() == 2);
  CHECK(read->items[0].prod == "Ab  c");
  CHECK(read->items[0].qty.to_string() == "2.5");
  CHECK(read->items[0].serial.empty());
  CHECK(read->items[1].serial == "s1");
  CHECK(read->flex_attrs.dump() == R"({"HANDOVER":{"REASON":["swap"," as is "]}})");
}

TEST_CASE("transfer: every wrong field is refused with its pointer and what is expected",
          "[domain][transfer]") {
  const std::string many = [] {
    std::string list = "[";
    for (int i = 0; i < 501; ++i) list += R"({"ProdNum":"P","Qty":1},)";
    list.back() = ']';
    return list;
  }();
  const std::string item_list = std::string("[") + kItem + "]";
  const std::vector<Replaced> table = {
      {R"("direction":"outbound")", R"("direction":"sideways")", "/direction",
       "expected one of: outbound, inbound"},
      {R"("direction":"outbound")", R"("direction":1)", "/direction", "expected a string"},
      {R"("direction":"outbound",)", "", "/direction", "missing"},
      {R"("direction":"outbound",)", R"("directon":"outbound",)", "/directon",
       "did you mean direction?"},
      {R"("FromStorageLocation":"VAN-17",)", "", "/transfer/FromStorageLocation",
       "missing; expected a string"},
      {R"("VAN-17")", "null", "/transfer/FromStorageLocation", "missing"},
      {R"("VAN-17")", "\" \\u00a0 \"", "/transfer/FromStorageLocation", "not blank"},
      {R"("VAN-17")", "[]", "/transfer/FromStorageLocation", "expected a string"},
      {R"("VAN-17")", "\"a\\u0000b\"", "/transfer/FromStorageLocation", "control character"},
      {R"("VAN-17")", "\"" + kLongText + "\"", "/transfer/FromStorageLocation",
       "longer than 1024 bytes"},
      {R"("VAN-22")", R"("van-17")", "/transfer/ToStorageLocation",
       "the same as FromStorageLocation"},
      {R"("FromStorageLocation")", R"("TransferUTC":"x","FromStorageLocation")",
       "/transfer/TransferUTC", "unknown field"},
      {R"("FromStorageLocation")", R"("UserID":"x","FromStorageLocation")", "/transfer/UserID",
       "unknown field"},
      {R"("FromStorageLocation")", R"("TransferType":"1001","FromStorageLocation")",
       "/transfer/TransferType", "unknown field"},
      {R"("FromStorageLocation")", R"("ValidationCode":{},"FromStorageLocation")",
       "/transfer/ValidationCode", "unknown field"},
      {R"({"UserID":"tech.22","FirstName":"Given","LastName":"Family"})", "7",
       "/transfer/TransferTech", "expected an object"},
      {R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},)", "",
       "/transfer/TransferTech", "missing"},
      {R"("UserID":"tech.22",)", "", "/transfer/TransferTech/UserID", "missing"},
      {R"("FirstName":"Given")", R"("FirstName":false)", "/transfer/TransferTech/FirstName",
       "expected a string"},
      {R"("LastName")", R"("Lastname")", "/transfer/TransferTech/Lastname",
       "did you mean LastName?"},
      {item_list.c_str(), "[]", "/transfer/Items", "at least one"},
      {item_list.c_str(), "{}", "/transfer/Items", "expected a list"},
      {item_list.c_str(), "null", "/transfer/Items", "expected a list"},
      {item_list.c_str(), many, "/transfer/Items", "at most 500"},
      {kItem, "7", "/transfer/Items/0", "expected an object"},
      {R"("ProdNum":"P",)", "", "/transfer/Items/0/ProdNum", "missing"},
      {R"("ProdNum":"P",)", R"("ProdNum":"P","Colour":"red",)", "/transfer/Items/0/Colour",
       "expected one of: ProdNum, Qty"},
      {R"("ProdNum":"P",)", R"("ProdNum":"P","a/b":1,)", "/transfer/Items/0/a~1b", "unknown field"},
      {R"("Qty":1,)", "", "/transfer/Items/0/Qty", "missing; expected a decimal number"},
      {R"("Qty":1)", R"("Qty":null)", "/transfer/Items/0/Qty", "missing"},
      {R"("Qty":1)", R"("Qty":true)", "/transfer/Items/0/Qty", "expected a decimal number"},
      {R"("Qty":1)", R"("Qty":0)", "/transfer/Items/0/Qty", "must be positive"},
      {R"("Qty":1)", R"("Qty":-1)", "/transfer/Items/0/Qty", "must be positive"},
      {R"("Qty":1)", R"("Qty":1e3)", "/transfer/Items/0/Qty", "exponent"},
      {R"("Qty":1)", R"("Qty":"1,5")", "/transfer/Items/0/Qty", "expected digits"},
      {R"("Qty":1)", R"("Qty":0.0000001)", "/transfer/Items/0/Qty", "more than 6 decimals"},
      {R"("Qty":1)", R"("Qty":1000000000)", "/transfer/Items/0/Qty", "more than 999999999.999999"},
      {R"("SerialNum":"S")", R"("SerialNum":4711)", "/transfer/Items/0/SerialNum",
       "expected a string"},
      {R"("Items")", R"("FlexAttrs":7,"Items")", "/transfer/FlexAttrs", "expected an object"},
      {R"("Items")", R"("FlexAttrs":{"F":7},"Items")", "/transfer/FlexAttrs/F",
       "expected an object"},
      {R"("Items")", R"("FlexAttrs":{"F":{"A":"text"}},"Items")", "/transfer/FlexAttrs/F/A",
       "expected a list of strings"},
      {R"("Items")", R"("FlexAttrs":{"F":{"A":[1]}},"Items")", "/transfer/FlexAttrs/F/A",
       "expected a list of strings"},
  };
  for (const auto& row : table) {
    const std::string body = with(row.part, row.by);
    check_refused(parse_transfer(to_json(body)), {body.c_str(), row.pointer, row.words});
  }
}

TEST_CASE("transfer: a body that is no object is refused", "[domain][transfer]") {
  for (const char* body : {"null", "[]", "7", "\"text\""}) {
    check_refused(parse_transfer(to_json(body)), {body, "", "expected an object"});
  }
  check_refused(parse_transfer(to_json(R"({"direction":"outbound"})")),
                {"{}", "/transfer", "missing; expected an object"});
}

TEST_CASE("transfer: all wrong fields are named at once", "[domain][transfer]") {
  const auto read =
      parse_transfer(to_json(R"({"direction":"x","transfer":{"ToStorageLocation":"V",)"
                             R"("TransferTech":{},"Items":[{"ProdNum":"P"},{"Qty":0}]}})"));

  REQUIRE_FALSE(read.has_value());
  CHECK(all_of(read.error()) ==
        "/direction: expected one of: outbound, inbound\n"
        "/transfer/FromStorageLocation: missing; expected a string\n"
        "/transfer/TransferTech/UserID: missing; expected a string\n"
        "/transfer/Items/0/Qty: missing; expected a decimal number\n"
        "/transfer/Items/1/ProdNum: missing; expected a string\n"
        "/transfer/Items/1/Qty: quantity must be positive\n");
}

TEST_CASE("transfer: both technicians' terms are the same text", "[domain][transfer]") {
  const auto sender = terms_of(transfer("outbound"), "tech.17");
  const auto receiver = terms_of(transfer("inbound"), " TECH.22 ");

  REQUIRE((sender && receiver));
  CHECK(sender->json() == receiver->json());
  CHECK(sender->rows().size() == 3);
}

TEST_CASE("transfer: rules of the terms are told with pointers into what was sent",
          "[domain][transfer]") {
  struct Row {
    const char* items;
    const char* pointer;
    const char* words;
  };
  const std::string long_serial =
      R"([{"ProdNum":"P","Qty":1,"SerialNum":")" + std::string(61, 's') + R"("}])";
  for (const Row& row :
       {Row{R"([{"ProdNum":"P","Qty":2,"SerialNum":"S"}])", "/transfer/Items/0/Qty", "1"},
        Row{R"([{"ProdNum":"P","Qty":1,"SerialNum":"S"},{"ProdNum":"p","Qty":1,"SerialNum":"s"}])",
            "/transfer/Items/1/SerialNum", ""},
        Row{long_serial.c_str(), "/transfer/Items/0/SerialNum", "longer than 60"}}) {
    check_refused(terms_of(transfer("outbound", row.items), "tech.17"),
                  {row.items, row.pointer, row.words});
  }
}

TEST_CASE("transfer: nobody hands over to himself", "[domain][transfer]") {
  check_refused(terms_of(transfer("outbound"), "TECH.22"),
                {"", "/transfer/TransferTech/UserID", "this is the technician of this device"});
  check_refused(terms_of(transfer("inbound"), "tech.17"),
                {"", "/transfer/TransferTech/UserID", "this is the technician of this device"});
}

TEST_CASE("transfer: the object has its members in the documented order", "[domain][transfer]") {
  Transfer full = transfer("outbound", R"([{"ProdNum":"P","Qty":2.50,"BatchNum":"B"}])");
  full.flex_attrs = to_json(R"({"F":{"A":["x"]}})");
  TransferFacts facts;
  facts.user_id = "tech.17";
  facts.transfer_type = "1001";
  facts.transfer_utc = WallTime(std::chrono::milliseconds(1795343213123));
  facts.public_code = "483935842877";
  facts.private_code = "21595208";

  CHECK(
      transfer_object(full, facts).dump() ==
      R"({"FromStorageLocation":"VAN-17","Items":[{"BatchNum":"B","ProdNum":"P","Qty":2.5,"SerialNum":""}],)"
      R"("FlexAttrs":{"F":{"A":["x"]}},"ToStorageLocation":"VAN-22",)"
      R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},"TransferType":"1001",)"
      R"("TransferUTC":"2026-11-22T10:26:53Z","UserID":"tech.17",)"
      R"("ValidationCode":{"PublicCode":"483935842877","PrivateCode":"21595208"}})");
}

TEST_CASE("transfer: what is not known yet is left out of the object", "[domain][transfer]") {
  const Json object = transfer_object(transfer("outbound"), {});

  for (const char* name :
       {"FlexAttrs", "TransferType", "TransferUTC", "UserID", "ValidationCode"}) {
    CHECK(object.find(name) == nullptr);
  }
  TransferFacts facts;
  facts.public_code = "1";
  CHECK(transfer_object(transfer("outbound"), facts).find("ValidationCode")->dump() ==
        R"({"PublicCode":"1"})");
}

TEST_CASE("transfer: what was written as an object reads back the same", "[domain][transfer]") {
  for (const char* direction : {"outbound", "inbound"}) {
    Transfer written = transfer(direction);
    written.flex_attrs = to_json(R"({"F":{"A":["x"]}})");

    const Transfer read = transfer_from_object(written.direction, transfer_object(written, {}));

    CHECK(read.direction == written.direction);
    CHECK(transfer_object(read, {}) == transfer_object(written, {}));
    CHECK(read.items[1].qty == written.items[1].qty);
  }
}

}  // namespace handover::test
