// Records, settings and answers that the tests of back-ends start from.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"

namespace handover::test {

// 2026-11-22T10:26:53Z, and the same as Unix time.
inline constexpr std::int64_t kNowSeconds = 1795343213;
inline WallTime now() { return WallTime(std::chrono::seconds(kNowSeconds)); }

inline Json json(std::string_view text) {
  auto value = parse_json(text);
  if (!value) throw std::runtime_error("a sample is no JSON: " + value.error().detail);
  return std::move(*value);
}

inline Record record(RecordKind kind, std::string_view body) {
  return Record{"rec-1", 17, kind, now(), json(body)};
}

inline Record transfer_record(std::string direction, std::string items) {
  return record(RecordKind::kTransfer, R"({"direction":")" + direction +
                                           R"(","transfer_id":"t-1","transfer":{
    "FromStorageLocation":"VAN-17","Items":)" +
                                           items + R"(,"ToStorageLocation":"VAN-22",
    "TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},"TransferType":"old",
    "TransferUTC":"2026-11-22T10:26:53.123Z","UserID":"tech.17",
    "ValidationCode":{"PublicCode":"483935842877","PrivateCode":"21595208"}}})");
}

inline Record one_unit_transfer(std::string direction) {
  return transfer_record(
      std::move(direction),
      R"([{"BatchNum":"","ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"}])");
}

inline Record usage_record(std::string module, std::string items, std::string more = "") {
  return record(RecordKind::kUsage,
                R"({"usage":{"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:26:53Z",
    "RefModule":")" +
                    module +
                    R"(","RefObjID":"WO-4711","StorageLocations":[{"StorageLocationID":"VAN-17",
    "Items":)" + items +
                    "}]}" + more + "}");
}

inline Record asset_record(std::string event, std::string location, std::string stockroom,
                           std::string items) {
  return record(RecordKind::kAssetEvent, R"({"asset_event":{"event":")" + event +
                                             R"(","location":")" + location + R"(","stockroom":")" +
                                             stockroom + R"(","items":)" + items + "}}");
}

inline forwarding::DeliveryContext context_of(const Record& about, std::string unit = "",
                                              std::string environment = "", bool repeat = false) {
  return {about,
          std::move(unit),
          std::move(environment),
          "0b0f1a52-0000-4000-8000-000000000001",
          repeat,
          now()};
}

inline HttpResponse answer(int status, std::string body = "",
                           std::vector<HttpHeader> headers = {}) {
  HttpResponse response(status);
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

inline HttpResponse json_answer(int status, std::string body,
                                std::vector<HttpHeader> headers = {}) {
  headers.push_back({"Content-Type", "application/json;charset=utf-8"});
  return answer(status, std::move(body), std::move(headers));
}

inline HttpResponse page(int status) {
  return answer(status, "<!DOCTYPE html><html><body>Sign in</body></html>",
                {{"Content-Type", "text/html"}});
}

inline std::function<Result<Secret>()> secret(std::string text) {
  return [text = std::move(text)]() -> Result<Secret> { return Secret(text); };
}

inline backends::ServiceMobilitySettings servicemobility_settings() {
  backends::ServiceMobilitySettings settings;
  settings.username = "tech.17";
  settings.read_password = secret("pass\"word");
  return settings;
}

inline backends::CmdbSettings cmdb_settings() {
  backends::CmdbSettings settings;
  settings.path = "/api/now/import/u_wwt_asset";
  settings.environment = "test";
  settings.username = "handover";
  settings.read_password = secret("pass:word");
  settings.usage_state = "inuse";
  settings.locations = {{"VAN-17", "Van 17"}, {"van-22", "Van 22"}};
  return settings;
}

inline backends::CmdbSettings cmdb_settings_with_reads() {
  auto settings = cmdb_settings();
  settings.look_up_path = "/api/now/table/alm_hardware";
  return settings;
}

inline std::string_view name_of(forwarding::Verdict::Kind kind) {
  using Kind = forwarding::Verdict::Kind;
  switch (kind) {
    case Kind::kAccepted:
      return "accepted";
    case Kind::kRefused:
      return "refused";
    case Kind::kRetryLater:
      return "retry later";
    case Kind::kUnknown:
      return "unknown";
    case Kind::kSuperseded:
      return "superseded";
    case Kind::kLoginNeeded:
      return "login needed";
    case Kind::kStopLane:
      return "stop lane";
    case Kind::kSend:
      return "send";
    case Kind::kWaiting:
      return "waiting";
  }
  return "?";
}

}  // namespace handover::test
