#include <catch2/catch_test_macros.hpp>

#include "agent/backends/tangoe/field_rules.hpp"
#include "agent/backends/tangoe/item_json.hpp"
#include "agent/backends/tangoe/messages.hpp"
#include "tests/agent/backends/tangoe_samples.hpp"

namespace handover::backends::tangoe {
namespace {

InventoryItem written_and_read(const InventoryItem& item) {
  xml::Writer writer;
  writer.open("inv:inventoryItem").attribute("xmlns:inv", kSpace);
  write_item(writer, item);
  const auto element = xml::parse(writer.close().take());
  REQUIRE(element);
  return read_item(*element);
}

std::string complaint(const InventoryItem& item, Purpose purpose) {
  const auto checked = check(item, purpose);
  if (checked) return "";
  std::string all;
  for (const auto& field : checked.error().fields) all += field.pointer + " ";
  return all;
}

TEST_CASE("tangoe: the table has the 81 fields, one of them for finds only", "[backends]") {
  std::size_t find_only = 0;
  for (const Field& field : fields()) {
    find_only += field.find_only ? 1 : 0;
    CHECK(field_index(field.name) == std::size_t(&field - fields().data()));
  }
  CHECK(find_only == 1);
  CHECK(fields().front().name == "inventoryID");
  CHECK(fields().back().name == "lastActionDate");
  CHECK_FALSE(field_index("collocation"));
}

TEST_CASE("tangoe: every field is written and read back as it is", "[backends]") {
  const InventoryItem item = test::full_tangoe_item();
  CHECK(written_and_read(item) == item);
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (!item.at(i)) continue;
    INFO(fields()[i].name);
    InventoryItem one;
    one.set_at(i, *item.at(i));
    CHECK(written_and_read(one) == one);
    CHECK(written_and_read(one) != InventoryItem());
  }
}

TEST_CASE("tangoe: texts survive whatever XML makes of them", "[backends]") {
  for (const std::string text :
       {"<&>\"']]>", "a\nb\tc", "a\r\nb", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x93\xB1", "  blanks  "}) {
    InventoryItem item;
    item.set("comments", text);
    CHECK(written_and_read(item).text_of("comments") == text);
  }
}

TEST_CASE("tangoe: an odd value stays as text, and what is not known is ignored", "[backends]") {
  const auto element = xml::parse(
      R"(<x:inventoryItem xmlns:x="http://www.asentinel.com/asentinelws/schemas/invord">
           <x:comments><![CDATA[a]]>b</x:comments><x:rate> twelve </x:rate><x:status>1</x:status>
           <x:suspended>true</x:suspended><rate xmlns="urn:other">7</rate>
         </x:inventoryItem>)");
  REQUIRE(element);
  const InventoryItem item = read_item(*element);
  CHECK(item.text_of("comments") == "ab");
  CHECK(item.text_of("rate") == "twelve");
  CHECK(item.text_of("status") == "1");
}

TEST_CASE("tangoe: an item is checked before it is sent", "[backends]") {
  InventoryItem item = test::full_tangoe_item();
  // Both accounts may stand in a filter; a new number may not.
  CHECK(complaint(item, Purpose::kFilter) == "/newInventoryNumber ");
  CHECK(complaint(test::new_tangoe_item(), Purpose::kAdd).empty());
  CHECK(complaint(InventoryItem(), Purpose::kAdd) ==
        "/serviceTypeID /inventoryNumber /costCenterNo /vendor /dateActivated /status ");
  CHECK(complaint(InventoryItem(), Purpose::kEdit) == "/serviceTypeID /inventoryNumber ");
  CHECK(complaint(InventoryItem(), Purpose::kFilter) == "/serviceTypeID ");

  struct Wrong {
    std::string_view field;
    std::string value;
  };
  const std::vector<Wrong> wrong = {
      {"serviceTypeID", "5x"},
      {"serviceTypeID", ""},
      {"serviceTypeID", "99999999999"},
      {"status", "maybe"},
      {"status", "1"},
      {"rate", "1,5"},
      {"rate", "1e3"},
      {"rate", ".5"},
      {"rate", "NaN"},
      {"dateDeactivated", "02/30/2026"},
      {"dateDeactivated", "2026-02-03"},
      {"dateDeactivated", "2/3/2026"},
      {"comments", ""},
      {"comments", std::string("a\0b", 3)},
      {"comments", "\xC3"},
      {"comments", std::string(4001, 'x')},
      {"lastActionDate", "11/22/2026"},
      {"newInventoryNumber", "7"},
  };
  for (const auto& [field, value] : wrong) {
    INFO(field << " " << value.substr(0, 20));
    InventoryItem bad = test::new_tangoe_item();
    bad.set(field, value);
    CHECK(complaint(bad, Purpose::kAdd) == "/" + std::string(field) + " ");
  }
}

TEST_CASE("tangoe: lists are checked, and the two accounts exclude each other", "[backends]") {
  InventoryItem item = test::new_tangoe_item();
  item.set("glAccount", "100");
  item.set("fixedAllocation", "A");
  CHECK(complaint(item, Purpose::kEdit) == "/fixedAllocation ");
  item = test::new_tangoe_item();
  item.circuit_mappings =
      std::vector<CircuitMapping>{{"", "DLCI", "1", "ATM", "2", "3", "4", "5", "6"}};
  CHECK(complaint(item, Purpose::kAdd) == "/circuitMappings ");
  item.circuit_mappings->front().mapped_to = "VPI";
  CHECK(complaint(item, Purpose::kAdd).empty());
  item.custom_fields = std::vector<CustomField>{{"", "", "x", "", ""}};
  CHECK_FALSE(complaint(item, Purpose::kAdd).empty());
}

TEST_CASE("tangoe: what an item shows is compared by meaning", "[backends]") {
  InventoryItem sent = test::new_tangoe_item();
  sent.set("rate", "12.50");
  InventoryItem found = sent;
  found.set("inventoryID", "77");
  found.set("rate", "+012.5");
  found.set("status", "1");
  found.set("comments", "somebody else's");
  CHECK(shows(found, sent));
  found.set("vendor", "Other");
  CHECK(first_difference(found, sent) == "vendor");
  found = sent;
  sent.set("newInventoryNumber", "8");
  CHECK(first_difference(found, sent) == "inventoryNumber");
  found.set("inventoryNumber", "8");
  CHECK(shows(found, sent));
  sent.custom_fields = std::vector<CustomField>{{"", "Colour", "red", "", ""}};
  CHECK(first_difference(found, sent) == "Colour");
  found.custom_fields = std::vector<CustomField>{{"9", "Colour", "red", "TEXT", "false"}};
  CHECK(shows(found, sent));
  sent.circuit_mappings =
      std::vector<CircuitMapping>{{"", "DLCI", "1", "VPI", "2", "3", "4", "5", "6"}};
  CHECK(first_difference(found, sent) == "circuitMappings");
  found.circuit_mappings = sent.circuit_mappings;
  found.circuit_mappings->front().id = "3";
  CHECK(shows(found, sent));
}

TEST_CASE("tangoe: items as JSON and back", "[backends]") {
  const InventoryItem item = test::full_tangoe_item();
  const auto back = item_from_json(to_json(item));
  REQUIRE(back);
  CHECK(*back == item);
  const auto loose = item_from_json(test::json(R"({"status":true,"rate":12.50})"));
  REQUIRE(loose);
  CHECK(loose->text_of("status") == "true");
  CHECK(loose->text_of("rate") == "12.50");
  for (const auto* wrong : {R"({"collocation":"x"})", R"({"rate":[1]})", R"({"customFields":{}})",
                            R"({"customFields":[{"nam":"x"}]})", R"([])"}) {
    CHECK_FALSE(item_from_json(test::json(wrong)));
  }
}

}  // namespace
}  // namespace handover::backends::tangoe
