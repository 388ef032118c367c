#include "sim/back-ends/cmdb/cmdb_model.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::hours;
using std::chrono::seconds;

CmdbModel configured(const char* options) {
  CmdbModel model(cmdb_options());
  REQUIRE(model.configure(json(options)));
  return model;
}

Json corrected(const std::string& typed) {
  Json body = asset("SN1", "instock", "Depot");
  body.set("name", typed).set("serialNumber", typed);
  return body;
}

std::string field(const CmdbModel& model, std::size_t index, std::string_view column) {
  return model.assets().assets().at(index).field(column);
}

}  // namespace

TEST_CASE("cmdb: a new serial number is inserted, and the answer is an import set's",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  HttpRequest request = with(import_request(asset("CUST0033")), "Host", "localhost:1");

  const HttpResponse response = model.handle(request, kNow);

  CHECK(response.status == 201);
  const Json body = body_of(response);
  CHECK(body.text_of("import_set") == "ISET0010001");
  CHECK(body.text_of("staging_table") == "u_wwt_asset");
  REQUIRE(body.find("result")->items().size() == 1);
  const Json& result = body.find("result")->items()[0];
  CHECK(result.text_of("status") == "inserted");
  CHECK(result.text_of("table") == "alm_hardware");
  CHECK(result.text_of("display_value") == "CUST0033");
  const std::string sys_id = model.assets().assets().at(0).sys_id;
  CHECK(sys_id.size() == 32);
  CHECK(result.text_of("sys_id") == sys_id);
  CHECK(result.text_of("record_link") == "http://localhost:1/api/now/table/alm_hardware/" + sys_id);
}

TEST_CASE("cmdb: the same again is ignored, a change updates, and the audit log has both sides",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());

  CHECK(import_status(model, asset("SN1")) == "inserted");
  const Json ignored = import_result(model, asset("SN1"));
  CHECK(ignored.text_of("status") == "ignored");
  CHECK(ignored.text_of("status_message") == "No field values changed");
  CHECK(import_status(model, asset("SN1", "intransit"), kNow + seconds(5)) == "updated");

  const auto& audit = model.assets().audit();
  REQUIRE(audit.size() == 2);
  CHECK(audit[0].inserted);
  CHECK(audit[1].who == "handover");
  CHECK(audit[1].at == kNow + seconds(5));
  CHECK(audit[1].before.at("state") == "instock");
  CHECK(audit[1].after.at("state") == "intransit");
  CHECK(json(audit[1].event) == asset("SN1", "intransit"));
  CHECK(model.import_rows().size() == 3);
}

TEST_CASE("cmdb: state words in any spelling become install_status numbers", "[sim][cmdb]") {
  const std::vector<std::pair<std::string, std::string>> words = {
      {"instock", "6"},   {"In-Stock", "6"}, {"Instock", "6"},
      {"intransit", "9"}, {"In Use", "1"},   {"retired", "7"}};
  for (const auto& [word, number] : words) {
    CmdbModel model(cmdb_options());
    CHECK(import_status(model, asset("SN1", word)) == "inserted");
    CHECK(field(model, 0, "install_status") == number);
  }
}

TEST_CASE("cmdb: an unknown state word is an error inside a 201", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());

  const Json result = import_result(model, asset("SN1", "lent"));

  CHECK(result.text_of("status") == "error");
  CHECK_FALSE(result.text_of("error_message").empty());
  CHECK(result.find("sys_id") == nullptr);
  CHECK(model.assets().assets().empty());
  CHECK(model.import_rows().size() == 1);
  CmdbModel agreed = configured(R"({"states":{"lent":12}})");
  CHECK(import_status(agreed, asset("SN1", "lent")) == "inserted");
  CHECK(field(agreed, 0, "install_status") == "12");
}

TEST_CASE("cmdb: a unit in use leaves its stockroom, and saying so again changes nothing",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  import_status(model, asset("SN1", "instock", "Van 17"));

  CHECK(import_status(model, asset("SN1", "inuse", "Van 17")) == "updated");
  CHECK(field(model, 0, "stockroom").empty());
  CHECK(import_status(model, asset("SN1", "inuse", "Van 17")) == "ignored");
}

TEST_CASE("cmdb: the Update prefix is stripped, with or without a blank, from both keys",
          "[sim][cmdb]") {
  for (const auto* typed : {"UpdateSN1", "Update SN1"}) {
    CmdbModel model(cmdb_options());
    import_status(model, asset("SN1"));
    CHECK(import_status(model, corrected(typed)) == "updated");
    REQUIRE(model.assets().assets().size() == 1);
    CHECK(field(model, 0, "name") == "SN1");
    CHECK(field(model, 0, "serial_number") == "SN1");
    CHECK(field(model, 0, "location") == "Depot");
  }
}

TEST_CASE("cmdb: a transform that does not strip the prefix makes a ghost", "[sim][cmdb]") {
  CmdbModel model = configured(R"({"strip_update_prefix":false})");
  import_status(model, asset("SN1"));

  CHECK(import_status(model, corrected("UpdateSN1")) == "inserted");

  CHECK(model.assets().assets().size() == 2);
  CHECK(model.state().find("ghosts")->items().size() == 1);
}

TEST_CASE("cmdb: the prefix is exact in case", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  import_status(model, asset("SN1"));
  CHECK(import_status(model, corrected("updateSN1")) == "inserted");
}

TEST_CASE("cmdb: serial numbers coalesce whatever their case, unless told otherwise",
          "[sim][cmdb]") {
  CmdbModel relaxed(cmdb_options());
  import_status(relaxed, asset("SN1"));
  CHECK(import_status(relaxed, asset("sn1")) == "updated");

  CmdbModel strict = configured(R"({"case_sensitive":true})");
  import_status(strict, asset("SN1"));
  CHECK(import_status(strict, asset("sn1")) == "inserted");
}

TEST_CASE("cmdb: coalescing on the asset tag merges all untagged units into one", "[sim][cmdb]") {
  CmdbModel model = configured(R"({"coalesce":"asset_tag"})");
  Json first = asset("SN1");
  first.set("asset_tag", "No Asset Tag");
  Json second = asset("SN2");
  second.set("asset_tag", "No Asset Tag");

  CHECK(import_status(model, first) == "inserted");
  CHECK(import_status(model, second) == "updated");

  REQUIRE(model.assets().assets().size() == 1);
  CHECK(field(model, 0, "serial_number") == "SN2");
}

TEST_CASE("cmdb: without a coalesce field every row inserts, and the duplicates are counted",
          "[sim][cmdb]") {
  CmdbModel model = configured(R"({"coalesce":"none"})");

  CHECK(import_status(model, asset("SN1")) == "inserted");
  CHECK(import_status(model, asset("sn1")) == "inserted");

  CHECK(model.counts().text_of("duplicates_count") == "1");
  CHECK(model.state().find("duplicates")->items().at(0).find("sys_ids")->items().size() == 2);
}

TEST_CASE("cmdb: of several matches only the first is updated", "[sim][cmdb]") {
  CmdbModel model = configured(R"({"coalesce":"none"})");
  import_status(model, asset("SN1"));
  import_status(model, asset("SN1"));
  REQUIRE(model.configure(json(R"({"coalesce":"serialNumber"})")));

  CHECK(import_status(model, asset("SN1", "intransit")) == "updated");

  CHECK(field(model, 0, "state") == "intransit");
  CHECK(field(model, 1, "state") == "instock");
}

TEST_CASE("cmdb: a row without serial number is skipped", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  Json body = asset("");
  CHECK(import_status(model, body) == "skipped");
  CHECK(model.assets().assets().empty());
}

TEST_CASE("cmdb: null is stored as empty; other types are altered and counted", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  CHECK(import_status(model, asset("SN1")) == "inserted");
  CHECK(model.altered_values() == 0);
  CHECK(field(model, 0, "rev_log").empty());

  Json typed = asset("SN1");
  typed.set("revLog", Json(true)).set("location", json(R"({"name":"WWT"})"));
  CHECK(import_status(model, typed) == "updated");

  CHECK(model.altered_values() == 2);
  CHECK(field(model, 0, "rev_log") == "true");
  CHECK(field(model, 0, "location") == R"({"name"="WWT"})");
}

TEST_CASE("cmdb: an empty string clears a field, an absent key leaves it", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  import_status(model, asset("SN1"));

  import_status(model, json(R"({"serialNumber":"SN1","location":"","state":""})"));

  CHECK(field(model, 0, "location").empty());
  CHECK(field(model, 0, "stockroom") == "WWT");
  CHECK(field(model, 0, "state") == "instock");
}

TEST_CASE("cmdb: of an array only the first record is processed, with success", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  const Json both = Json::array({asset("SN1"), asset("SN2")});

  CHECK(import_status(model, both) == "inserted");

  REQUIRE(model.assets().assets().size() == 1);
  CHECK(field(model, 0, "serial_number") == "SN1");
  CHECK(json(model.assets().audit()[0].event) == asset("SN1"));
}

TEST_CASE("cmdb: bodies that are no record are 400, other types of body 415", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  HttpRequest broken = import_request(asset("SN1"));
  broken.body = "{";
  HttpRequest number = broken;
  number.body = "7";
  HttpRequest empty_list = broken;
  empty_list.body = "[]";
  HttpRequest xml = import_request(asset("SN1"));
  xml.headers[0].value = "application/xml";
  HttpRequest untyped = import_request(asset("SN1"));
  untyped.headers.erase(untyped.headers.begin());

  for (const auto* request : {&broken, &number, &empty_list, &untyped}) {
    CHECK(model.handle(*request, kNow).status == 400);
  }
  CHECK(model.handle(xml, kNow).status == 415);
  CHECK(model.import_rows().empty());
}

TEST_CASE("cmdb: both spellings of the import path lead to the table; others are 400",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  HttpRequest request = import_request(asset("SN1"));
  request.target = "/api/now/v1/import/u_wwt_asset";
  CHECK(model.handle(request, kNow).status == 201);
  request.target = "/api/now/import/u_other";
  const HttpResponse wrong = model.handle(request, kNow);
  CHECK(wrong.status == 400);
  CHECK(body_of(wrong).find("error")->text_of("message") == "Invalid table u_other");
  request.target = "/api/wwt/assets";
  CHECK(model.handle(request, kNow).status == 400);
  request = HttpRequest("GET", kImportPath);
  CHECK(model.handle(with(request, "Authorization", kBasic), kNow).status == 405);
}

TEST_CASE("cmdb: without valid credentials there is 401 with ServiceNow's envelope",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  for (const auto* credentials :
       {"", "Basic aGFuZG92ZXI6d3Jvbmc=", "Basic !", "Bearer x", "Digest x"}) {
    const HttpRequest request = with(post(kImportPath, "{}"), "Authorization", credentials);
    const HttpResponse response = model.handle(request, kNow);
    CHECK(response.status == 401);
    CHECK(body_of(response) ==
          json(R"({"error":{"message":"User Not Authenticated",)"
               R"("detail":"Required to provide Auth information"},"status":"failure"})"));
  }
  CmdbModel restricted = configured(R"({"basic":false})");
  CHECK(restricted.handle(import_request(asset("SN1")), kNow).status == 401);
}

TEST_CASE("cmdb: detail may be null", "[sim][cmdb]") {
  CmdbModel model = configured(R"({"null_detail":true})");
  CHECK(body_of(model.failure(500)).find("error")->find("detail")->is_null());
}

TEST_CASE("cmdb: a business rule refuses units on an active transfer order with 403",
          "[sim][cmdb]") {
  CmdbModel model = configured(R"({"active_transfer_orders":["SN1"]})");

  const HttpResponse refused = model.handle(import_request(asset("sn1")), kNow);

  CHECK(refused.status == 403);
  CHECK(body_of(refused).find("error")->text_of("detail").find("active transfer order") !=
        std::string::npos);
  CHECK(import_status(model, asset("SN2")) == "inserted");
  CHECK(model.assets().assets().size() == 1);
}

TEST_CASE("cmdb: each transform map adds an element to the result; 200 is as good as 201",
          "[sim][cmdb]") {
  CmdbModel model = configured(R"({"transform_maps":3,"created_status":false})");

  const HttpResponse response = model.handle(import_request(asset("SN1")), kNow);

  CHECK(response.status == 200);
  const auto results = body_of(response).find("result")->items();
  REQUIRE(results.size() == 3);
  CHECK(results[0].text_of("status") == "inserted");
  CHECK(results[2].text_of("status") == "ignored");
}

TEST_CASE("cmdb: the import set changes at midnight", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  const auto set_at = [&](WallTime now) {
    return body_of(model.handle(import_request(asset("SN1")), now)).text_of("import_set");
  };

  CHECK(set_at(kNow) == "ISET0010001");
  CHECK(set_at(kNow + hours(13)) == "ISET0010001");
  CHECK(set_at(kNow + hours(14)) == "ISET0010002");
}

TEST_CASE("cmdb: the hourly budget ends with 429 and says when the hour does", "[sim][cmdb]") {
  CmdbModel model = configured(R"({"requests_per_hour":1})");
  CHECK(import_status(model, asset("SN1")) == "inserted");

  const HttpResponse over = model.handle(import_request(asset("SN1")), kNow);

  CHECK(over.status == 429);
  CHECK(find_header(over.headers, "Retry-After") == "1987");              // 10:26:53.5 to 11:00
  CHECK(find_header(over.headers, "X-RateLimit-Reset") == "1795345201");  // Unix time, rounded up
  CHECK(body_of(over).find("error")->text_of("message") == "Rate limit exceeded");
  CHECK(model.handle(get_assets(""), kNow).status == 200);
  CHECK(import_status(model, asset("SN1"), kNow + hours(1)) == "ignored");
}

TEST_CASE("cmdb: hints of a 429 are sent as asked for", "[sim][cmdb]") {
  const CmdbModel model(cmdb_options());
  const HttpResponse bare = model.rate_limited({seconds(5), false, false}, kNow);
  CHECK(find_header(bare.headers, "Retry-After").empty());
  CHECK(find_header(bare.headers, "X-RateLimit-Reset").empty());
  const HttpResponse both = model.rate_limited({seconds(5), true, true}, kNow);
  CHECK(find_header(both.headers, "Retry-After") == "5");
  CHECK(find_header(both.headers, "X-RateLimit-Reset") == "1795343219");
}

TEST_CASE("cmdb: reset forgets assets, rows and tokens", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  import_status(model, asset("SN1"));

  model.reset();

  CHECK(model.assets().assets().empty());
  CHECK(model.assets().audit().empty());
  CHECK(model.import_rows().empty());
  CHECK(import_status(model, asset("SN1")) == "inserted");
}

}  // namespace handover::sim
