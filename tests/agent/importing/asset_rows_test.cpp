#include "agent/importing/asset_rows.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/domain/asset_event.hpp"

namespace handover::importing {
namespace {

Columns columns(const std::map<std::string, std::string>& renamed = {}) {
  auto made = Columns::make(renamed);
  REQUIRE(made);
  return std::move(*made);
}

Row row(std::vector<std::pair<std::string, std::string>> cells) {
  Row row;
  row.number = 1;
  row.line = 2;
  row.cells = std::move(cells);
  return row;
}

const RowDefaults kDefaults{"receipt", "WWT", "WWT"};

std::string complaints_of(const AssetEventBody& made) {
  std::string text;
  for (const auto& complaint : made.complaints)
    text += complaint.field + ": " + complaint.expected + "|";
  return text;
}

}  // namespace

TEST_CASE("asset rows: the source document's own headings are understood", "[importing]") {
  const Columns known = columns();
  const std::vector<std::pair<const char*, const char*>> headings = {
      {"Serial Number", "serialNumber"},
      {"Manufacture part number", "manufacturerPartNumber"},
      {"Manufacture Description", "description"},
      {"Manufacturer", "manufacturer"},
      {"Manufacture", "manufacturer"},
      {"Mac Address", "mac_address"},
      {"Asset Tag", "asset_tag"},
      {"Customer PO Number", "customer_po_number"},
      {"PO Date", "po_date"},
      {"Part Number Category Type", "part_category_type"},
      {"Transaction Date", "transaction_date"},
      {"Shipment Date", "shipment_date"},
      {"Ship Address", "ship_address"},
      {"Host Name", "host_name"},
      {"Other Device Attributes", "other_device_attributes"},
      {"Customer Part Number", "customer_part_number"},
      {"Inventory Organization", "inventory_organization"},
      {"Material Designator", "material_designator"},
      {"serialNumber", "serialNumber"},
  };
  for (const auto& [heading, field] : headings) {
    CAPTURE(heading);
    CHECK(known.field_of(heading) == std::optional<std::string>(field));
  }
  CHECK_FALSE(known.field_of("Remarks"));
}

TEST_CASE("asset rows: an unknown or doubled heading refuses the file before a row is read",
          "[importing]") {
  const auto unknown = columns().check({"Serial Number", "Remarks"});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().detail.find("\"Remarks\"") != std::string::npos);
  CHECK(unknown.error().detail.find("--column") != std::string::npos);
  CHECK_FALSE(columns().check({"Serial", "Serial Number"}));
  CHECK(columns({{"remarks", "-"}, {"S/N", "serialNumber"}}).check({"Remarks", "s/n"}));
  CHECK_FALSE(Columns::make({{"a", "serial"}}));
}

TEST_CASE("asset rows: a row becomes the body of the call, its own values before the defaults",
          "[importing]") {
  const auto made = make_event(row({{"Serial Number", "S1"},
                                    {"Part Number", "P-1"},
                                    {"event", "shipment"},
                                    {"location", "c/o Customer"},
                                    {"Mac Address", "00:11"},
                                    {"Structure", "Master"},
                                    {"Serialized", "TRUE"},
                                    {"Asset Tag", "UPS-S1"}}),
                               columns(), kDefaults);

  CHECK(complaints_of(made).empty());
  CHECK(made.body.dump() ==
        R"({"event":"shipment","location":"c/o Customer","stockroom":"WWT","items":[{)"
        R"("serialNumber":"S1","manufacturerPartNumber":"P-1","asset_tag":"UPS-S1",)"
        R"("data":{"mac_address":"00:11"},)"
        R"("classification":{"structure":"master","serialized":"yes"}}]})");
  CHECK(parse_asset_event(made.body));
}

TEST_CASE("asset rows: a row's own key goes with it", "[importing]") {
  const auto made =
      make_event(row({{"serialNumber", "S"}, {"manufacturerPartNumber", "P"}, {"key", "K-7"}}),
                 columns(), kDefaults);
  CHECK(made.body.text_of("key") == "K-7");
}

TEST_CASE("asset rows: every wrong field of a row is named, with what was expected",
          "[importing]") {
  const auto made =
      make_event(row({{"event", "gift"}, {"structure", "single"}, {"asset_tag", "a\tb"}}),
                 columns(), {"", "", "WWT"});

  const std::string said = complaints_of(made);
  for (const char* words : {"event: expected one of", "location: missing", "serialNumber: missing",
                            "manufacturerPartNumber: missing",
                            "structure: expected master or standalone", "asset_tag: "}) {
    CAPTURE(words, said);
    CHECK(said.find(words) != std::string::npos);
  }
  Row broken;
  broken.complaint = "is not JSON";
  CHECK(complaints_of(make_event(broken, columns(), kDefaults)) == ": is not JSON|");
}

TEST_CASE("asset rows: a line with a quantity instead of a serial number is a row, too",
          "[importing]") {
  const auto made = make_event(row({{"manufacturerPartNumber", "CABLE"}, {"Quantity", "2.5"}}),
                               columns(), kDefaults);
  CHECK(complaints_of(made).empty());
  CHECK(parse_asset_event(made.body)->find("items")->items()[0].text_of("quantity") == "2.5");
}

}  // namespace handover::importing
