// The warehouse's side of the CMDB: additional data points, what the customer wants, tags that must
// not get lost, and assets that must not be there twice.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using forwarding::Verdict;
using Kind = Verdict::Kind;
using test::context_of;

const std::string kUnit = R"({"serialNumber":"S1","manufacturerPartNumber":"P-1")";

Record event_of(const std::string& event, const std::string& more = "") {
  return test::asset_record(event, "WWT", "WWT", "[" + kUnit + more + "}]");
}

HttpResponse import_reply(const std::string& status, const std::string& sys_id = "new") {
  return test::json_answer(201, R"({"import_set":"ISET1","result":[{"status":")" + status +
                                    R"(","sys_id":")" + sys_id + R"("}]})");
}

std::string body_of(const Record& record, const CmdbSettings& settings,
                    const std::string& note = "") {
  auto context = context_of(record, "S1", "test");
  context.note = note;
  const auto request = CmdbBackend(settings).encode(context);
  return request ? request->body : "error: " + request.error().detail;
}

std::string reason_of(const std::string& more, const EventFilter& filter,
                      const std::string& event = "receipt") {
  auto settings = test::cmdb_settings();
  settings.filters[AssetEvent::kReceipt] = filter;
  const CmdbBackend backend(settings);
  const Record record = event_of(event, more);
  const auto left_out = backend.not_wanted(record);
  // Every unit is either planned or named as left out, never neither and never both.
  CHECK(backend.plan(record).size() + left_out.size() == 1);
  return left_out.empty() ? "" : left_out.front().why;
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("cmdb: the source document's common payload, with a type and a blank too many",
          "[backends]") {
  // As published, but for the typographic quotes around `type`, which are not JSON, and the blank
  // behind the part number, which is trimmed when it is recorded.
  const Record record = test::asset_record(
      "shipment", "Ship to address", "WWT",
      R"([{"serialNumber":"6CM646087Z","manufacturerPartNumber":"IM7248-2-DAC-US",)"
      R"("type":"desktop","asset_tag":"CPL-6CM646087Z"}])");
  const auto request =
      CmdbBackend(test::cmdb_settings()).encode(context_of(record, "6CM646087Z", "test"));
  REQUIRE(request);
  CHECK(request->body == R"({"name":"6CM646087Z","serialNumber":"6CM646087Z",)"
                         R"("manufacturerPartNumber":"IM7248-2-DAC-US","type":"desktop",)"
                         R"("location":"Ship to address","state":"intransit","stockroom":"WWT",)"
                         R"("asset_tag":"CPL-6CM646087Z","revLog":"false"})");
}

TEST_CASE("cmdb: the prefix of a correction may be on one key only", "[backends]") {
  auto settings = test::cmdb_settings();
  settings.prefix_on_serial = false;
  CHECK(body_of(event_of("correction"), settings)
            .starts_with(R"({"name":"UpdateS1","serialNumber":"S1",)"));
  settings.prefix_on_serial = true;
  settings.prefix_on_name = false;
  CHECK(body_of(event_of("correction"), settings)
            .starts_with(R"({"name":"S1","serialNumber":"UpdateS1",)"));
}

TEST_CASE("cmdb: configured data points go under their keys, in order; others stay at home",
          "[backends]") {
  auto settings = test::cmdb_settings();
  settings.extra_keys[AssetEvent::kReceipt] = {
      {"mac_address", "macAddress"}, {"po_date", "poDate"}, {"customer_po_number", "poNumber"}};
  const std::string data =
      R"(,"data":{"mac_address":"00:11:22:33:44:55","customer_po_number":"PO-7",)"
      R"("description":"secret"})";

  CHECK(body_of(event_of("receipt", data), settings)
            .ends_with(R"("revLog":null,"macAddress":"00:11:22:33:44:55","poNumber":"PO-7"})"));
  CHECK(body_of(event_of("return_received", data), settings).ends_with(R"("revLog":"true"})"));
  CHECK(body_of(event_of("receipt", data), test::cmdb_settings()).ends_with(R"("revLog":null})"));
}

TEST_CASE("cmdb: the customer's classification decides, and what it leaves out has a reason",
          "[backends]") {
  const std::string master =
      R"(,"classification":{"structure":"master","material_designator":"CUST",)"
      R"("inventory_organization":"WH1"})";
  EventFilter only_masters;
  only_masters.structures = {"master"};
  EventFilter parts;
  parts.customer_parts = {"C9800-*", "p-1"};
  EventFilter organizations;
  organizations.inventory_organizations = {"wh1", "WH2"};
  EventFilter designators;
  designators.material_designators = {"OTHER"};
  EventFilter serialized;
  serialized.serialized = {"yes"};

  CHECK(reason_of(master, only_masters).empty());
  CHECK(says(reason_of(R"(,"classification":{"structure":"standalone"})", only_masters),
             "is standalone; this lane takes: master"));
  CHECK(says(reason_of("", only_masters), "does not say"));
  CHECK(reason_of("", only_masters, "removal").empty());
  CHECK(reason_of("", parts).empty());
  parts.customer_parts = {"C9800-*"};
  CHECK(says(reason_of("", parts), "P-1 is not among the customer's parts"));
  CHECK(reason_of(R"(,"data":{"customer_part_number":"c9800-X"})", parts).empty());
  CHECK(reason_of(master, organizations).empty());
  CHECK(says(reason_of(master, designators), "material designator is CUST"));
  CHECK(reason_of("", serialized).empty());
  CHECK(says(reason_of(R"(,"classification":{"serialized":"no"})", serialized), "serialized"));
}

TEST_CASE("cmdb: a line without a serial number is named as left out", "[backends]") {
  const Record record =
      test::asset_record("receipt", "WWT", "WWT",
                         R"([{"manufacturerPartNumber":"CABLE","quantity":5},)" + kUnit + "}]");
  const CmdbBackend backend(test::cmdb_settings());

  CHECK(backend.plan(record).size() == 1);
  const auto left_out = backend.not_wanted(record);
  REQUIRE(left_out.size() == 1);
  CHECK(left_out.front().unit == "CABLE");
  CHECK(says(left_out.front().why, "without a serial number"));
}

TEST_CASE("cmdb: a tag that was sent is noted, and sent again where the record knows none",
          "[backends]") {
  const auto settings = test::cmdb_settings();
  const CmdbBackend backend(settings);
  const Record tagged = event_of("receipt", R"(,"asset_tag":"UPS-S1")");

  const Verdict verdict =
      backend.judge(context_of(tagged, "S1", "test"), import_reply("inserted", "a1"));
  REQUIRE(verdict.kind == Kind::kAccepted);
  CHECK(verdict.note ==
        R"({"asset_tag":"UPS-S1","sys_id":"a1","taken_at":"2026-11-22T10:26:53Z"})");
  CHECK(says(body_of(event_of("removal"), settings, verdict.note), R"("asset_tag":"UPS-S1")"));
  CHECK(says(body_of(event_of("removal"), settings), R"("asset_tag":"No Asset Tag")"));
  // The same unit has one name for notes, however it is typed; another maker's has another.
  CHECK(backend.note_name(tagged, "S1") == "unit:s1 of p-1");
  // What is noted already is not written again.
  auto again = context_of(tagged, "S1", "test");
  again.note = verdict.note;
  CHECK(backend.judge(again, import_reply("updated", "a1")).note.empty());
}

TEST_CASE("cmdb: 'No Asset Tag', however it is spelled, never overwrites a known tag unasked",
          "[backends]") {
  const std::string note = R"({"asset_tag":"UPS-S1","sys_id":"a1"})";
  for (const char* spelling : {"No Asset Tag", "No Asset tagged", "NO ASSET TAGGED"}) {
    CAPTURE(spelling);
    const Record record =
        event_of("return_received", R"(,"asset_tag":")" + std::string(spelling) + "\"");
    const CmdbBackend backend(test::cmdb_settings());
    auto context = context_of(record, "S1", "test");
    CHECK(says(body_of(record, test::cmdb_settings()), R"("asset_tag":"No Asset Tag")"));

    context.note = note;
    const auto held = backend.encode(context);
    REQUIRE_FALSE(held);
    CHECK(held.error().code == Errc::kRefused);
    CHECK(says(held.error().detail, "UPS-S1"));

    context.insisted_on = {"asset tag"};
    const auto sent = backend.encode(context);
    REQUIRE(sent);
    CHECK(says(sent->body, R"("asset_tag":"No Asset Tag")"));
    CHECK(backend.judge(context, import_reply("updated", "a1")).note ==
          R"({"asset_tag":"","sys_id":"a1","taken_at":"2026-11-22T10:26:53Z"})");
  }
}

TEST_CASE("cmdb: a correction that makes an asset is held, and holds the others", "[backends]") {
  const CmdbBackend backend(test::cmdb_settings());
  const Record correction = event_of("correction");

  const Verdict ghost =
      backend.judge(context_of(correction, "S1", "test"), import_reply("inserted"));
  CHECK(ghost.kind == Kind::kRefused);
  CHECK(ghost.hold == backend.hold_name(correction, "S1"));
  CHECK_FALSE(ghost.hold.empty());
  CHECK(backend.hold_name(event_of("receipt"), "S1").empty());
  CHECK(backend.judge(context_of(correction, "S1", "test"), import_reply("updated")).kind ==
        Kind::kAccepted);
}

TEST_CASE("cmdb: a second asset for a unit that the CMDB took before is an alarm", "[backends]") {
  const CmdbBackend backend(test::cmdb_settings());
  const Record receipt = event_of("receipt");
  auto context = context_of(receipt, "S1", "test");
  CHECK(backend.judge(context, import_reply("inserted", "b2")).kind == Kind::kAccepted);

  context.note = R"({"asset_tag":"","sys_id":"a1"})";
  const Verdict doubled = backend.judge(context, import_reply("inserted", "b2"));
  CHECK(doubled.kind == Kind::kRefused);
  CHECK(says(doubled.why, "possible duplicate"));
  CHECK(says(doubled.why, "a1"));
}

TEST_CASE("cmdb: what a door writes beside the asset is no second asset", "[backends]") {
  const CmdbBackend backend(test::cmdb_settings());
  const Record receipt = event_of("receipt");
  auto context = context_of(receipt, "S1", "test");
  context.note = R"({"asset_tag":"","sys_id":"a1"})";
  const auto with_log = [](const std::string& status, const std::string& sys_id) {
    return test::json_answer(
        201, R"({"result":[{"table":"u_import_log","status":"inserted","sys_id":"log0"},)"
             R"({"table":"alm_hardware","status":")" +
                 status + R"(","sys_id":")" + sys_id + R"("}]})");
  };

  const Verdict updated = backend.judge(context, with_log("updated", "a1"));

  CHECK(updated.kind == Kind::kAccepted);
  CHECK(says(updated.note, R"("sys_id":"a1")"));
  CHECK(backend.judge(context, with_log("inserted", "b2")).kind == Kind::kRefused);
}

TEST_CASE("cmdb: what somebody else changed since goes to a person, with both versions",
          "[backends]") {
  auto settings = test::cmdb_settings_with_reads();
  settings.integration_users = {"handover", "tech.22"};
  const CmdbBackend backend(settings);
  const Record record = event_of("return_received");
  auto context = context_of(record, "S1", "test");
  const auto seen = [](const std::string& by, const std::string& at) {
    return test::json_answer(
        200, R"({"result":[{"sys_id":"a1","serial_number":"S1","state":"inuse","location":"HQ",)"
             R"("stockroom":"","sys_updated_on":")" +
                 at + R"(","sys_updated_by":")" + by + R"("}]})");
  };
  const std::string later = "2026-11-22 11:00:00";

  CHECK(backend.look_up(context).has_value());
  const Verdict held = backend.judge_look_up(context, seen("clerk", later));
  CHECK(held.kind == Kind::kRefused);
  CHECK_FALSE(held.hold.empty());
  for (const char* words : {"clerk", "inuse, HQ", "instock, WWT"}) CHECK(says(held.why, words));
  CHECK(backend.judge_look_up(context, seen("Tech.22", later)).kind == Kind::kSend);
  CHECK(backend.judge_look_up(context, seen("clerk", "2026-11-22 09:00:00")).kind == Kind::kSend);
  CHECK(backend.judge_look_up(context, seen("", later)).kind == Kind::kSend);
  // Nor does a repeat overwrite what somebody else has changed since.
  CHECK(backend.judge_look_up(context_of(record, "S1", "test", true), seen("clerk", later)).hold ==
        held.hold);

  context.insisted_on = {"asset tag"};
  CHECK(backend.look_up(context).has_value());
  context.insisted_on = {held.hold};
  CHECK_FALSE(backend.look_up(context).has_value());
  const CmdbBackend unwatched(test::cmdb_settings_with_reads());
  CHECK_FALSE(unwatched.look_up(context_of(record, "S1", "test")).has_value());
}

}  // namespace handover::backends
