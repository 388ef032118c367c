#include <set>

#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;

/// A model that holds `count` usages.
struct Filled {
  ServiceMobilityModel model{servicemobility_options(), 42};
  std::string token = login(model);

  explicit Filled(int count) {
    for (int i = 1; i <= count; ++i) {
      const auto request = upload(token, kUsagePath, usage(std::to_string(i)), std::to_string(i));
      REQUIRE(model.handle(request, kNow).status == 201);
    }
  }
  HttpResponse get(const std::string& query) {
    const HttpRequest request("GET", "/seiapi/v3/export/InventoryUsage" + query);
    return model.handle(with(request, "x-access-token", token), kNow);
  }
};

std::string quantity_of(const Json& row) {
  const Json& place = row.find("InventoryUsage")->find("StorageLocations")->items().at(0);
  return place.find("Items")->items().at(0).text_of("OutQty");
}

}  // namespace

TEST_CASE("servicemobility export: pages follow the cursor and lose nothing",
          "[sim][servicemobility]") {
  Filled filled(25);
  std::string rowver = "0";
  std::vector<std::string> seen;
  for (int page = 0; page < 3; ++page) {
    const Json body = body_of(filled.get("?rowver=" + rowver + "&limit=10"));
    for (const auto& row : body.find("rows")->items()) seen.push_back(quantity_of(row));
    rowver = body.text_of("rowver");
  }

  REQUIRE(seen.size() == 25);
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == std::to_string(i + 1));
}

TEST_CASE("servicemobility export: rowver grows with gaps", "[sim][servicemobility]") {
  Filled filled(50);
  const Json body = body_of(filled.get("?rowver=0&limit=50"));
  std::set<std::uint64_t> steps;
  std::uint64_t last = 0;
  for (const auto& row : body.find("rows")->items()) {
    const std::uint64_t rowver = std::stoull(row.text_of("rowver"));
    REQUIRE(rowver > last);
    steps.insert(rowver - last);
    last = rowver;
  }

  CHECK(steps.size() > 1);
  CHECK(body.text_of("rowver") == std::to_string(last));
}

TEST_CASE("servicemobility export: an empty page echoes the cursor, and rows can be read again",
          "[sim][servicemobility]") {
  Filled filled(3);
  const std::string end = body_of(filled.get("")).text_of("rowver");

  const Json empty = body_of(filled.get("?rowver=" + end));

  CHECK(empty.text_of("rowver") == end);
  CHECK(empty.find("rows")->items().empty());
  CHECK(body_of(filled.get("?rowver=0")).find("rows")->items().size() == 3);
}

TEST_CASE("servicemobility export: 100 rows by default, never more than 1000",
          "[sim][servicemobility]") {
  Filled filled(1100);

  CHECK(body_of(filled.get("?rowver=0")).find("rows")->items().size() == 100);
  CHECK(body_of(filled.get("?rowver=0&limit=5000")).find("rows")->items().size() == 1000);
}

TEST_CASE("servicemobility export: a cursor or limit that is none is 400",
          "[sim][servicemobility]") {
  Filled filled(1);

  CHECK(filled.get("?rowver=x").status == 400);
  CHECK(filled.get("?rowver=-1").status == 400);
  CHECK(filled.get("?rowver=0&limit=0").status == 400);
  CHECK(filled.get("?rowver=0&limit=many").status == 400);
}

TEST_CASE("servicemobility export: transfers and usages are exported apart, in the order they came",
          "[sim][servicemobility]") {
  Filled filled(1);
  const HttpResponse created =
      filled.model.handle(upload(filled.token, kTransferPath, half(true), "t"), kNow);

  // The Location header of the upload names the new row.
  const HttpRequest location("GET", std::string(find_header(created.headers, "Location")));
  const Json page =
      body_of(filled.model.handle(with(location, "x-access-token", filled.token), kNow));

  REQUIRE(page.find("rows")->items().size() == 1);
  CHECK(*page.find("rows")->items()[0].find("InventoryTransfer") == half(true));
}

}  // namespace handover::sim
