// Requests and bodies that the tests of the simulated back-ends share.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "sim/back-ends/servicemobility/servicemobility_model.hpp"

namespace handover::sim::testing {

/// 2026-11-22T10:26:53.500Z
inline const WallTime kNow{milliseconds(1'795'343'213'500)};

constexpr const char* kTransferPath = "/seiapi/v3/mobile/InventoryTransfer";
constexpr const char* kUsagePath = "/seiapi/v3/mobile/InventoryUsage";
constexpr const char* kImportPath = "/api/now/import/u_wwt_asset";
constexpr const char* kAssetPath = "/api/now/table/alm_hardware";
constexpr const char* kBasic = "Basic aGFuZG92ZXI6c2VjcmV0";  // handover:secret

inline Json json(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}
inline Json body_of(const HttpResponse& response) { return json(response.body); }

inline HttpRequest post(std::string target, std::string body) {
  HttpRequest request("POST", std::move(target));
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  return request;
}

inline HttpRequest with(HttpRequest request, std::string name, std::string value) {
  request.headers.push_back({std::move(name), std::move(value)});
  return request;
}

// --- ServiceMobility

inline ServiceMobilityOptions servicemobility_options() {
  ServiceMobilityOptions options;
  options.users = {{"tech.17", "secret"}, {"tech.22", "secret"}};
  return options;
}

inline HttpRequest login_request() {
  return post("/createjwt", R"({"username":"tech.17","password":"secret"})");
}
inline std::string login(BackEndModel& model, WallTime now = kNow) {
  const HttpResponse response = model.handle(login_request(), now);
  REQUIRE(response.status == 200);
  return body_of(response).text_of("token");
}

/// The half of a transfer of one serialized unit from VAN-17 (tech.17) to VAN-22 (tech.22).
inline Json half(bool outbound) {
  const std::string user = outbound ? "tech.17" : "tech.22";
  const std::string partner = outbound ? "tech.22" : "tech.17";
  const std::string codes = outbound ? R"({"PublicCode":"483935842877","PrivateCode":"21595208"})"
                                     : R"({"PublicCode":"21595208","PrivateCode":"483935842877"})";
  return json(
      R"({"FromStorageLocation":"VAN-17",)"
      R"("Items":[{"BatchNum":"","ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"}],)"
      R"("ToStorageLocation":"VAN-22","TransferTech":{"UserID":")" +
      partner + R"(","FirstName":"Given","LastName":"Family"},"TransferType":")" +
      (outbound ? "1001" : "1002") + R"(","TransferUTC":"2026-11-22T10:00:00Z","UserID":")" + user +
      R"(","ValidationCode":)" + codes + "}");
}

/// A usage that takes `out` of a product from VAN-17.
inline Json usage(const std::string& out = "2.5") {
  return json(
      R"({"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:00:00Z","RefModule":"1002","RefObjID":"WO-4711",)"
      R"("StorageLocations":[{"StorageLocationID":"VAN-17","Items":[{"ProdNum":"CABLE","OutQty":)" +
      out + R"(,"InventoryQty":7.5}]}]})");
}

inline HttpRequest upload(const std::string& token, const std::string& path, const Json& body,
                          const std::string& key) {
  HttpRequest request = with(post(path, body.dump()), "x-access-token", token);
  return key.empty() ? request : with(std::move(request), "Idempotency-Key", key);
}

// --- CMDB

inline CmdbOptions cmdb_options() {
  CmdbOptions options;
  options.users = {{"handover", "secret"}};
  options.oauth.clients = {{"client", "client secret"}};
  return options;
}

inline Json asset(const std::string& serial, const std::string& state = "instock",
                  const std::string& place = "WWT") {
  Json body = Json::object();
  body.set("name", serial)
      .set("serialNumber", serial)
      .set("manufacturerPartNumber", "WS-C3850-48U-S");
  body.set("location", place).set("state", state).set("stockroom", place);
  body.set("asset_tag", "FWL-" + serial).set("revLog", Json());
  return body;
}

inline HttpRequest import_request(const Json& body) {
  return with(post(kImportPath, body.dump()), "Authorization", kBasic);
}
inline HttpRequest get_assets(const std::string& query) {
  return with(HttpRequest("GET", std::string(kAssetPath) + query), "Authorization", kBasic);
}

/// The first element of the import answer's result.
inline Json import_result(CmdbModel& model, const Json& body, WallTime now = kNow) {
  const HttpResponse response = model.handle(import_request(body), now);
  REQUIRE(response.status == 201);
  const Json answer = body_of(response);
  REQUIRE(answer.find("result") != nullptr);
  return answer.find("result")->items().at(0);
}
inline std::string import_status(CmdbModel& model, const Json& body, WallTime now = kNow) {
  return import_result(model, body, now).text_of("status");
}

}  // namespace handover::sim::testing
