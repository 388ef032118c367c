// Every field of every body, made wrong in one place: the answer names the field, and nothing is
// kept.
#include "tests/integration/malformed_fixture.hpp"

namespace handover::test {
namespace {

constexpr const char* kTransfer =
    R"({"direction":"outbound","transfer":{"FromStorageLocation":"VAN-17","ToStorageLocation":"VAN-22",)"
    R"("TransferTech":{"UserID":"tech.22","FirstName":"Given","LastName":"Family"},)"
    R"("Items":[{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}],)"
    R"("FlexAttrs":{"HANDOVER":{"REASON":["swap"]}}}})";
constexpr const char* kUsage =
    R"({"usage":{"RefModule":"1002","RefObjID":"WO-1","StorageLocations":[{"StorageLocationID":"VAN-17",)"
    R"("Items":[{"ProdNum":"P1","OutQty":1,"SerialNum":"S1","BatchNum":""}]}]},"site":"c/o Customer"})";
constexpr const char* kEvent =
    R"({"event":"receipt","location":"WWT","stockroom":"WWT",)"
    R"("items":[{"serialNumber":"S1","manufacturerPartNumber":"P1","asset_tag":"T1","type":"Switch",)"
    R"("data":{"mac_address":"00:11"},"classification":{"structure":"master","serialized":"yes"}}],)"
    R"("key":"K1"})";

/// In the sound body, `sound` (once) becomes `wrong`.
struct Slip {
  const char* sound;
  std::string wrong;
  const char* pointer;
};

std::string with(const std::string& body, const Slip& slip) {
  const auto place = body.find(slip.sound);
  REQUIRE(place != std::string::npos);
  std::string changed = body;
  return changed.replace(place, std::string_view(slip.sound).size(), slip.wrong);
}

std::string field(const char* name, const std::string& value) {
  return "\"" + std::string(name) + "\":" + value;
}
std::string too_long() { return "\"" + std::string(600, 'x') + "\""; }
std::string far_too_long() { return "\"" + std::string(5000, 'x') + "\""; }

/// The same mistakes for every text that must be there.
void add_text_slips(std::vector<Slip>& slips, const char* sound, const char* name,
                    const char* pointer) {
  for (const std::string& value :
       {std::string("7"), std::string("null"), std::string("[]"), std::string("{}"),
        std::string("true"), std::string("\"\""), std::string("\" \\t \""),
        std::string("\"a\\u0000b\""), std::string("\"a\\nb\""), far_too_long()}) {
    slips.push_back({sound, field(name, value), pointer});
  }
}

void add_quantity_slips(std::vector<Slip>& slips, const char* sound, const char* name,
                        const char* pointer) {
  for (const char* value : {"-1",      "-0.5",      "1e3",        "1E3",
                            "1.0e0",   "0.1234567", "1234567890", "99999999999999999999999",
                            "1e400",   "1e-400",    "\"1e3\"",    "\"0.1234567\"",
                            "\"abc\"", "\"\"",      "\" 1\"",     "\"0x10\"",
                            "\"NaN\"", "true",      "[]",         "{}"}) {
    slips.push_back({sound, field(name, value), pointer});
  }
}

std::string many(const char* element, int count) {
  std::string list = "[";
  for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + std::string(element);
  return list + "]";
}

std::vector<Slip> transfer_slips() {
  std::vector<Slip> slips = {
      {R"("outbound")", R"("sideways")", "/direction"},
      {R"("outbound")", "7", "/direction"},
      {R"("direction":"outbound",)", "", "/direction"},
      {R"("direction")", R"("Direction")", "/Direction"},
      {R"("VAN-22")", R"("VAN-17")", "/transfer/ToStorageLocation"},
      {R"("VAN-22")", R"(" van-17 ")", "/transfer/ToStorageLocation"},
      {R"("VAN-22")", too_long(), "/transfer/ToStorageLocation"},
      {R"("VAN-17")", too_long(), "/transfer/FromStorageLocation"},
      {R"("tech.22")", R"("tech.17")", "/transfer/TransferTech/UserID"},
      {R"("tech.22")", R"("TECH.17")", "/transfer/TransferTech/UserID"},
      {R"("tech.22")", too_long(), "/transfer/TransferTech/UserID"},
      {R"("UserID":"tech.22",)", "", "/transfer/TransferTech/UserID"},
      {R"("FirstName":"Given")", R"("FirstName":7)", "/transfer/TransferTech/FirstName"},
      {R"("FirstName":"Given")", R"("GivenName":"x")", "/transfer/TransferTech/GivenName"},
      {R"({"UserID":"tech.22","FirstName":"Given","LastName":"Family"})", "7",
       "/transfer/TransferTech"},
      {R"("Items":[{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}],)", "",
       "/transfer/Items"},
      {R"([{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}])", "[]", "/transfer/Items"},
      {R"([{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}])", "{}", "/transfer/Items"},
      {R"([{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}])", "[7]", "/transfer/Items/0"},
      {R"([{"ProdNum":"P1","Qty":1,"SerialNum":"S1","BatchNum":""}])",
       many(R"({"ProdNum":"P","Qty":1})", 501), "/transfer/Items"},
      {R"("SerialNum":"S1","BatchNum":""})",
       R"("SerialNum":"S1"},{"ProdNum":"p1","Qty":1,"SerialNum":"s1"})",
       "/transfer/Items/1/SerialNum"},
      {R"("Qty":1,)", "", "/transfer/Items/0/Qty"},
      {R"("Qty":1)", R"("Qty":2)", "/transfer/Items/0/Qty"},
      {R"("Qty":1)", R"("Qty":0)", "/transfer/Items/0/Qty"},
      {R"("Qty":1)", R"("OutQty":1)", "/transfer/Items/0/OutQty"},
      {R"("S1")", too_long(), "/transfer/Items/0/SerialNum"},
      {R"("S1")", "7", "/transfer/Items/0/SerialNum"},
      {R"("BatchNum":"")", R"("BatchNum":7)", "/transfer/Items/0/BatchNum"},
      {R"("BatchNum":"")", "\"BatchNum\":" + too_long(), "/transfer/Items/0/BatchNum"},
      {R"({"HANDOVER":{"REASON":["swap"]}})", "7", "/transfer/FlexAttrs"},
      {R"({"REASON":["swap"]})", "[]", "/transfer/FlexAttrs/HANDOVER"},
      {R"(["swap"])", R"("swap")", "/transfer/FlexAttrs/HANDOVER/REASON"},
      {R"(["swap"])", "[7]", "/transfer/FlexAttrs/HANDOVER/REASON"},
      {R"("FlexAttrs")", R"("UserID":"tech.99","FlexAttrs")", "/transfer/UserID"},
      {R"("FlexAttrs")", R"("TransferUTC":"2026-01-01T00:00:00Z","FlexAttrs")",
       "/transfer/TransferUTC"},
      {R"("FlexAttrs")", R"("TransferType":"1001","FlexAttrs")", "/transfer/TransferType"},
      {R"("FlexAttrs")", R"("ValidationCode":{"PublicCode":"1"},"FlexAttrs")",
       "/transfer/ValidationCode"},
  };
  add_text_slips(slips, R"("FromStorageLocation":"VAN-17")", "FromStorageLocation",
                 "/transfer/FromStorageLocation");
  add_text_slips(slips, R"("ToStorageLocation":"VAN-22")", "ToStorageLocation",
                 "/transfer/ToStorageLocation");
  add_text_slips(slips, R"("UserID":"tech.22")", "UserID", "/transfer/TransferTech/UserID");
  add_text_slips(slips, R"("ProdNum":"P1")", "ProdNum", "/transfer/Items/0/ProdNum");
  add_quantity_slips(slips, R"("Qty":1)", "Qty", "/transfer/Items/0/Qty");
  return slips;
}

std::vector<Slip> usage_slips() {
  constexpr const char* kItem = "/usage/StorageLocations/0/Items/0";
  static const std::string out_qty = std::string(kItem) + "/OutQty";
  static const std::string in_qty = std::string(kItem) + "/InQty";
  static const std::string prod = std::string(kItem) + "/ProdNum";
  static const std::string serial = std::string(kItem) + "/SerialNum";
  static const std::string batch = std::string(kItem) + "/BatchNum";
  static const std::string reasons = std::string(kItem) + "/DispositionReasons";
  static const std::string code = reasons + "/0/ReasonCode";
  std::vector<Slip> slips = {
      {R"("1002")", R"("1003")", "/usage/RefModule"},
      {R"("1002")", R"("9999")", "/usage/RefModule"},
      {R"("1002")", "1002", "/usage/RefModule"},
      {R"("RefObjID":"WO-1")", R"("RefObjId":"WO-1")", "/usage/RefObjId"},
      {R"("RefObjID":"WO-1",)", "", "/usage/RefObjID"},
      {R"("RefObjID")", R"("UserID":"tech.17","RefObjID")", "/usage/UserID"},
      {R"("RefObjID")", R"("ModifiedUTC":"2026-01-01T00:00:00Z","RefObjID")", "/usage/ModifiedUTC"},
      {R"("StorageLocationID":"VAN-17")", "\"StorageLocationID\":" + too_long(),
       "/usage/StorageLocations/0/StorageLocationID"},
      {R"([{"ProdNum":"P1","OutQty":1,"SerialNum":"S1","BatchNum":""}])", "[]",
       "/usage/StorageLocations/0/Items"},
      {R"([{"ProdNum":"P1","OutQty":1,"SerialNum":"S1","BatchNum":""}])", "\"x\"",
       "/usage/StorageLocations/0/Items"},
      {R"([{"ProdNum":"P1","OutQty":1,"SerialNum":"S1","BatchNum":""}])", "[null]", kItem},
      {R"([{"ProdNum":"P1","OutQty":1,"SerialNum":"S1","BatchNum":""}])",
       many(R"({"ProdNum":"P","InQty":1})", 501), "/usage/StorageLocations/0/Items"},
      {R"("OutQty":1,)", "", out_qty.c_str()},
      {R"("OutQty":1)", R"("OutQty":2)", out_qty.c_str()},
      {R"("OutQty":1)", R"("OutQty":0)", out_qty.c_str()},
      {R"("OutQty":1)", R"("InQty":0)", out_qty.c_str()},
      {R"("OutQty":1)", R"("OutQty":1,"InQty":1)", in_qty.c_str()},
      {R"("OutQty":1)", R"("OutQty":1,"InventoryQty":1)",
       "/usage/StorageLocations/0/Items/0/InventoryQty"},
      {R"("OutQty":1)", R"("OutQty":1,"Qty":1)", "/usage/StorageLocations/0/Items/0/Qty"},
      {R"("OutQty":1)", R"("OutQty":1,"ReportedDamagedQty":-1)",
       "/usage/StorageLocations/0/Items/0/ReportedDamagedQty"},
      {R"("P1")", too_long(), prod.c_str()},
      {R"("S1")", too_long(), serial.c_str()},
      {R"("S1")", "7", serial.c_str()},
      {R"("BatchNum":"")", "\"BatchNum\":" + too_long(), batch.c_str()},
      {R"("OutQty":1)", R"("OutQty":1,"DispositionReasons":"x")", reasons.c_str()},
      {R"("OutQty":1)", R"("OutQty":1,"DispositionReasons":[{"Desc":"x"}])", code.c_str()},
      {R"("c/o Customer")", "7", "/site"},
      {R"("c/o Customer")", far_too_long(), "/site"},
      {R"("site")", R"("Site")", "/Site"},
      {R"("site")", R"("UserID":"x","site")", "/UserID"},
  };
  add_text_slips(slips, R"("RefObjID":"WO-1")", "RefObjID", "/usage/RefObjID");
  add_text_slips(slips, R"("StorageLocationID":"VAN-17")", "StorageLocationID",
                 "/usage/StorageLocations/0/StorageLocationID");
  add_text_slips(slips, R"("ProdNum":"P1")", "ProdNum", prod.c_str());
  add_quantity_slips(slips, R"("OutQty":1)", "OutQty", out_qty.c_str());
  add_quantity_slips(slips, R"("OutQty":1)", "InQty", in_qty.c_str());
  return slips;
}

std::vector<Slip> event_slips() {
  constexpr const char* kItems =
      R"([{"serialNumber":"S1","manufacturerPartNumber":"P1","asset_tag":"T1","type":"Switch",)"
      R"("data":{"mac_address":"00:11"},"classification":{"structure":"master","serialized":"yes"}}])";
  std::vector<Slip> slips = {
      {R"("receipt")", R"("theft")", "/event"},
      {kItems, "[]", "/items"},
      {kItems, "7", "/items"},
      {kItems, "[7]", "/items/0"},
      {kItems, many(R"({"serialNumber":"S","manufacturerPartNumber":"P"})", 501), "/items"},
      {R"("S1")", too_long(), "/items/0/serialNumber"},
      {R"("T1")", "7", "/items/0/asset_tag"},
      {R"("Switch")", "[]", "/items/0/type"},
      {R"("type")", R"("state":"retired","type")", "/items/0/state"},
      {R"("location")", R"("UserID":"x","location")", "/UserID"},
      {R"({"mac_address":"00:11"})", "7", "/items/0/data"},
      {R"("mac_address")", R"("mac")", "/items/0/data/mac"},
      {R"("00:11")", "[]", "/items/0/data/mac_address"},
      {R"("master")", R"("single")", "/items/0/classification/structure"},
      {R"("yes")", "true", "/items/0/classification/serialized"},
      {R"("structure")", R"("shelf")", "/items/0/classification/shelf"},
      {R"("type")", R"("quantity":2,"type")", "/items/0/quantity"},
      {R"("serialNumber":"S1")", R"("quantity":-1)", "/items/0/quantity"},
      {R"("K1")", "\"" + std::string(256, 'k') + "\"", "/key"},
  };
  add_text_slips(slips, R"("event":"receipt")", "event", "/event");
  add_text_slips(slips, R"("location":"WWT")", "location", "/location");
  add_text_slips(slips, R"("stockroom":"WWT")", "stockroom", "/stockroom");
  add_text_slips(slips, R"("serialNumber":"S1")", "serialNumber", "/items/0/serialNumber");
  add_text_slips(slips, R"("manufacturerPartNumber":"P1")", "manufacturerPartNumber",
                 "/items/0/manufacturerPartNumber");
  return slips;
}

void check_all(const QuietAgent& agent, const std::string& target, const std::string& body,
               const std::vector<Slip>& slips) {
  for (const Slip& slip : slips) {
    HttpCall call;
    call.target = target;
    call.body = with(body, slip);
    INFO(target << ": " << slip.sound << " -> " << slip.wrong.substr(0, 100));
    check_problem(send(agent.device(), call), 400, "invalid-input", slip.pointer);
  }
  agent.check_unchanged();
}

}  // namespace

TEST_CASE("integration: a transfer with one wrong field is refused with that field's pointer",
          "[integration]") {
  const QuietAgent agent;
  check_all(agent, "/v1/transfers", kTransfer, transfer_slips());
}

TEST_CASE("integration: a usage with one wrong field is refused with that field's pointer",
          "[integration]") {
  const QuietAgent agent;
  check_all(agent, "/v1/usages", kUsage, usage_slips());
}

TEST_CASE("integration: an asset event with one wrong field is refused with that field's pointer",
          "[integration]") {
  const QuietAgent agent;
  check_all(agent, "/v1/asset-events", kEvent, event_slips());
}

TEST_CASE("integration: a code or a reason that is no text is refused with its pointer",
          "[integration]") {
  const QuietAgent agent;
  std::vector<Slip> codes = {{R"("code":"x")", "", "/code"}};
  add_text_slips(codes, R"("code":"x")", "code", "/code");
  std::vector<Slip> reasons = {{R"("reason":"x")", "", "/reason"}};
  add_text_slips(reasons, R"("reason":"x")", "reason", "/reason");

  check_all(agent, "/v1/transfers/" + agent.offered() + "/code", R"({"code":"x"})", codes);
  check_all(agent, "/v1/transfers/" + agent.recorded() + "/code", R"({"code":"x"})", codes);
  check_all(agent, "/v1/records/" + agent.record() + "/deliveries/cmdb/discard",
            R"({"reason":"x"})", reasons);
}

TEST_CASE("integration: a code that cannot be one is called mistyped and costs no try",
          "[integration]") {
  const QuietAgent agent;
  for (const std::string& id : {agent.offered(), agent.recorded()}) {
    for (const char* code :
         {"x", "123", "12345678901234567890", "0000 0000 000x", "483935842878", "-1"}) {
      HttpCall call;
      call.target = "/v1/transfers/" + id + "/code";
      call.body = Json::object({{"code", code}}).dump();
      INFO(code);
      const HttpAnswer answer = send(agent.device(), call);
      check_problem(answer, 422, "code-mistyped");
      CHECK(json(answer.body).text_of("tries_left") == "5");
    }
  }
  agent.check_unchanged();
}

TEST_CASE("integration: the sound bodies of these tests are taken", "[integration]") {
  const QuietAgent agent;
  struct Sound {
    const char* target;
    const char* body;
  };
  for (const Sound& sound : {Sound{"/v1/transfers", kTransfer}, Sound{"/v1/usages", kUsage},
                             Sound{"/v1/asset-events", kEvent}}) {
    HttpCall call;
    call.target = sound.target;
    call.body = sound.body;
    INFO(sound.target);
    const HttpAnswer answer = send(agent.device(), call);
    CHECK(answer.status == 201);
    CHECK(answer.header("Location").starts_with("/v1/"));
  }
  agent.check_changed();
}

}  // namespace handover::test
