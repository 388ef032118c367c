#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "agent/domain/json.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr const char* kId = "00000000-0001-8abc-8def-0123456789ab";

std::string transfer(const std::string& direction, const std::string& state,
                     const std::string& code) {
  return R"({"id":")" + std::string(kId) + R"(","direction":")" + direction + R"(","state":")" +
         state + R"(","record_id":null,"public_code":)" +
         (code.empty() ? "null" : "\"" + code + "\"") +
         R"(,"tries_left":5,"line_checks":[],"transfer":{"FromStorageLocation":"VAN-17",)"
         R"("ToStorageLocation":"VAN-22",)"
         R"("Items":[{"ProdNum":"P","Qty":1,"SerialNum":"S","BatchNum":""}],)"
         R"("TransferTech":{"UserID":"tech.22","FirstName":"","LastName":""}},)"
         R"("warnings":[{"pointer":"/transfer/Items/0","detail":"not in stock at VAN-17"}]})";
}

std::string list_of(const std::string& item) {
  return R"({"items":[)" + item + R"(],"next":null})";
}

constexpr const char* kRecord =
    R"({"id":"00000000-0011-8abc-8def-0123456789ab","seq":17,"kind":"usage",)"
    R"("captured_at":"2026-11-22T09:00:00.000Z",)"
    R"("body":{"usage":{"StorageLocations":[{"Items":[{"ProdNum":"P","OutQty":1,)"
    R"("SerialNum":"S"}]}]}},)"
    R"("deliveries":[{"lane":"cmdb","unit":"S","state":"quarantined","attempts":3,)"
    R"("next_try_at":null,"why":"refused","who":"dispatcher"}]})";

std::string header(const HttpRequest& request, std::string_view name) {
  return std::string(find_header(request.headers, name));
}

}  // namespace

TEST_CASE("transfer send: the agent gets the transfer, and the sender is told the code",
          "[cli][transfer]") {
  FakeApi api;
  api.answer("POST /v1/transfers", 201, transfer("outbound", "offered", "483935842877"));
  Shell shell;

  const auto sent =
      shell.run({"transfer", "send", "--to", "VAN-22", "--with", "tech.22,Given,Family", "--item",
                 "P@S", "--item", "C:2.5", "--config", api.config()});

  INFO(sent.messages);
  REQUIRE(sent.exit_code == 0);
  CHECK(api.last().body ==
        R"({"direction":"outbound","transfer":{"FromStorageLocation":"VAN-17",)"
        R"("ToStorageLocation":"VAN-22",)"
        R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},)"
        R"("Items":[{"ProdNum":"P","Qty":1,"SerialNum":"S","BatchNum":""},{"ProdNum":"C",)"
        R"("Qty":2.5,"SerialNum":"","BatchNum":""}]}})");
  CHECK(header(api.last(), "Authorization") == "Bearer test-token");
  CHECK(header(api.last(), "Idempotency-Key").size() == 36);
  CHECK_THAT(sent.messages, ContainsSubstring("Tell the receiver: 4839 3584 2877"));
  CHECK_THAT(sent.messages, ContainsSubstring("warning: /transfer/Items/0: not in stock"));
  CHECK_THAT(sent.out, ContainsSubstring("P  x1  serial S"));
}

TEST_CASE("transfer send: with --json there is one document, and people's words are elsewhere",
          "[cli][transfer]") {
  FakeApi api;
  const std::string view = transfer("outbound", "offered", "483935842877");
  api.answer("POST /v1/transfers", 201, view);
  Shell shell;
  shell.input = R"({"Items":[{"ProdNum":"P","Qty":1}]})";

  const auto sent = shell.run({"transfer", "send", "--to", "V", "--with", "t", "--file", "-",
                               "--config", api.config(), "--json"});

  CHECK(sent.exit_code == 0);
  CHECK(sent.out == view + "\n");
  CHECK_THAT(sent.messages, !ContainsSubstring("Tell"));
  CHECK_THAT(api.last().body, ContainsSubstring(R"("Items":[{"ProdNum":"P","Qty":1}])"));
}

TEST_CASE("transfer receive: the receiver's own storage location is where it goes",
          "[cli][transfer]") {
  FakeApi api;
  api.answer("POST /v1/transfers", 201, transfer("inbound", "recorded", ""));
  Shell shell;

  const auto received = shell.run({"transfer", "receive", "--from", "VAN-22", "--with", "t",
                                   "--item", "P", "--config", api.config()});

  CHECK(received.exit_code == 0);
  CHECK_THAT(api.last().body,
             ContainsSubstring(R"("FromStorageLocation":"VAN-22","ToStorageLocation":"VAN-17")"));
  CHECK_THAT(received.messages, ContainsSubstring("Ask the sender for the code of 12 digits"));
}

TEST_CASE("session: a POST whose answer was lost is repeated once with the same key", "[cli]") {
  FakeApi api;
  api.lose_answer("POST /v1/transfers");
  api.answer("POST /v1/transfers", 201, transfer("outbound", "offered", "483935842877"));
  Shell shell;

  const auto sent = shell.run(
      {"transfer", "send", "--to", "V", "--with", "t", "--item", "P", "--config", api.config()});

  CHECK(sent.exit_code == 0);
  const auto requests = api.requests();
  REQUIRE(requests.size() == 2);
  CHECK(header(requests[0], "Idempotency-Key") == header(requests[1], "Idempotency-Key"));
  CHECK(requests[0].body == requests[1].body);
}

TEST_CASE("transfer code: the code can come from standard input, and the id can be its end",
          "[cli][transfer]") {
  FakeApi api;
  api.answer("GET /v1/transfers?limit=100", 200, list_of(transfer("inbound", "recorded", "")));
  api.answer("POST /v1/transfers/" + std::string(kId) + "/code", 200,
             transfer("inbound", "completed", "48393584"));
  Shell shell;
  shell.input = "4839 3584 2877\nrest";

  const auto entered = shell.run({"transfer", "code", "6789ab", "-", "--config", api.config()});

  INFO(entered.messages);
  REQUIRE(entered.exit_code == 0);
  CHECK(api.last().body == R"({"code":"4839 3584 2877"})");
  CHECK_THAT(entered.messages, ContainsSubstring("Tell the sender: 4839 3584"));
}

TEST_CASE("transfer code: after a mismatch the lines are listed with their checks",
          "[cli][transfer]") {
  FakeApi api;
  const std::string path = "/v1/transfers/" + std::string(kId);
  api.answer(
      "POST " + path + "/code", 422,
      R"({"type":"urn:handover:problem:code-mismatch","title":"No match","status":422,)"
      R"("detail":"the code does not match this list","tries_left":4,"line_checks":["17","42"]})");
  api.answer("GET " + path, 200, transfer("inbound", "recorded", ""));
  Shell shell;

  const auto refused =
      shell.run({"transfer", "code", kId, "4839", "3584", "2877", "--config", api.config()});
  const auto json =
      shell.run({"transfer", "code", kId, "483935842877", "--config", api.config(), "--json"});

  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.messages, ContainsSubstring("  42  p  x1  serial s\n") &&
                                   ContainsSubstring("Tries left: 4") &&
                                   ContainsSubstring("does not match this list"));
  CHECK_THAT(refused.messages, !ContainsSubstring("3584"));
  CHECK(api.requests().front().body == R"({"code":"4839 3584 2877"})");
  CHECK(json.exit_code == 1);
  CHECK(parse_json(json.out).value().text_of("tries_left") == "4");
}

TEST_CASE("session: an end of an id must mean one thing", "[cli]") {
  FakeApi api;
  api.answer("GET /v1/transfers?limit=100", 200,
             R"({"items":[{"id":"00000000-0001-8abc-8def-00000000aaaa"}],"next":"c 1"})");
  api.answer("GET /v1/transfers?limit=100&after=c%201", 200,
             R"({"items":[{"id":"00000000-0002-8abc-8def-11111111aaaa"}],"next":null})");
  Shell shell;

  CHECK(shell.run({"transfer", "show", "aaaa", "--config", api.config()}).exit_code == 1);
  CHECK(shell.run({"transfer", "show", "ffff", "--config", api.config()}).exit_code == 1);
  CHECK(shell.run({"transfer", "show", "aaa", "--config", api.config()}).exit_code == 2);
}

TEST_CASE("transfer list, offer, cancel and show: each asks the agent for what it says",
          "[cli][transfer]") {
  FakeApi api;
  const std::string path = "/v1/transfers/" + std::string(kId);
  const std::string view = transfer("outbound", "offered", "483935842877");
  api.answer("GET /v1/transfers?state=offered&limit=100", 200, list_of(view));
  api.answer("POST " + path + "/offer", 200, view);
  api.answer("POST " + path + "/cancel", 409,
             R"({"type":"urn:handover:problem:transfer-closed","status":409,)"
             R"("detail":"complete already"})");
  api.answer("GET " + path, 200, view);
  Shell shell;

  const auto list = shell.run({"transfer", "list", "--state", "offered", "--config", api.config()});
  const auto cancelled = shell.run({"transfer", "cancel", kId, "--config", api.config()});

  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out,
             ContainsSubstring("456789ab  offered") && ContainsSubstring("VAN-17 -> VAN-22"));
  CHECK(shell.run({"transfer", "offer", kId, "--config", api.config()}).exit_code == 0);
  CHECK(shell.run({"transfer", "show", kId, "--checks", "--config", api.config()}).exit_code == 0);
  CHECK(cancelled.exit_code == 1);
  CHECK_THAT(cancelled.messages, ContainsSubstring("handover: complete already"));
}

TEST_CASE("usage record: lines go in, out or are counted, at the device's own storage location",
          "[cli][usage]") {
  FakeApi api;
  api.answer("POST /v1/usages", 201, kRecord);
  Shell shell;

  const auto recorded = shell.run({"usage", "record", "--ref-module", "1002", "--ref-id", "WO-4711",
                                   "--out", "P@S", "--in", "Q:2", "--count", "R:0", "--site",
                                   "c/o Customer", "--config", api.config()});

  INFO(recorded.messages);
  REQUIRE(recorded.exit_code == 0);
  CHECK(api.last().body ==
        R"({"usage":{"RefModule":"1002","RefObjID":"WO-4711",)"
        R"("StorageLocations":[{"StorageLocationID":"VAN-17","Items":[)"
        R"({"ProdNum":"Q","InQty":2,"SerialNum":"","BatchNum":""},{"ProdNum":"P","OutQty":1,)"
        R"("SerialNum":"S","BatchNum":""},)"
        R"({"ProdNum":"R","InventoryQty":0,"SerialNum":"","BatchNum":""}]}]},)"
        R"("site":"c/o Customer"})");
  CHECK_THAT(recorded.out, ContainsSubstring("P  out 1  serial S"));
}

TEST_CASE("asset-event: units are told by product and serial number", "[cli][usage]") {
  FakeApi api;
  api.answer("POST /v1/asset-events", 201, kRecord);
  Shell shell;

  CHECK(shell
            .run({"asset-event", "receipt", "--stockroom", "Van 17", "--item", "P@S", "--config",
                  api.config()})
            .exit_code == 0);
  CHECK(api.last().body == R"({"event":"receipt","location":"VAN-17","stockroom":"Van 17",)"
                           R"("items":[{"serialNumber":"S","manufacturerPartNumber":"P"}]})");
  CHECK(shell
            .run({"asset-event", "receipt", "--stockroom", "V", "--item", "P:2", "--config",
                  api.config()})
            .exit_code == 2);
}

TEST_CASE("stock: filters are escaped, and pages are joined", "[cli][stock]") {
  FakeApi api;
  api.answer("GET /v1/stock?location=VAN%2017&query=a%26b&limit=100", 200,
             R"({"items":[{"location":"VAN 17","ProdNum":"P","SerialNum":"S","BatchNum":"",)"
             R"("Qty":1}],"next":"2"})");
  api.answer("GET /v1/stock?location=VAN%2017&query=a%26b&limit=100&after=2", 200,
             R"({"items":[{"location":"VAN 17","ProdNum":"Q","SerialNum":"","BatchNum":"",)"
             R"("Qty":2.5}],"next":null})");
  Shell shell;

  const auto stock = shell.run(
      {"stock", "--location", "VAN 17", "--query", "a&b", "--config", api.config(), "--json"});

  REQUIRE(stock.exit_code == 0);
  const auto items = parse_json(stock.out).value().find("items")->items();
  REQUIRE(items.size() == 2);
  CHECK(items[1].text_of("Qty") == "2.5");
}

TEST_CASE("records: the list and one record say where it hangs and what to do", "[cli][records]") {
  FakeApi api;
  api.answer("GET /v1/records?lane=cmdb&state=quarantined&limit=100", 200, list_of(kRecord));
  api.answer("GET /v1/records?limit=100", 200, list_of(kRecord));
  api.answer("GET /v1/records/00000000-0011-8abc-8def-0123456789ab", 200, kRecord);
  Shell shell;

  const auto list =
      shell.run({"records", "--lane", "cmdb", "--state", "quarantined", "--config", api.config()});
  const auto one = shell.run({"records", "show", "456789ab", "--config", api.config()});

  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out,
             ContainsSubstring("17  usage  2026-11-22 09:00  456789ab  cmdb  quarantined"));
  CHECK(one.exit_code == 0);
  CHECK_THAT(one.out, ContainsSubstring("cmdb (S): quarantined, attempt 3") &&
                          ContainsSubstring("who must act: dispatcher"));
  CHECK_THAT(one.messages, ContainsSubstring("handover record retry 456789ab cmdb"));
}

TEST_CASE("records: a damaged record is shown as one, and goes by its number", "[cli][records]") {
  FakeApi api;
  const std::string damaged =
      R"({"id":"seq:3","seq":3,"damaged":true,"deliveries":[{"lane":"cmdb","state":"quarantined"}]})";
  api.answer("GET /v1/records?limit=100", 200, list_of(damaged));
  api.answer("GET /v1/records/seq%3A3", 200, damaged);
  api.answer("POST /v1/records/seq%3A3/deliveries/cmdb/discard", 200, damaged);
  Shell shell;

  const auto list = shell.run({"records", "--config", api.config()});
  const auto one = shell.run({"records", "show", "seq:3", "--config", api.config()});
  const auto discarded = shell.run(
      {"record", "discard", "seq:3", "cmdb", "--reason", "by mail", "--config", api.config()});

  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out, ContainsSubstring("3  DAMAGED  -               seq:3  cmdb  quarantined"));
  CHECK(one.exit_code == 0);
  CHECK_THAT(one.out, ContainsSubstring("DAMAGED on this device"));
  CHECK_THAT(one.messages, ContainsSubstring("handover record discard seq:3 cmdb"));
  CHECK(discarded.exit_code == 0);
}

std::string record_in(int seq, const std::string& state) {
  return R"({"id":"00000000-0011-8abc-8def-0123456789ab","seq":)" + std::to_string(seq) +
         R"(,"kind":"usage","captured_at":"2026-11-22T09:00:00.000Z","deliveries":[{"lane":"cmdb","state":")" +
         state + R"("}]})";
}

TEST_CASE("open: the link is all that goes to the output", "[cli][page]") {
  FakeApi api;
  api.answer("POST /v1/page/tickets", 201,
             R"({"url":"http://127.0.0.1:7017/#ticket=abc","valid_for_s":300})");
  Shell shell;

  const auto opened = shell.run({"open", "--config", api.config()});

  CHECK(opened.exit_code == 0);
  CHECK(opened.out == "http://127.0.0.1:7017/#ticket=abc\n");
  CHECK_THAT(opened.messages, ContainsSubstring("within five minutes"));
}

TEST_CASE("open: an agent without a page says what to set", "[cli][page]") {
  FakeApi api;
  api.answer("POST /v1/page/tickets", 409,
             R"({"type":"urn:handover:problem:page-off","detail":"set [api] page = true"})");
  Shell shell;

  const auto refused = shell.run({"open", "--config", api.config()});

  CHECK(refused.exit_code == 1);
  CHECK(refused.out.empty());
  CHECK_THAT(refused.messages, ContainsSubstring("set [api] page = true"));
}

TEST_CASE("records --watch: shows what changes until the agent goes", "[cli][records]") {
  FakeApi api;
  api.answer("GET /v1/records?limit=1", 200, list_of(""));
  const std::string all = "GET /v1/records?limit=100&after=0";
  api.answer(all, 200, list_of(record_in(1, "delivered") + "," + record_in(2, "pending")));
  const std::string rest = "GET /v1/records?limit=100&after=1";
  api.answer(rest, 200, list_of(record_in(2, "pending")));
  api.answer(rest, 304, "");
  api.answer(rest, 200, list_of(record_in(2, "in_flight")));
  api.answer(rest, 200, list_of(record_in(2, "delivered") + "," + record_in(3, "unknown")));
  api.answer("GET /v1/records?limit=100&after=2", 503, R"({"detail":"stopping"})");
  Shell shell;

  const auto watched = shell.run({"records", "--watch", "--config", api.config()});

  CHECK(watched.exit_code == 4);
  CHECK(shell.pauses >= 1);
  CHECK(watched.out.find("pending") == watched.out.rfind("pending"));
  CHECK_THAT(watched.out, ContainsSubstring("in_flight") && ContainsSubstring("unknown"));
  CHECK(shell.run({"records", "--watch", "--json", "--config", api.config()}).exit_code == 2);
}

TEST_CASE("records --watch: asks only for what changed since the last answer", "[cli][records]") {
  FakeApi api;
  api.tag = "\"7\"";
  api.answer("GET /v1/records?limit=1&lane=cmdb&state=unknown", 200, list_of(""));
  const std::string all = "GET /v1/records?limit=100&after=0";
  api.answer(all, 200, list_of(record_in(2, "pending")));
  api.answer(all, 304, "");
  api.answer(all, 200, list_of(record_in(2, "unknown")));
  api.answer(all, 503, R"({"detail":"stopping"})");
  Shell shell;

  const auto watched = shell.run(
      {"records", "--watch", "--lane", "cmdb", "--state", "unknown", "--config", api.config()});

  CHECK(watched.out.find("pending") == std::string::npos);
  CHECK_THAT(watched.out, ContainsSubstring("unknown"));
  const auto requests = api.requests();
  REQUIRE(requests.size() == 5);
  CHECK(find_header(requests[1].headers, "If-None-Match").empty());
  for (const std::size_t later : {2U, 3U, 4U})
    CHECK(find_header(requests[later].headers, "If-None-Match") == api.tag);
}

TEST_CASE("record retry and discard: the decision goes to the delivery, with its reason",
          "[cli][records]") {
  FakeApi api;
  const std::string path = "/v1/records/00000000-0011-8abc-8def-0123456789ab/deliveries/cmdb/";
  api.answer("POST " + path + "retry", 200, kRecord);
  api.answer("POST " + path + "discard", 200, kRecord);
  Shell shell;
  const std::string id = "00000000-0011-8abc-8def-0123456789ab";

  CHECK(shell.run({"record", "retry", id, "cmdb", "--config", api.config()}).exit_code == 0);
  CHECK(api.last().body == "{}");
  CHECK(
      shell.run({"record", "discard", id, "cmdb", "--reason", "by hand", "--config", api.config()})
          .exit_code == 0);
  CHECK(api.last().body == R"({"reason":"by hand"})");
  CHECK(shell.run({"record", "discard", id, "cmdb", "--config", api.config()}).exit_code == 2);
}

}  // namespace handover::test
