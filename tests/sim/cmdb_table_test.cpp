#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::minutes;

struct Filled {
  CmdbModel model{cmdb_options()};

  Filled() {
    import_status(model, asset("SN1", "instock", "Van 17"));
    import_status(model, asset("SN2", "intransit", "Van 22"));
    import_status(model, asset("SN3", "instock", "Van 22"));
  }
  std::vector<Json> rows(const std::string& query, WallTime now = kNow) {
    const HttpResponse response = model.handle(get_assets(query), now);
    REQUIRE(response.status == 200);
    return body_of(response).find("result")->items();
  }
};

}  // namespace

TEST_CASE("cmdb table: an asset is found by serial number with all its fields", "[sim][cmdb]") {
  Filled filled;

  const auto rows = filled.rows("?sysparm_query=serial_number%3DSN2&sysparm_limit=2");

  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text_of("serial_number") == "SN2");
  CHECK(rows[0].text_of("model") == "WS-C3850-48U-S");
  CHECK(rows[0].text_of("location") == "Van 22");
  CHECK(rows[0].text_of("stockroom") == "Van 22");
  CHECK(rows[0].text_of("install_status") == "9");
  CHECK(rows[0].text_of("state") == "intransit");
  CHECK(rows[0].text_of("asset_tag") == "FWL-SN2");
  CHECK(rows[0].text_of("sys_updated_on") == "2026-11-22 10:26:53");
  CHECK(rows[0].text_of("sys_id").size() == 32);
}

TEST_CASE("cmdb table: conditions are joined by ^ and all must hold", "[sim][cmdb]") {
  Filled filled;
  CHECK(filled.rows("?sysparm_query=stockroom=Van+22^install_status=6").size() == 1);
  CHECK(filled.rows("?sysparm_query=stockroom=Van+22^install_status=7").empty());
  CHECK(filled.rows("?sysparm_query=serial_number=sn3").size() == 1);
}

TEST_CASE("cmdb table: a condition on an unknown field is dropped without a word", "[sim][cmdb]") {
  Filled filled;
  CHECK(filled.rows("?sysparm_query=serial_no=SN1").size() == 3);
  CHECK(filled.rows("?sysparm_query=serial_no=SN1^stockroom=Van+22").size() == 2);
}

TEST_CASE("cmdb table: fields and limit are kept to, unknown fields ignored", "[sim][cmdb]") {
  Filled filled;
  const auto rows = filled.rows("?sysparm_fields=serial_number,colour,state&sysparm_limit=2");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == json(R"({"serial_number":"SN1","state":"instock"})"));
}

TEST_CASE("cmdb table: one asset is read by sys_id, an unknown one is 404", "[sim][cmdb]") {
  Filled filled;
  const std::string sys_id = filled.model.assets().assets()[1].sys_id;

  const HttpResponse found = filled.model.handle(get_assets("/" + sys_id), kNow);

  CHECK(found.status == 200);
  CHECK(body_of(found).find("result")->text_of("serial_number") == "SN2");
  CHECK(filled.model.handle(get_assets("/0123"), kNow).status == 404);
}

TEST_CASE("cmdb table: another table is 400, a user without read access 403, a write 405",
          "[sim][cmdb]") {
  Filled filled;
  HttpRequest other = get_assets("");
  other.target = "/api/now/table/cmdb_ci";
  CHECK(filled.model.handle(other, kNow).status == 400);
  HttpRequest write = get_assets("");
  write.method = "POST";
  CHECK(filled.model.handle(write, kNow).status == 405);
  REQUIRE(filled.model.configure(json(R"({"reads":false})")));
  CHECK(filled.model.handle(get_assets(""), kNow).status == 403);
}

TEST_CASE("cmdb table: a new asset may stay invisible for a while, but coalesces at once",
          "[sim][cmdb]") {
  CmdbOptions options = cmdb_options();
  options.visible_after = minutes(15);
  CmdbModel model(options);
  import_status(model, asset("SN1"));
  const auto count = [&](WallTime now) {
    return body_of(model.handle(get_assets(""), now)).find("result")->items().size();
  };

  CHECK(count(kNow + minutes(14)) == 0);
  CHECK(import_status(model, asset("SN1")) == "ignored");
  CHECK(count(kNow + minutes(15)) == 1);
}

}  // namespace handover::sim
