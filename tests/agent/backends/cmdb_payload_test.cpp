#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using test::context_of;

const Record kInstallation = test::usage_record(
    "1002", R"([{"ProdNum":"P-1","OutQty":1,"SerialNum":"S1"}])", R"(,"site":"c/o Customer")");

std::string body_of(const Record& record, const std::string& unit,
                    const CmdbSettings& settings = test::cmdb_settings()) {
  const auto request = CmdbBackend(settings).encode(context_of(record, unit, "test"));
  return request ? request->body : "error: " + request.error().detail;
}

std::vector<std::string> units_of(const Record& record) {
  std::vector<std::string> units;
  for (const auto& delivery : CmdbBackend(test::cmdb_settings()).plan(record))
    units.push_back(delivery.unit);
  return units;
}

TEST_CASE("cmdb: the published samples come out byte for byte", "[backends]") {
  CHECK(body_of(test::asset_record(
                    "shipment", "c/o Customer", "WWT",
                    R"([{"serialNumber":"CUSTDC07","manufacturerPartNumber":"C9800-40-K9",
                                        "asset_tag":"FWL-CUSTDC07"}])"),
                "CUSTDC07") ==
        R"({"name":"CUSTDC07","serialNumber":"CUSTDC07","manufacturerPartNumber":"C9800-40-K9",)"
        R"("location":"c/o Customer",)"
        R"("state":"intransit","stockroom":"WWT","asset_tag":"FWL-CUSTDC07","revLog":"false"})");
  CHECK(body_of(test::asset_record(
                    "receipt", "WWT", "WWT",
                    R"([{"serialNumber":"CUST0033","manufacturerPartNumber":"TE-1405-HW-AC-B",
                                        "asset_tag":"UPS-CUST0033"}])"),
                "CUST0033") ==
        R"({"name":"CUST0033","serialNumber":"CUST0033",)"
        R"("manufacturerPartNumber":"TE-1405-HW-AC-B","location":"WWT",)"
        R"("state":"instock","stockroom":"WWT","asset_tag":"UPS-CUST0033","revLog":null})");
  CHECK(
      body_of(test::asset_record(
                  "return_received", "WWT", "WWT",
                  R"([{"serialNumber":"FCW1950C12F","manufacturerPartNumber":"WS-C3850-48U-S"}])"),
              "FCW1950C12F") ==
      R"({"name":"FCW1950C12F","serialNumber":"FCW1950C12F","manufacturerPartNumber":"WS-C3850-48U-S",)"
      R"("location":"WWT","state":"instock","stockroom":"WWT","asset_tag":"No Asset Tag",)"
      R"("revLog":"true"})");
}

struct Row {
  std::string_view what;
  Record record;
  std::string expected;
};

TEST_CASE("cmdb: every row of the mapping table", "[backends]") {
  const std::string one = R"([{"serialNumber":"S1","manufacturerPartNumber":"P-1"}])";
  const std::string in = R"([{"ProdNum":"P-1","InQty":1,"OutQty":0,"SerialNum":"S1"}])";
  const std::vector<Row> rows = {
      {"sender's half",
       test::transfer_record("outbound", R"([{"ProdNum":"P-1","Qty":1,"SerialNum":"S1"}])"),
       R"("location":"Van 22","state":"intransit","stockroom":"Van 17",)"
       R"("asset_tag":"No Asset Tag","revLog":"false"})"},
      {"receiver's half",
       test::transfer_record("inbound", R"([{"ProdNum":"P-1","Qty":1,"SerialNum":"S1"}])"),
       R"("location":"Van 22","state":"instock","stockroom":"Van 22",)"
       R"("asset_tag":"No Asset Tag","revLog":"false"})"},
      {"van restock", test::usage_record("1001", in),
       R"("location":"Van 17","state":"instock","stockroom":"Van 17",)"
       R"("asset_tag":"No Asset Tag","revLog":"false"})"},
      {"installation", kInstallation,
       R"("location":"c/o Customer","state":"inuse","stockroom":"Van 17",)"
       R"("asset_tag":"No Asset Tag","revLog":"false"})"},
      {"installation, site not known",
       test::usage_record("1002", R"([{"ProdNum":"P-1","OutQty":1.0,"SerialNum":"S1"}])"),
       R"("state":"inuse","stockroom":"Van 17","asset_tag":"No Asset Tag","revLog":"false"})"},
      {"removal kept in the van", test::usage_record("1002", in),
       R"("location":"Van 17","state":"instock","stockroom":"Van 17",)"
       R"("asset_tag":"No Asset Tag","revLog":"true"})"},
      {"removal", test::asset_record("removal", "VAN-17", "VAN-17", one),
       R"("location":"Van 17","state":"instock","stockroom":"Van 17",)"
       R"("asset_tag":"No Asset Tag","revLog":"true"})"},
      {"return shipped", test::asset_record("return_shipped", "WWT", "VAN-17", one),
       R"("location":"WWT","state":"intransit","stockroom":"Van 17","asset_tag":"No Asset Tag",)"
       R"("revLog":"true"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(body_of(row.record, "S1") ==
          R"({"name":"S1","serialNumber":"S1","manufacturerPartNumber":"P-1",)" + row.expected);
  }
}

TEST_CASE("cmdb: a correction has the prefix on name and serial number, once", "[backends]") {
  const std::string items =
      R"([{"serialNumber":"6CM646087Z","manufacturerPartNumber":"IM7248-2-DAC-US",)"
      R"("asset_tag":"CPL-6CM646087Z"}])";
  const Record correction = test::asset_record("correction", "WWT", "WWT", items);
  auto with_blank = test::cmdb_settings();
  with_blank.correction_prefix = "Update ";

  const std::string rest =
      R"(,"manufacturerPartNumber":"IM7248-2-DAC-US","location":"WWT","state":"instock","stockroom":"WWT",)"
      R"("asset_tag":"CPL-6CM646087Z","revLog":null})";
  CHECK(body_of(correction, "6CM646087Z") ==
        R"({"name":"Update6CM646087Z","serialNumber":"Update6CM646087Z")" + rest);
  CHECK(body_of(correction, "6CM646087Z", with_blank) ==
        R"({"name":"Update 6CM646087Z","serialNumber":"Update 6CM646087Z")" + rest);
}

TEST_CASE("cmdb: a serial number that begins with Update is not taken for a correction",
          "[backends]") {
  const std::string items = R"([{"serialNumber":"Update77","manufacturerPartNumber":"P"}])";
  CHECK(body_of(test::asset_record("receipt", "W", "W", items), "Update77")
            .starts_with(R"({"name":"Update77",)"));
  CHECK(body_of(test::asset_record("correction", "W", "W", items), "Update77")
            .starts_with(R"({"name":"UpdateUpdate77",)"));
}

TEST_CASE("cmdb: what the customer agreed to can be added or written as text", "[backends]") {
  const Record receipt = test::asset_record(
      "receipt", "W", "W",
      R"([{"serialNumber":"S1","manufacturerPartNumber":"P","type":"desktop"}])");
  auto settings = test::cmdb_settings();
  settings.all_strings = true;
  settings.event_keys = true;

  CHECK(body_of(receipt, "S1", settings) ==
        R"({"name":"S1","serialNumber":"S1","manufacturerPartNumber":"P","type":"desktop",)"
        R"("location":"W","state":"instock",)"
        R"("stockroom":"W","asset_tag":"No Asset Tag","revLog":"",)"
        R"("eventId":"0b0f1a52-0000-4000-8000-000000000001",)"
        R"("eventTimeUtc":"2026-11-22 10:26:53"})");
  CHECK(body_of(kInstallation, "S1", settings)
            .ends_with(R"("eventTimeUtc":"2026-11-22 10:26:53","workOrder":"WO-4711"})"));
}

TEST_CASE("cmdb: a line that knows its asset tag sends it, so that it is not overwritten",
          "[backends]") {
  const Record record = test::transfer_record(
      "inbound", R"([{"ProdNum":"P","Qty":1,"SerialNum":"S1","asset_tag":"UPS-S1"}])");
  CHECK(body_of(record, "S1").find(R"("asset_tag":"UPS-S1")") != std::string::npos);
}

TEST_CASE("cmdb: each serialized line is a delivery of its own, other lines are none",
          "[backends]") {
  const Record record = test::transfer_record(
      "outbound",
      R"([{"ProdNum":"P","Qty":1,"SerialNum":"FCW1950C12F"},{"ProdNum":"CAB","Qty":5,"SerialNum":""},
                      {"ProdNum":"Q","Qty":1,"SerialNum":"X 1"}])");

  const auto plan = CmdbBackend(test::cmdb_settings()).plan(record);

  REQUIRE(plan.size() == 2);
  CHECK(plan[0].unit == "FCW1950C12F");
  CHECK(plan[0].order_keys == std::vector<std::string>{"unit:fcw1950c12f"});
  CHECK(plan[0].environment == "test");
  CHECK(plan[1].unit == "X 1");
  CHECK(plan[1].order_keys == std::vector<std::string>{"unit:x 1"});
}

TEST_CASE("cmdb: two makers' units with one serial number are two deliveries", "[backends]") {
  const Record record = test::transfer_record(
      "inbound",
      R"([{"ProdNum":"P","Qty":1,"SerialNum":"77"},{"ProdNum":"Q","Qty":1,"SerialNum":"77"}])");

  CHECK(units_of(record) == std::vector<std::string>{"77", "77 (2)"});
  CHECK(body_of(record, "77").find(R"("manufacturerPartNumber":"P")") != std::string::npos);
  CHECK(body_of(record, "77 (2)")
            .starts_with(R"({"name":"77","serialNumber":"77","manufacturerPartNumber":"Q")"));
}

TEST_CASE("cmdb: usages that it has no event for are not wanted", "[backends]") {
  const std::string both =
      R"([{"ProdNum":"P","InQty":1,"SerialNum":"S1"},{"ProdNum":"P","OutQty":1,"SerialNum":"S2"}])";

  CHECK(units_of(test::usage_record("1001", both)) == std::vector<std::string>{"S1"});
  CHECK(units_of(test::usage_record("1002", both)) == std::vector<std::string>{"S1", "S2"});
  CHECK(units_of(test::usage_record("1003", both, R"(,"transfer_id":"t-1")")).empty());
  CHECK(units_of(test::usage_record("1002", both, R"(,"transfer_id":"t-1")")).empty());
  for (const auto* module : {"1003", "1004", "1005", "1006", "1007", "1008"}) {
    CAPTURE(module);
    CHECK(units_of(test::usage_record(module, both)).empty());
  }
  CHECK(units_of(test::usage_record("1002", R"([{"ProdNum":"P","OutQty":0.0,"SerialNum":"S1"}])"))
            .empty());
  CHECK(units_of(test::asset_record("unheard", "W", "W", R"([{"serialNumber":"S1"}])")).empty());
}

TEST_CASE("cmdb: an installation waits while the state word is not agreed", "[backends]") {
  auto settings = test::cmdb_settings();
  settings.usage_state.clear();
  const auto request = CmdbBackend(settings).encode(context_of(kInstallation, "S1", "test"));
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == Errc::kConfig);
  CHECK(request.error().detail.find("`usage_state`") != std::string::npos);
}

TEST_CASE("cmdb: a record for one environment is never sent to another", "[backends]") {
  const auto request =
      CmdbBackend(test::cmdb_settings()).encode(context_of(kInstallation, "S1", "production"));
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == Errc::kConfig);
  CHECK(request.error().detail.find("production") != std::string::npos);
}

TEST_CASE("cmdb: a unit that the record does not hold is an error without its name", "[backends]") {
  const auto request =
      CmdbBackend(test::cmdb_settings()).encode(context_of(kInstallation, "S9", "test"));
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == Errc::kInvalid);
  CHECK(request.error().detail.find("S9") == std::string::npos);
}

TEST_CASE("cmdb: the request is one JSON object to the import path", "[backends]") {
  const auto request =
      CmdbBackend(test::cmdb_settings()).encode(context_of(kInstallation, "S1", "test"));
  REQUIRE(request.has_value());
  CHECK(request->method == "POST");
  CHECK(request->target == "/api/now/import/u_wwt_asset");
  CHECK(find_header(request->headers, "Content-Type") == "application/json");
  CHECK(find_header(request->headers, "Accept") == "application/json");
  CHECK(find_header(request->headers, "Authorization").empty());
}

TEST_CASE("cmdb: basic authentication needs no login request", "[backends]") {
  const CmdbBackend backend(test::cmdb_settings());
  const auto login = backend.login();
  REQUIRE(login.has_value());
  REQUIRE(std::holds_alternative<Secret>(*login));

  HttpRequest request("POST", "/");
  backend.authorize(request, std::get<Secret>(*login));

  CHECK(find_header(request.headers, "Authorization") == "Basic aGFuZG92ZXI6cGFzczp3b3Jk");
}

TEST_CASE("cmdb: OAuth asks for a token with a form", "[backends]") {
  auto settings = test::cmdb_settings();
  settings.auth = CmdbSettings::Auth::kOAuthPassword;
  settings.client_id = "id 1";
  settings.read_client_secret = test::secret("s&cret");
  const auto by_password = CmdbBackend(settings).login();
  settings.auth = CmdbSettings::Auth::kOAuthClientCredentials;
  const auto by_client = CmdbBackend(settings).login();

  REQUIRE(by_password.has_value());
  REQUIRE(by_client.has_value());
  const auto& request = std::get<HttpRequest>(*by_password);
  CHECK(request.target == "/oauth_token.do");
  CHECK(find_header(request.headers, "Content-Type") == "application/x-www-form-urlencoded");
  CHECK(request.body ==
        "grant_type=password&client_id=id%201&client_secret=s%26cret&username=handover&password="
        "pass%3Aword");
  CHECK(std::get<HttpRequest>(*by_client).body ==
        "grant_type=client_credentials&client_id=id%201&client_secret=s%26cret");
}

TEST_CASE("cmdb: what was planned for one environment is not sent to another, frozen or not",
          "[backends]") {
  const CmdbBackend backend(test::cmdb_settings());
  const Record receipt = test::one_unit_transfer("inbound");

  CHECK(backend.may_send(test::context_of(receipt, "FCW1950C12F", "test")).has_value());
  const auto refused = backend.may_send(test::context_of(receipt, "FCW1950C12F", "production"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kConfig);
}

}  // namespace
}  // namespace handover::backends
