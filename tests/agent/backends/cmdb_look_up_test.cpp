#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using forwarding::Verdict;
using Kind = Verdict::Kind;
using test::answer;
using test::json_answer;

constexpr std::string_view kTarget =
    "/api/now/table/alm_hardware?sysparm_query=serial_number%3DFCW1950C12F"
    "&sysparm_fields=sys_id,serial_number,location,stockroom,install_status,state,asset_tag,sys_"
    "updated_on,sys_updated_by"
    "&sysparm_display_value=all&sysparm_limit=2";

std::string target_of(const Record& record, bool repeat,
                      const CmdbSettings& settings = test::cmdb_settings_with_reads()) {
  const CmdbBackend backend(settings);
  const auto request =
      backend.look_up(test::context_of(record, backend.plan(record).at(0).unit, "test", repeat));
  if (!request) return "";
  CHECK(request->method == "GET");
  CHECK(find_header(request->headers, "Accept") == "application/json");
  CHECK(request->body.empty());
  return request->target;
}

Verdict judge(const Record& record, bool repeat, const HttpResponse& response,
              const CmdbSettings& settings = test::cmdb_settings_with_reads()) {
  const CmdbBackend backend(settings);
  return backend.judge_look_up(
      test::context_of(record, backend.plan(record).at(0).unit, "test", repeat), response);
}

/// As the CMDB writes times.
std::string stamp(WallTime time) {
  return format_rfc3339_seconds(time).replace(10, 1, " ").substr(0, 19);
}

/// Changed by an earlier try: after the record was made.
std::string row(std::string serial, std::string status, std::string location, std::string stockroom,
                WallTime updated_on = test::now() + std::chrono::seconds(5)) {
  return R"({"sys_id":"abc","serial_number":")" + serial + R"(","install_status":")" + status +
         R"(","location":")" + location + R"(","stockroom":")" + stockroom +
         R"(","asset_tag":"","sys_updated_on":")" + stamp(updated_on) + R"("})";
}

HttpResponse rows(const std::string& list) {
  return json_answer(200, R"({"result":[)" + list + "]}");
}

const Record kOutbound = test::one_unit_transfer("outbound");
const Record kInbound = test::one_unit_transfer("inbound");

TEST_CASE("cmdb: it is asked before a repeat and before every sender's half", "[backends]") {
  CHECK(target_of(kOutbound, false) == kTarget);
  CHECK(target_of(kOutbound, true) == kTarget);
  CHECK(target_of(kInbound, false) == "");
  CHECK(target_of(kInbound, true) == kTarget);
}

TEST_CASE("cmdb: it is not asked without the right to read, nor where the answer could mislead",
          "[backends]") {
  CHECK(target_of(kOutbound, true, test::cmdb_settings()) == "");

  // A correction may have changed a field that is not shown.
  CHECK(target_of(test::asset_record("correction", "W", "W", R"([{"serialNumber":"S1"}])"), true) ==
        "");

  // '^' would begin another condition.
  const Record caret = test::transfer_record(
      "inbound", R"([{"ProdNum":"P","Qty":1,"SerialNum":"A^ORserial_number=B"}])");
  CHECK(target_of(caret, true) == "");

  auto one_label = test::cmdb_settings_with_reads();
  one_label.locations = {{"VAN-17", "Vans"}, {"VAN-22", "Vans"}};
  CHECK(target_of(kOutbound, false, one_label) == "");
  CHECK(target_of(kOutbound, true, one_label) == kTarget);
}

TEST_CASE("cmdb: a late sender's half is superseded by the receiver's", "[backends]") {
  const auto arrived = rows(row("FCW1950C12F", "6", "Van 22", "Van 22"));
  for (const bool repeat : {false, true}) {
    const Verdict verdict = judge(kOutbound, repeat, arrived);
    CHECK(test::name_of(verdict.kind) == "superseded");
    CHECK(verdict.why == "the receiver's half reached the CMDB first");
    CHECK(verdict.receipt.dump() == R"({"looked_up":true,"sys_id":"abc"})");
  }
}

TEST_CASE("cmdb: a sender's half is sent while the unit is still with the sender, or unknown",
          "[backends]") {
  CHECK(judge(kOutbound, false, rows(row("FCW1950C12F", "6", "Van 17", "Van 17"))).kind ==
        Kind::kSend);
  const WallTime before = test::now() - std::chrono::seconds(5);
  CHECK(judge(kOutbound, false, rows(row("FCW1950C12F", "1", "Van 22", "Van 22", before))).kind ==
        Kind::kSend);
  CHECK(judge(kOutbound, false, rows("")).kind == Kind::kSend);
}

std::string changed_row(std::string location, std::string stockroom, std::string updated_on) {
  return R"({"sys_id":"abc","serial_number":"FCW1950C12F","install_status":"1","location":")" +
         location + R"(","stockroom":")" + stockroom + R"(","sys_updated_on":{"value":")" +
         updated_on + R"(","display_value":"22/11/2026 03:00"}})";
}

TEST_CASE("cmdb: a sender's half is void where the unit has gone on from the receiver since",
          "[backends]") {
  const WallTime later = kOutbound.captured_at + std::chrono::seconds(5);
  const WallTime earlier = kOutbound.captured_at - std::chrono::seconds(5);

  const auto gone_on = judge(kOutbound, false, rows(changed_row("c/o Customer", "", stamp(later))));
  CHECK(gone_on.kind == Kind::kSuperseded);
  CHECK(gone_on.why == "the receiver's half reached the CMDB first");
  // Changed before the hand-over, or still in the sender's stockroom: the half tells the CMDB
  // something new.
  CHECK(judge(kOutbound, false, rows(changed_row("c/o Customer", "", stamp(earlier)))).kind ==
        Kind::kSend);
  CHECK(judge(kOutbound, false, rows(changed_row("Van 17", "Van 17", stamp(later)))).kind ==
        Kind::kSend);
  // By the CMDB's own clock: an hour ahead of the device, the later time is before the hand-over.
  HttpResponse ahead = rows(changed_row("c/o Customer", "", stamp(later)));
  ahead.headers.push_back({"Date", "Sun, 22 Nov 2026 11:26:53 GMT"});
  CHECK(judge(kOutbound, false, ahead).kind == Kind::kSend);
}

TEST_CASE("cmdb: what waits in front of a sender's half is void together with it", "[backends]") {
  const Record load = test::usage_record(
      "1001", R"([{"ProdNum":"WS-C3850-48U-S","InQty":1,"SerialNum":"FCW1950C12F"}])");
  const CmdbBackend backend(test::cmdb_settings_with_reads());
  auto context = test::context_of(load, backend.plan(load).at(0).unit, "test", false);
  CHECK_FALSE(backend.look_up(context));

  context.later.push_back(&kOutbound);

  CHECK(backend.look_up(context));
  const auto verdict =
      backend.judge_look_up(context, rows(row("FCW1950C12F", "6", "Van 22", "Van 22")));
  CHECK(verdict.kind == Kind::kSuperseded);
  CHECK(backend.judge_look_up(context, rows("")).kind == Kind::kSend);
}

TEST_CASE("cmdb: two locations with one label supersede nothing", "[backends]") {
  auto settings = test::cmdb_settings_with_reads();
  settings.locations = {{"VAN-17", "Vans"}, {"VAN-22", "Vans"}};
  CHECK(judge(kOutbound, true, rows(row("FCW1950C12F", "6", "Vans", "Vans")), settings).kind ==
        Kind::kSend);
}

TEST_CASE("cmdb: a lost answer is found again in what the CMDB shows", "[backends]") {
  const auto in_transit = rows(row("FCW1950C12F", "9", "Van 22", "Van 17"));
  const auto received = rows(row("fcw1950c12f", "In stock", "Van 22", "VAN 22"));

  CHECK(judge(kOutbound, true, in_transit).kind == Kind::kAccepted);
  CHECK(judge(kInbound, true, received).kind == Kind::kAccepted);
  CHECK(judge(kInbound, true, received).receipt.dump() == R"({"looked_up":true,"sys_id":"abc"})");
}

TEST_CASE("cmdb: what looked so before the try is not the try's effect", "[backends]") {
  // A return looks like the receipt before it, and only the return has the warehouse's log.
  const Record returned =
      test::asset_record("return_received", "WWT", "WWT", R"([{"serialNumber":"S1"}])");
  const CmdbBackend backend(test::cmdb_settings_with_reads());
  auto context = test::context_of(returned, backend.plan(returned).at(0).unit, "test", true);
  const auto seen_at = [&](WallTime time) {
    return backend.judge_look_up(context, rows(row("S1", "6", "WWT", "WWT", time)));
  };
  const auto at = [](int seconds) { return test::now() + std::chrono::seconds(seconds); };

  CHECK(seen_at(at(-1)).kind == Kind::kSend);
  CHECK(seen_at(at(5)).kind == Kind::kAccepted);
  context.note = R"({"asset_tag":"","sys_id":"abc","taken_at":"2026-11-22T10:26:58Z"})";
  CHECK(seen_at(at(5)).kind == Kind::kSend);  // The receipt's own effect.
  const Verdict arrived = seen_at(at(6));
  CHECK(arrived.kind == Kind::kAccepted);
  CHECK(arrived.note.find("2026-11-22T10:26:59Z") != std::string::npos);
  const auto undated =
      rows(R"({"serial_number":"S1","state":"instock","location":"WWT","stockroom":"WWT"})");
  CHECK(backend.judge_look_up(context, undated).kind == Kind::kSend);
}

TEST_CASE("cmdb: the first try is sent even if the CMDB shows the same already", "[backends]") {
  CHECK(judge(kOutbound, false, rows(row("FCW1950C12F", "9", "Van 22", "Van 17"))).kind ==
        Kind::kSend);
}

TEST_CASE("cmdb: anything that differs is sent again", "[backends]") {
  CHECK(judge(kInbound, true, rows(row("FCW1950C12F", "9", "Van 22", "Van 22"))).kind ==
        Kind::kSend);
  CHECK(judge(kInbound, true, rows(row("FCW1950C12F", "6", "Van 17", "Van 22"))).kind ==
        Kind::kSend);
  CHECK(judge(kInbound, true, rows(row("FCW1950C12F", "6", "Van 22", "Van 17"))).kind ==
        Kind::kSend);
  CHECK(judge(kInbound, true, rows("")).kind == Kind::kSend);

  const Record tagged = test::asset_record("receipt", "Van 22", "Van 22",
                                           R"([{"serialNumber":"S1","asset_tag":"UPS-S1"}])");
  CHECK(judge(tagged, true, rows(row("S1", "6", "Van 22", "Van 22"))).kind == Kind::kSend);
}

TEST_CASE("cmdb: fields are understood plain, as value and display value, and as words",
          "[backends]") {
  const auto display = rows(R"({"sys_id":{"value":"abc","display_value":"abc"},
      "serial_number":{"value":"FCW1950C12F","display_value":"FCW1950C12F"},
      "install_status":{"value":"6","display_value":"In stock"},
      "location":{"value":"0123","display_value":"Van 22","link":"https://host/x"},
      "stockroom":{"value":"0456","display_value":"Van 22"},
      "sys_updated_on":"2026-11-22 10:26:58"})");
  const auto word = rows(
      R"({"serial_number":"FCW1950C12F","state":"In-Stock","location":"Van 22","stockroom":"Van 22",)"
      R"("sys_updated_on":"2026-11-22 10:26:58"})");

  CHECK(judge(kInbound, true, display).kind == Kind::kAccepted);
  CHECK(judge(kInbound, true, display).receipt.text_of("sys_id") == "abc");
  CHECK(judge(kInbound, true, word).kind == Kind::kAccepted);
}

TEST_CASE("cmdb: what was taken to be applied later is waited for, not sent again", "[backends]") {
  const CmdbBackend backend(test::cmdb_settings_with_reads());
  auto context = test::context_of(kInbound, backend.plan(kInbound).at(0).unit, "test", false);
  const Verdict taken = backend.judge(context, answer(202));
  REQUIRE(taken.kind == Kind::kUnknown);
  context.repeat = true;
  context.progress = taken.progress;

  context.now += std::chrono::minutes(59);
  const Verdict waits = backend.judge_look_up(context, rows(""));
  CHECK(waits.kind == Kind::kRetryLater);
  CHECK(waits.asked_only);
  CHECK(waits.wait.has_value());
  context.now += std::chrono::minutes(2);
  const Verdict looks = backend.judge_look_up(context, rows(""));
  CHECK(looks.kind == Kind::kRefused);
  // A person who tries again has it sent.
  context.progress = looks.progress;
  CHECK(backend.judge_look_up(context, rows("")).kind == Kind::kSend);
}

TEST_CASE("cmdb: an installed unit may have left its stockroom", "[backends]") {
  const Record installed = test::usage_record(
      "1002", R"([{"ProdNum":"P","OutQty":1,"SerialNum":"S1"}])", R"(,"site":"c/o Customer")");

  CHECK(judge(installed, true, rows(row("S1", "1", "c/o Customer", ""))).kind == Kind::kAccepted);
  CHECK(judge(installed, true, rows(row("S1", "1", "c/o Customer", "Van 17"))).kind ==
        Kind::kAccepted);
  CHECK(judge(installed, true, rows(row("S1", "1", "c/o Customer", "WWT"))).kind == Kind::kSend);
  CHECK(judge(kInbound, true, rows(row("FCW1950C12F", "6", "Van 22", ""))).kind == Kind::kSend);
}

TEST_CASE("cmdb: rows about other units are not believed", "[backends]") {
  const auto others =
      rows(row("OTHER1", "6", "Van 22", "Van 22") + "," + row("OTHER2", "6", "Van 22", "Van 22"));
  CHECK(judge(kInbound, true, others).kind == Kind::kSend);
  CHECK(judge(kOutbound, false, others).kind == Kind::kSend);
}

TEST_CASE("cmdb: several assets with one serial number are for a person", "[backends]") {
  const auto two =
      rows(row("FCW1950C12F", "6", "Van 22", "Van 22") + "," + row("FCW1950C12F", "7", "", ""));
  const Verdict verdict = judge(kInbound, true, two);
  CHECK(verdict.kind == Kind::kRefused);
  CHECK(verdict.why.find("several assets") != std::string::npos);
  CHECK(verdict.why.find("FCW") == std::string::npos);
}

TEST_CASE("cmdb: an answer that tells nothing sends, waits, or asks for a login", "[backends]") {
  CHECK(judge(kInbound, true, answer(403)).kind == Kind::kSend);
  CHECK(judge(kInbound, true, answer(404)).kind == Kind::kSend);
  CHECK(judge(kInbound, true, test::page(403)).kind == Kind::kRetryLater);
  CHECK(judge(kInbound, true, test::page(200)).whole_lane);
  CHECK(judge(kInbound, true, answer(401)).kind == Kind::kLoginNeeded);
  CHECK(judge(kInbound, true, answer(429)).whole_lane);
  for (const int status : {200, 202, 302, 400, 500, 502, 503, 504}) {
    CAPTURE(status);
    CHECK(judge(kInbound, true, answer(status)).kind == Kind::kRetryLater);
  }
  CHECK(judge(kInbound, true, json_answer(200, R"({"result":{}})")).kind == Kind::kRetryLater);
  CHECK(judge(kInbound, true, json_answer(200, R"({"error":{"message":"m"},"result":[]})")).kind ==
        Kind::kRetryLater);
}

}  // namespace
}  // namespace handover::backends
