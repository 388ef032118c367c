// The simulated Tangoe's rules V1 to V18, by the names of docs/back-ends/tangoe.md.
#include <catch2/generators/catch_generators.hpp>

#include "tests/sim/tangoe_support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::hours;

bool starts(const std::string& text, std::string_view with) { return text.starts_with(with); }

/// Everything that a wireless item can have beside kPhone.
constexpr const char* kWireless =
    "vendorContract=VZ-2026;ratePlan=Unlimited;voicePool=Pool A;dataPool=Pool B;"
    "messagingPool=Pool A;wirelessDeviceType=Smartphone;upgradeEligibilityDate=12/31/2026;"
    "assignedTo=E1017;assignedEquipment=EQ-1;glAccount=600100;state=NY;country=US;"
    "locationNo=L-17;coLocation=Cage 4;nonPooledServiceCharges=1.50;comments=x";

std::string find(const std::string& filter, const std::string& page = "") {
  return element("FindInventoryItemRequest", element("inventoryItem", fields(filter)) + page);
}

TEST_CASE("tangoe: an add stores all it is given, with its defaults", "[sim][tangoe]") {
  Tangoe tangoe;
  const auto response = tangoe.call(change("AddInventoryItem", fields(kPhone) + fields(kWireless)));
  CHECK(Tangoe::outcome(response) == "0: OK");
  CHECK(Tangoe::between(response.body, "<ns2:inventoryID>", "<") == "1001");
  CHECK(tangoe.field("ratePlan") == "Unlimited");
  for (const auto* name : {"fixedOrUsage", "voiceOrData", "billingStatus"}) {
    CHECK(tangoe.field(name) == "false");
  }
  const auto customs = tangoe.model.inventory().find("6", "555-0100")->customs;  // V10
  CHECK(customs.at("Insured") == "0");
  CHECK(customs.at("Seats") == "0");
  CHECK(customs.at("Deposit") == "0");
  CHECK(customs.count("Remark") == 0);
}

TEST_CASE("tangoe: what an add refuses, and changes nothing", "[sim][tangoe]") {
  struct Case {
    const char* situation;
    std::string item;
    std::string more;
    const char* words;
  };
  const std::string phone = kPhone;
  const auto without = [&](const std::string& pair) {
    std::string left = phone;
    return left.erase(left.find(";" + pair), pair.size() + 1);
  };
  const std::string mapping =
      "mappedFrom=X25;fromValue=1;mappedTo=VPI;toValue=1;cir=1;cost=1;rangeFrom=1;rangeTo=1";
  const std::string internet =
      "serviceTypeID=10;inventoryNumber=1;costCenterNo=4100;vendor=Verizon;"
      "dateActivated=11/22/2026;status=true";
  const std::vector<Case> cases = {
      {"ADD-D3", without("costCenterNo=4100"), "", "(costCenterNo)"},
      {"ADD-D3", without("vendor=Verizon"), "", "(vendor)"},
      {"ADD-D3", without("dateActivated=11/22/2026"), "", "(dateActivated)"},
      {"ADD-D3", without("status=true"), "", "(status)"},
      {"ADD-D5", phone, fields("glAccount=600100;fixedAllocation=FA-1"), "Only one of"},
      {"ADD-D6.combo", phone, custom("Colour", "green"), "(green)"},
      {"ADD-D6.date", phone, custom("Warranty", "2026-11-22"), "(2026-11-22)"},
      {"ADD-D6.integer", phone, custom("Seats", "1.5"), "(1.5)"},
      {"ADD-D6.double", phone, custom("Deposit", "a"), "(a)"},
      {"ADD-D6.boolean", phone, custom("Insured", "true"), "(true)"},
      {"ADD-D7", phone, custom("Shape", "round"), "(Shape)"},
      {"ADD-D8", internet, "", "(Circuit owner)"},
      {"ADD-D9", internet,
       custom("Circuit owner", "a") +
           element("circuitMappings", element("circuitMapping", fields(mapping))),
       "(X25)"},
      {"ADD-D10", "serviceTypeID=99;inventoryNumber=1", "", "(99)"},
      {"ADD-D11", without("dateActivated=11/22/2026") + ";dateActivated=02/30/2026", "",
       "(02/30/2026)"},
      {"ADD-D11", without("dateActivated=11/22/2026") + ";dateActivated=1/2/2026", "",
       "(1/2/2026)"},
      {"ADD-D12", phone, fields("localLDVendor=Verizon"), "localLDVendor"},
      {"ADD-D12", phone, fields("primaryUse=Fax"), "primaryUse"},
      {"too long", phone, fields("comments=" + std::string(4001, 'x')), "database error"},
  };
  Tangoe tangoe;
  for (const Case& one : cases) {
    INFO(one.situation << " " << one.item);
    const std::string said = tangoe.add(one.more, one.item);
    CHECK(starts(said, "-1: Could not add the inventory item. "));
    CHECK(said.find(one.words) != std::string::npos);
  }
  CHECK(tangoe.model.inventory().items().empty());
  CHECK(tangoe.model.inventory().log().empty());

  REQUIRE(tangoe.add() == "0: OK");
  CHECK(tangoe.add().find("already") != std::string::npos);  // ADD-D2
  tangoe.configure(R"({"booking_user":false})");
  CHECK(tangoe.add().find("properties file") != std::string::npos);  // ADD-D1
}

TEST_CASE("tangoe: every field of the master data must exist, in each operation", "[sim][tangoe]") {
  // ADD-D4, EDT-D3, FND-D2. With the service type that the field belongs to.
  const std::vector<std::pair<const char*, const char*>> fields_of_types = {
      {"costCenterNo", "6"},
      {"glAccount", "6"},
      {"fixedAllocation", "6"},
      {"state", "6"},
      {"country", "6"},
      {"locationNo", "6"},
      {"locationZ", "10"},
      {"vendor", "6"},
      {"vendorContract", "6"},
      {"ratePlan", "6"},
      {"localLDVendor", "5"},
      {"localLDContract", "5"},
      {"localTollVendor", "5"},
      {"localTollContract", "5"},
      {"ldLocalVendor", "1"},
      {"ldLocalContract", "1"},
      {"usageVendor", "10"},
      {"usageContract", "10"},
      {"secondaryVendor", "2"},
      {"secondaryContract", "2"},
      {"voicePool", "6"},
      {"dataPool", "6"},
      {"messagingPool", "6"},
      {"assignedTo", "6"},
      {"primaryUse", "5"},
      {"coLocation", "6"},
      {"wirelessDeviceType", "6"},
      {"assignedEquipment", "6"}};
  CHECK(fields_of_types.size() == tangoe::master_fields().size());
  Tangoe tangoe;
  for (const auto* type : {"1", "2", "5", "6"}) {
    REQUIRE(tangoe.add("", std::string("serviceTypeID=") + type +
                               ";inventoryNumber=there;costCenterNo=4100;vendor=Verizon;"
                               "dateActivated=11/22/2026;status=true") == "0: OK");
  }
  REQUIRE(tangoe.add(custom("Circuit owner", "a"),
                     "serviceTypeID=10;inventoryNumber=there;costCenterNo=4100;vendor=Verizon;"
                     "dateActivated=11/22/2026;status=true") == "0: OK");
  for (const auto& [name, type] : fields_of_types) {
    INFO(name);
    std::string item = "serviceTypeID=" + std::string(type) + ";inventoryNumber=new";
    for (const auto* pair :
         {"costCenterNo=4100", "vendor=Verizon", "dateActivated=11/22/2026", "status=true"}) {
      if (!std::string_view(pair).starts_with(std::string(name) + "=")) {
        item += ";" + std::string(pair);
      }
    }
    const std::string bad = std::string(name) + "=No such";
    const std::string customs = std::string_view(type) == "10" ? custom("Circuit owner", "a") : "";
    CHECK(tangoe.add(fields(bad) + customs, item).find("(No such)") != std::string::npos);
    const std::string there = "serviceTypeID=" + std::string(type) + ";inventoryNumber=there;";
    CHECK(tangoe.say(change("EditInventoryItem", fields(there + bad))).find("(No such)") !=
          std::string::npos);
    std::string filter = "serviceTypeID=" + std::string(type) + ";" + bad;
    for (const auto& field : tangoe::master_fields()) {
      if (field.name == name && !field.parent.empty() && field.parent != "vendorContract") {
        filter += ";" + std::string(field.parent) + "=Verizon";
      }
    }
    if (std::string_view(name) == "ratePlan") filter += ";vendorContract=VZ-2026;vendor=Verizon";
    CHECK(tangoe.say(find(filter)).find("(No such)") != std::string::npos);
  }
  CHECK(tangoe.model.inventory().log().size() == 5);
}

TEST_CASE("tangoe: an edit changes what it names, and nothing else", "[sim][tangoe]") {
  Tangoe tangoe;
  REQUIRE(tangoe.add(fields(kWireless)) == "0: OK");
  CHECK(tangoe.edit(fields("assignedTo=E1022;locationNo=L-22")) == "0: OK");
  CHECK(tangoe.field("assignedTo") == "E1022");
  CHECK(tangoe.field("ratePlan") == "Unlimited");
  // The stored parent counts.
  CHECK(tangoe.edit(fields("ratePlan=5 GB")) == "0: OK");
  CHECK(tangoe.edit(fields("fixedAllocation=FA-1")) == "0: OK");
  CHECK(tangoe.field("glAccount").empty());
  CHECK(tangoe.edit(custom("Colour", "red")) == "0: OK");
  CHECK(tangoe.edit(custom("Remark", "b")) == "0: OK");
  CHECK(tangoe.model.inventory().find("6", "555-0100")->customs.at("Colour") == "red");
}

TEST_CASE("tangoe: what an edit refuses", "[sim][tangoe]") {
  Tangoe tangoe;
  CHECK(tangoe.edit("").find("does not exist") != std::string::npos);  // EDT-D2
  REQUIRE(tangoe.add() == "0: OK");
  REQUIRE(tangoe.add("", std::string("serviceTypeID=6;inventoryNumber=2") +
                             std::string(kPhone).substr(40)) == "0: OK");
  CHECK(tangoe.edit(fields("glAccount=600100;fixedAllocation=FA-1")).find("Only one") !=
        std::string::npos);                                                            // EDT-D4
  CHECK(tangoe.edit(custom("Colour", "green")).find("(green)") != std::string::npos);  // EDT-D5
  CHECK(tangoe.edit(custom("Shape", "x")).find("(Shape)") != std::string::npos);       // EDT-D6
  CHECK(tangoe.edit(fields("newInventoryNumber=2")).find("exists already") !=
        std::string::npos);                                                          // EDT-D8
  CHECK(tangoe.edit(fields("dateDeactivated=x")).find("(x)") != std::string::npos);  // EDT-D11
  CHECK(tangoe.edit(fields("usageVendor=Verizon")).find("usageVendor") !=
        std::string::npos);  // EDT-D12
  CHECK(starts(
      tangoe.say(change("EditInventoryItem", fields("serviceTypeID=99;inventoryNumber=555-0100"))),
      "-1:"));  // EDT-D10
  tangoe.configure(R"({"billed":["555-0100"]})");
  CHECK(tangoe.edit(fields("newInventoryNumber=3")).find("bill") != std::string::npos);  // EDT-D9
  tangoe.configure(R"({"booking_user":false})");
  CHECK(tangoe.edit(fields("comments=a")).find("properties file") != std::string::npos);  // EDT-D1
  CHECK(tangoe.model.inventory().log().size() == 2);
}

TEST_CASE("tangoe: a new number takes the item and its log along", "[sim][tangoe]") {
  Tangoe tangoe;
  REQUIRE(tangoe.add() == "0: OK");
  REQUIRE(tangoe.edit(fields("newInventoryNumber=555-0199")) == "0: OK");
  CHECK(tangoe.field("vendor") == "no item");
  CHECK(tangoe.field("inventoryNumber", "555-0199") == "555-0199");
  const auto log = tangoe.call(
      element("GetInventoryLogRequest", fields("serviceTypeID=6;inventoryNumber=555-0199")));
  CHECK(log.body.find(">Add<") != std::string::npos);
  CHECK(log.body.find(">Edit<") != std::string::npos);
}

TEST_CASE("tangoe: circuit mappings are replaced as a whole, in their order", "[sim][tangoe]") {
  Tangoe tangoe;
  const std::string line = "serviceTypeID=12;inventoryNumber=1;";
  const std::string rest = "cir=1;cost=1;rangeFrom=1;rangeTo=1";
  const auto mappings = [&](std::initializer_list<const char*> words) {
    std::string xml;
    for (const auto* word : words) {
      xml += element("circuitMapping", fields(std::string("mappedFrom=") + word +
                                              ";fromValue=1;mappedTo=VPI;toValue=2;" + rest));
    }
    return element("circuitMappings", xml);
  };
  REQUIRE(tangoe.add(mappings({"DLCI", "VCI"}),
                     line + "costCenterNo=4100;vendor=Verizon;dateActivated=11/22/2026;"
                            "status=true") == "0: OK");
  REQUIRE(tangoe.say(change("EditInventoryItem", fields(line) + mappings({"VPI"}))) == "0: OK");
  const auto got = tangoe.call(element("GetInventoryItemRequest", fields(line)));
  CHECK(got.body.find(">VPI<") != std::string::npos);
  CHECK(got.body.find(">DLCI<") == std::string::npos);
  CHECK(tangoe.say(change("EditInventoryItem", fields(line) + mappings({"dlci"}))).find("(dlci)") !=
        std::string::npos);  // EDT-D7
}

TEST_CASE("tangoe: a get shows the item, or an empty one", "[sim][tangoe]") {
  Tangoe tangoe;
  REQUIRE(tangoe.add(fields("glAccount=600100")) == "0: OK");
  const std::string get =
      element("GetInventoryItemRequest", fields("inventoryNumber= 555-0100 ;serviceTypeID=6"));
  const auto there = tangoe.call(get);
  CHECK(there.body.find("<ns2:glAccount>600100<") != std::string::npos);
  CHECK(there.body.find("lastActionDate") == std::string::npos);
  const std::string other =
      element("GetInventoryItemRequest", fields("serviceTypeID=5;inventoryNumber=555-0100"));
  const auto none = tangoe.call(other);
  CHECK(starts(Tangoe::outcome(none), "-1:"));  // GET-D1
  CHECK(none.body.find("<ns2:serviceTypeID>0<") != std::string::npos);
  tangoe.configure(R"({"empty_item_on_failure":false})");
  CHECK(tangoe.call(other).body.find("inventoryItem>") == std::string::npos);
}

TEST_CASE("tangoe: service types by name and as a list, and their custom fields", "[sim][tangoe]") {
  Tangoe tangoe;
  const auto id = [&](const std::string& name) {
    const auto response =
        tangoe.call(element("GetServiceTypeIDRequest", fields("serviceTypeName=" + name)));
    return Tangoe::between(response.body, "serviceTypeID>", "<") + " " + Tangoe::outcome(response);
  };
  CHECK(id("Local") == "5 0: OK");
  CHECK(id("Local Service") ==
        "0 -1: Could not get the service type ID from the database. The provided service type "
        "(Local Service) does not exist.\n");  // STI-D1
  CHECK(tangoe.call("<t:GetServiceTypesRequest/>").body.find("Point To Point") !=
        std::string::npos);
  const auto customs = [&](const std::string& request) {
    return tangoe.call(element("GetCustomFieldsRequest", fields(request))).body;
  };
  CHECK(customs("serviceTypeID=10;order=false").find("Circuit owner") != std::string::npos);
  CHECK(customs("serviceTypeID=10;order=true").find("Circuit owner") == std::string::npos);
  CHECK(customs("serviceTypeID=99;order=false").find("<ns2:code>-1<") != std::string::npos);
}

TEST_CASE("tangoe: a find matches exactly, in pages", "[sim][tangoe]") {
  Tangoe tangoe;
  for (int i = 1; i <= 7; ++i) {
    REQUIRE(tangoe.add("", "serviceTypeID=6;inventoryNumber=n" + std::to_string(i) +
                               ";costCenterNo=4100;vendor=" + (i < 6 ? "Verizon" : "T-Mobile") +
                               ";dateActivated=11/22/2026;status=true") == "0: OK");
  }
  const auto numbers = [&](const std::string& filter, const std::string& page) {
    std::string body = tangoe.call(find("serviceTypeID=6;" + filter, fields(page))).body;
    std::string found;
    for (auto at = body.find("inventoryNumber>n"); at != std::string::npos;
         at = body.find("inventoryNumber>n", at + 1)) {
      if (body[at - 1] == ':' && body[at - 5] == '<') found += body[at + 17];
    }
    return found + " of " + Tangoe::between(body, "totalRecords>", "<");
  };
  CHECK(numbers("vendor=Verizon", "maxNoOfRecords=2") == "12 of 5");
  CHECK(numbers("vendor=Verizon", "maxNoOfRecords=2;fromRecord=4") == "5 of 5");
  CHECK(numbers("vendor=Verizon", "maxNoOfRecords=2;fromRecord=9") == " of 5");
  CHECK(numbers("vendor=verizon", "").starts_with(" of "));  // No such vendor.
  CHECK(numbers("inventoryNumber=n3", "") == "3 of 1");
  CHECK(numbers("lastActionDate=11/22/2026", "") == "1234567 of 7");
  CHECK(numbers("lastActionDate=11/23/2026", "") == " of 0");
  // What is not for wireless is ignored, even if it does not exist.
  CHECK(numbers("localLDVendor=Nobody;inventoryNumber=n3", "") == "3 of 1");
  tangoe.configure(R"({"first_record":1})");
  CHECK(numbers("", "maxNoOfRecords=2;fromRecord=1") == "12 of 7");
  CHECK(starts(tangoe.say(find("serviceTypeID=6", fields("fromRecord=0"))), "-1:"));
  CHECK(starts(tangoe.say(find("serviceTypeID=6", fields("maxNoOfRecords=0"))), "-1:"));
  CHECK(starts(tangoe.say(find("serviceTypeID=6", fields("maxNoOfRecords=1001"))), "-1:"));
}

TEST_CASE("tangoe: what a find refuses", "[sim][tangoe]") {
  Tangoe tangoe;
  CHECK(tangoe.say(find("serviceTypeID=99")).find("(99)") != std::string::npos);  // FND-D1
  const std::vector<std::pair<const char*, const char*>> parents = {
      {"6", "vendorContract=VZ-2026"},    {"6", "ratePlan=Unlimited;vendor=Verizon"},
      {"5", "localLDContract=VZ-2026"},   {"5", "localTollContract=VZ-2026"},
      {"1", "ldLocalContract=VZ-2026"},   {"10", "usageContract=VZ-2026"},
      {"2", "secondaryContract=VZ-2026"}, {"6", "voicePool=Pool A"},
      {"6", "dataPool=Pool A"},           {"6", "messagingPool=Pool A"}};
  for (const auto& [type, filter] : parents) {  // FND-D5.a to j
    INFO(filter);
    CHECK(tangoe.say(find("serviceTypeID=" + std::string(type) + ";" + filter)).find("needs the") !=
          std::string::npos);
  }
  const auto by_custom = [&](const std::string& name, const std::string& value) {
    return tangoe.say(
        element("FindInventoryItemRequest",
                element("inventoryItem", fields("serviceTypeID=6") + custom(name, value))));
  };
  CHECK(by_custom("Insured", "true").find("(true)") != std::string::npos);  // FND-D3
  CHECK(by_custom("Shape", "x").find("(Shape)") != std::string::npos);      // FND-D4
  CHECK(by_custom("Insured", "1") == "0: OK");
  // Both accounts are no error here.
  CHECK(tangoe.say(find("serviceTypeID=6;glAccount=600100;fixedAllocation=FA-1")) == "0: OK");
}

TEST_CASE("tangoe: the log by item, by days, and its latest entries", "[sim][tangoe]") {
  Tangoe tangoe;
  REQUIRE(tangoe.add() == "0: OK");
  const std::string item = "serviceTypeID=6;inventoryNumber=555-0100";
  for (int day = 1; day <= 3; ++day) {
    REQUIRE(tangoe.say(change("EditInventoryItem", fields(item + ";comments=x")),
                       kTangoeNow + hours(24 * day)) == "0: OK");
  }
  const auto days = [&](const std::string& query) {
    const std::string body = tangoe.call(element("GetInventoryLogRequest", fields(query))).body;
    std::string found;
    constexpr std::string_view kDate = "<ns2:modificationDate>11/";
    for (auto at = body.find(kDate); at != std::string::npos; at = body.find(kDate, at + 1)) {
      found += body.substr(at + kDate.size(), 2) + " ";
    }
    return found;
  };
  CHECK(days(item) == "22 23 24 25 ");
  CHECK(days(item + ";maxNoOfRecords=2") == "24 25 ");
  CHECK(days("fromDate=11/23/2026;toDate=11/24/2026") == "23 24 ");
  CHECK(days("fromDate=11/24/2026;toDate=11/23/2026").empty());
  CHECK(days("toDate=11/24/2026;fromDate=11/23/2026;" + item) == "23 24 ");
  CHECK(tangoe.call(element("GetInventoryLogRequest", fields(item))).body.find("suspended") ==
        std::string::npos);
  tangoe.configure(R"({"emit_suspended":true})");
  CHECK(tangoe.call(element("GetInventoryLogRequest", fields(item))).body.find("suspended") !=
        std::string::npos);

  for (const auto* wrong :
       {"serviceTypeID=6", "inventoryNumber=555-0100",                            // LOG-D1
        "fromDate=11/23/2026", "toDate=11/23/2026",                               // LOG-D2
        "serviceTypeID=5;inventoryNumber=555-0100",                               // LOG-D3
        "fromDate=x;toDate=11/23/2026", "fromDate=11/23/2026;toDate=13/01/2026",  // LOG-D4
        "maxNoOfRecords=5"}) {                                                    // LOG-D5
    INFO(wrong);
    CHECK(starts(tangoe.say(element("GetInventoryLogRequest", fields(wrong))), "-1:"));
  }
}

TEST_CASE("tangoe: a database in trouble has the same code as wrong data", "[sim][tangoe]") {
  Tangoe tangoe;
  tangoe.configure(R"({"database_error":true})");
  const std::string key = fields("serviceTypeID=6;inventoryNumber=1");
  for (const std::string& payload :
       {element("GetServiceTypeIDRequest", fields("serviceTypeName=Local")),
        std::string("<t:GetServiceTypesRequest/>"), element("GetInventoryItemRequest", key),
        change("AddInventoryItem", fields(kPhone)), change("EditInventoryItem", fields(kPhone)),
        find("serviceTypeID=6"), element("GetInventoryLogRequest", key),
        element("GetCustomFieldsRequest", fields("serviceTypeID=6;order=false"))}) {
    const std::string said = tangoe.say(payload);
    CHECK(starts(said, "-1: Could not "));
    CHECK(said.find("A database error occurred.") != std::string::npos);
  }
}

}  // namespace
}  // namespace handover::sim
