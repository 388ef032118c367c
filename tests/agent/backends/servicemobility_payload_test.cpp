#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using test::context_of;

ServiceMobilityBackend backend(std::string prefix = "") {
  auto settings = test::servicemobility_settings();
  settings.path_prefix = std::move(prefix);
  return ServiceMobilityBackend(settings);
}

TEST_CASE("servicemobility: a transfer is the documented object, member for member", "[backends]") {
  const Record record = test::transfer_record(
      "outbound",
      R"([{"SerialNum":"FCW1950C12F","Qty":1,"ProdNum":"WS-C3850-48U-S","BatchNum":"","asset_tag":"x"},
                      {"ProdNum":"CAB-5M","Qty":2.50,"BatchNum":"B7"}])");

  const auto request = backend("/sm/").encode(context_of(record));

  REQUIRE(request.has_value());
  CHECK(request->method == "POST");
  CHECK(request->target == "/sm/seiapi/v3/mobile/InventoryTransfer");
  CHECK(request->body ==
        R"({"FromStorageLocation":"VAN-17",)"
        R"("Items":[{"BatchNum":"","ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"},)"
        R"({"BatchNum":"B7","ProdNum":"CAB-5M","Qty":2.50,"SerialNum":""}],)"
        R"("ToStorageLocation":"VAN-22",)"
        R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},)"
        R"("TransferType":"1001","TransferUTC":"2026-11-22T10:26:53Z","UserID":"tech.17",)"
        R"("ValidationCode":{"PublicCode":"483935842877","PrivateCode":"21595208"}})");
  CHECK(find_header(request->headers, "Content-Type") == "application/json");
  CHECK(find_header(request->headers, "Accept") == "application/json");
  CHECK(find_header(request->headers, "Idempotency-Key") == "0b0f1a52-0000-4000-8000-000000000001");
  CHECK(find_header(request->headers, "x-access-token").empty());
}

TEST_CASE("servicemobility: signatures go along only where the lane is set so", "[backends]") {
  Record record = test::one_unit_transfer("outbound");
  Json transfer = *record.body.find("transfer");
  transfer.set("FlexAttrs", test::json(R"({"HANDOVER":{"REASON":["swap"]},"OTHER":{"A":["b"]}})"));
  record.body.set("transfer", std::move(transfer));
  record.body.set("evidence", test::json(R"({"offer":"HO1:A","receipt":"HO1:B"})"));

  const auto without = backend().encode(context_of(record));
  auto settings = test::servicemobility_settings();
  settings.evidence = true;
  const auto with = ServiceMobilityBackend(settings).encode(context_of(record));

  REQUIRE((without.has_value() && with.has_value()));
  CHECK(without->body.find("HO1:") == std::string::npos);
  std::string expected = without->body;
  const std::string reason = R"("REASON":["swap"])";
  expected.insert(expected.find(reason) + reason.size(),
                  R"(,"OFFER":["HO1:A"],"RECEIPT":["HO1:B"])");
  CHECK(with->body == expected);

  record.body = test::one_unit_transfer("outbound").body;
  CHECK(ServiceMobilityBackend(settings).encode(context_of(record))->body ==
        backend().encode(context_of(record))->body);
}

TEST_CASE("servicemobility: the direction chooses the configured transfer type", "[backends]") {
  auto settings = test::servicemobility_settings();
  settings.transfer_type_inbound = "7";
  const ServiceMobilityBackend backend(settings);
  const Record inbound = test::one_unit_transfer("inbound");
  const Record sideways = test::one_unit_transfer("sideways");

  const auto request = backend.encode(context_of(inbound));

  REQUIRE(request.has_value());
  CHECK(request->body.find(R"("TransferType":"7")") != std::string::npos);
  REQUIRE_FALSE(backend.encode(context_of(sideways)).has_value());
  CHECK(backend.encode(context_of(sideways)).error().code == Errc::kInvalid);
}

TEST_CASE(
    "servicemobility: flex attributes travel as they are, between Items and ToStorageLocation",
    "[backends]") {
  Record record = test::one_unit_transfer("outbound");
  Json transfer = *record.body.find("transfer");
  transfer.set("FlexAttrs", test::json(R"({"HANDOVER":{"REASON":["swap","second"]}})"));
  record.body.set("transfer", transfer);

  const auto request = backend().encode(context_of(record));

  REQUIRE(request.has_value());
  CHECK(request->body.find(
            R"("SerialNum":"FCW1950C12F"}],"FlexAttrs":{"HANDOVER":{"REASON":["swap","second"]}},)"
            R"("ToStorageLocation")") != std::string::npos);
}

TEST_CASE(
    "servicemobility: a usage is the documented object with the exact digits of its quantities",
    "[backends]") {
  const Record record = test::usage_record(
      "1002",
      R"([{"ProdNum":"CAB-5M","OutQty":999999999.999999,"InventoryQty":-0.1,"ReportedDamagedQty":0.30,
                  "DispositionReasons":[{"ReasonCode":"R1","Qty":0.1,"Desc":"bent","extra":1}]},
                 {"ProdNum":"P","InQty":1,"SerialNum":"S1","BatchNum":"B"}])",
      R"(,"site":"c/o Customer")");

  const auto request = backend().encode(context_of(record));

  REQUIRE(request.has_value());
  CHECK(request->target == "/seiapi/v3/mobile/InventoryUsage");
  CHECK(
      request->body ==
      R"({"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:26:53Z","RefModule":"1002","RefObjID":"WO-4711",)"
      R"("StorageLocations":[{"StorageLocationID":"VAN-17","Items":[)"
      R"({"BatchNum":"","DispositionReasons":[{"Desc":"bent","Qty":0.1,"ReasonCode":"R1"}],"InQty":0,)"
      R"("InventoryQty":-0.1,"OutQty":999999999.999999,"ProdNum":"CAB-5M",)"
      R"("ReportedDamagedQty":0.30,"SerialNum":""},)"
      R"({"BatchNum":"B","InQty":1,"OutQty":0,"ProdNum":"P","SerialNum":"S1"}]}]})");
}

TEST_CASE("servicemobility: a record that lacks a member is refused with the place, not the value",
          "[backends]") {
  const auto error_of = [](const Record& record) {
    const auto request = backend().encode(context_of(record));
    REQUIRE_FALSE(request.has_value());
    CHECK(request.error().code == Errc::kInvalid);
    return request.error().fields.at(0).pointer;
  };

  CHECK(error_of(test::transfer_record("outbound",
                                       R"([{"ProdNum":"P","Qty":1},{"ProdNum":"P","Qty":"1"}])")) ==
        "/transfer/Items/1/Qty");
  CHECK(error_of(test::transfer_record("outbound", R"([{"Qty":1}])")) ==
        "/transfer/Items/0/ProdNum");
  CHECK(error_of(test::transfer_record("outbound", "[]")) == "/transfer/Items");
  CHECK(error_of(test::usage_record("1002", R"([{"ProdNum":"P","OutQty":"x"}])")) ==
        "/usage/StorageLocations/0/Items/0/OutQty");
  CHECK(error_of(test::record(RecordKind::kUsage, "{}")) == "/usage");
  CHECK(error_of(test::record(RecordKind::kTransfer, R"({"direction":"inbound"})")) == "/transfer");
}

TEST_CASE("servicemobility: transfers and usages are wanted once, asset events are not",
          "[backends]") {
  const Record event = test::asset_record("receipt", "WWT", "WWT", R"([{"serialNumber":"S1"}])");
  const Record transfer = test::one_unit_transfer("inbound");

  CHECK(backend().plan(event).empty());
  REQUIRE(backend().plan(transfer).size() == 1);
  CHECK(backend().plan(transfer)[0].unit.empty());
  CHECK(backend().plan(transfer)[0].environment.empty());
  CHECK_FALSE(backend().encode(context_of(event)).has_value());
}

TEST_CASE(
    "servicemobility: order follows the transfer and each serialized unit, once, in folded form",
    "[backends]") {
  const Record transfer = test::transfer_record(
      "outbound", R"([{"ProdNum":"P","Qty":1,"SerialNum":"FCW1950C12F"},{"ProdNum":"P","Qty":3},
                      {"ProdNum":"Q","Qty":1,"SerialNum":"fcw1950c12f"}])");
  const Record usage = test::usage_record(
      "1003", R"([{"ProdNum":"P","InQty":1,"SerialNum":"S 1"}])", R"(,"transfer_id":"t-9")");

  CHECK(backend().plan(transfer).at(0).order_keys ==
        std::vector<std::string>{"transfer:t-1", "unit:fcw1950c12f"});
  CHECK(backend().plan(usage).at(0).order_keys ==
        std::vector<std::string>{"transfer:t-9", "unit:s 1"});
}

TEST_CASE("servicemobility: the login asks for a token with the credentials as JSON",
          "[backends]") {
  const auto login = backend("/sm").login();

  REQUIRE(login.has_value());
  const auto& request = std::get<HttpRequest>(*login);
  CHECK(request.method == "POST");
  CHECK(request.target == "/sm/createjwt");
  CHECK(request.body == R"({"username":"tech.17","password":"pass\"word"})");
  CHECK(find_header(request.headers, "x-access-token").empty());
}

TEST_CASE("servicemobility: a password that cannot be read is a configuration error",
          "[backends]") {
  auto settings = test::servicemobility_settings();
  settings.read_password = []() -> Result<Secret> { return fail(Errc::kConfig, "no such file"); };
  const auto login = ServiceMobilityBackend(settings).login();
  REQUIRE_FALSE(login.has_value());
  CHECK(login.error().code == Errc::kConfig);
}

TEST_CASE("servicemobility: the token travels in x-access-token", "[backends]") {
  HttpRequest request("POST", "/");
  backend().authorize(request, Secret(std::string_view("a.b.c")));
  CHECK(find_header(request.headers, "x-access-token") == "a.b.c");
}

}  // namespace
}  // namespace handover::backends
