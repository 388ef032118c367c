// A site agent's intake on a real store, with one lane that wants everything.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/intake/webhook.hpp"
#include "tests/agent/intake/tokens.hpp"
#include "tests/agent/recording/handheld.hpp"
#include "tests/support/recording_log.hpp"

namespace handover::test {

inline constexpr const char* kUsageObject =
    R"({"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:00:00Z","RefModule":"1002",)"
    R"("RefObjID":"WO-1","StorageLocations":[{"StorageLocationID":"VAN-17","Items":[)"
    R"({"BatchNum":"","InQty":0.0,"InventoryQty":4.0,"OutQty":1.0,"ProdNum":"P1",)"
    R"("SerialNum":"SN-1"}]}]})";

inline std::string transfer_text(std::string_view type, std::string_view given,
                                 std::string_view expected) {
  return R"({"FromStorageLocation":"VAN-17","Items":[{"BatchNum":"","ProdNum":"P1","Qty":1.0,)"
         R"("SerialNum":"SN-1"}],"ToStorageLocation":"VAN-22","TransferTech":{"UserID":"t"},)"
         R"("TransferType":")" +
         std::string(type) + R"(","TransferUTC":"2026-11-22T10:00:00Z","UserID":"u",)" +
         R"("ValidationCode":{"PublicCode":")" + std::string(given) + R"(","PrivateCode":")" +
         std::string(expected) + R"("}})";
}

inline std::string row_text(std::string_view type, std::string_view rowver,
                            std::string_view object) {
  return R"({"rowver":")" + std::string(rowver) + R"(",")" + std::string(type) + R"(":)" +
         std::string(object) + "}";
}

inline std::string payload_text(std::string_view id, std::string_view type, std::string_view rows) {
  return R"({"id":")" + std::string(id) + R"(","type":")" + std::string(type) +
         R"(","specversion":"1.0","source":"s-1","subject":null,)"
         R"("time":"2026-11-22T10:26:53.000Z","datacontenttype":"application/json","action":"",)"
         R"("data":{"rowver":"7","rows":[)" +
         std::string(rows) + "]}}";
}

inline std::string usage_payload(std::string_view id, std::string_view rowver = "7",
                                 std::string_view object = kUsageObject) {
  return payload_text(id, "InventoryUsage", row_text("InventoryUsage", rowver, object));
}

class SiteWorld {
 public:
  explicit SiteWorld(std::string vfs = {})
      : site("site", 5, StockPolicy::kWarn, "a", std::move(vfs)) {
    make();
  }

  void restart() {
    webhook.reset();
    site.restart();
    make();
  }

  HttpResponse post(std::string_view target, std::string_view body,
                    std::vector<HttpHeader> headers = {}) {
    HttpRequest request("POST", std::string(target));
    request.headers = headers.empty()
                          ? std::vector<HttpHeader>{{"Content-Type", "application/json"},
                                                    {"x-access-token", good_token()}}
                          : std::move(headers);
    request.body = body;
    return call(request);
  }
  HttpResponse call(const HttpRequest& request) {
    std::optional<HttpResponse> answer;
    webhook->handle(request, [&](HttpResponse response) {
      REQUIRE_FALSE(answer.has_value());
      answer = std::move(response);
    });
    site.world.scheduler.run();
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  int status_of_usage(std::string_view id, std::string_view rowver = "7",
                      std::string_view object = kUsageObject) {
    return post("/InventoryUsage/", usage_payload(id, rowver, object)).status;
  }

  /// What an export page would bring.
  intake::Taken take(intake::RowType type, std::string_view list) {
    const auto data = parse_json(R"({"rowver":"9","rows":[)" + std::string(list) + "]}");
    const auto read = good(intake::read_rows(good(data), type, ""));
    return good(site.write([&] { return intake->take_rows({"export", "", ""}, type, read.rows); }));
  }
  intake::IntakeCounts counts() { return good(intake->counts()); }
  std::vector<Json> records() { return site.records(); }

  Handheld site;
  RecordingLog log;
  intake::RowSettings rows;
  intake::WebhookSettings settings;
  std::string key_text{kTokenKey};
  std::unique_ptr<intake::Intake> intake;
  std::unique_ptr<intake::Webhook> webhook;
  int woken = 0;

 private:
  void make() {
    intake = std::make_unique<intake::Intake>(
        intake::Intake::World{*site.world, *site.recorder, site.world.clock}, rows);
    settings.read_keys = [this]() -> Result<std::vector<Secret>> {
      if (key_text.empty()) return fail(Errc::kConfig, "/etc/keys is not there");
      std::vector<Secret> keys;
      keys.emplace_back(std::string_view(key_text));
      return keys;
    };
    webhook = std::make_unique<intake::Webhook>(
        intake::Webhook::World{*site.world, *intake, site.world.clock, log}, settings,
        [this] { ++woken; });
  }
};

}  // namespace handover::test
