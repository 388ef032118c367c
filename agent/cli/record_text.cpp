#include "agent/cli/record_text.hpp"

namespace handover::cli {
namespace {

const std::vector<Json>& deliveries_of(const Json& record) {
  static const std::vector<Json> kNone;
  const Json* deliveries = record.find("deliveries");
  return deliveries != nullptr ? deliveries->items() : kNone;
}

/// The first of the members that has a text.
std::string first_of(const Json& item, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (!item.text_of(name).empty()) return printable(item.text_of(name));
  }
  return {};
}

std::string item_text(const Json& item) {
  std::string text = "  " + first_of(item, {"ProdNum", "manufacturerPartNumber"});
  static constexpr std::pair<const char*, const char*> kQuantities[] = {
      {"Qty", "x"}, {"InQty", "in "}, {"OutQty", "out "}, {"InventoryQty", "then "}};
  for (const auto& [name, label] : kQuantities) {
    if (!item.text_of(name).empty())
      text += "  " + std::string(label) + printable(item.text_of(name));
  }
  const std::string serial = first_of(item, {"SerialNum", "serialNumber"});
  const std::string batch = printable(item.text_of("BatchNum"));
  if (!serial.empty()) text += "  serial " + serial;
  if (!batch.empty()) text += "  batch " + batch;
  return text + "\n";
}

/// The items of the body, wherever the kind of record has them.
std::string items_text(const Json& value) {
  std::string text;
  for (const Json& element : value.items()) text += items_text(element);
  for (const auto& [name, below] : value.members()) {
    if (name != "Items" && name != "items") {
      text += items_text(below);
      continue;
    }
    for (const Json& item : below.items()) text += item_text(item);
  }
  return text;
}

std::string delivery_text(const Json& delivery) {
  std::string head = printable(delivery.text_of("lane"));
  if (!delivery.text_of("unit").empty()) head += " (" + printable(delivery.text_of("unit")) + ")";
  head += ": " + printable(delivery.text_of("state"));
  const std::string attempts = delivery.text_of("attempts");
  if (attempts != "0" && !attempts.empty()) head += ", attempt " + printable(attempts);
  if (delivery.text_of("state") == "delivered")
    head += ", " + short_time(delivery.find("delivered_at")) + " UTC";
  if (!delivery.text_of("next_try_at").empty())
    head += ", next try " + short_time(delivery.find("next_try_at")) + " UTC";
  std::string text = fit("  " + head, kScreenColumns) + "\n";
  if (!delivery.text_of("why").empty()) text += wrap(printable(delivery.text_of("why")), "    ");
  if (!delivery.text_of("who").empty())
    text += "    who must act: " + printable(delivery.text_of("who")) + "\n";
  return text;
}

bool is_damaged(const Json& record) {
  const Json* damaged = record.find("damaged");
  return damaged != nullptr && damaged->boolean();
}

std::string facts_text(const Json& record) {
  std::string text = "  number " + printable(record.text_of("seq")) + ", " +
                     printable(record.text_of("kind")) + ", captured " +
                     short_time(record.find("captured_at")) + " UTC\n";
  if (const Json* body = record.find("body")) text += items_text(*body);
  return text;
}

}  // namespace

Table records_table(const std::vector<Json>& records) {
  Table table({{"SEQ", Table::Align::kRight},
               {"KIND"},
               {"CAPTURED (UTC)"},
               {"ID"},
               {"LANE", Table::Align::kLeft, 18},
               {"STATE"}});
  for (const Json& record : records) {
    std::vector<std::string> row = {record.text_of("seq"),
                                    record.text_of("kind"),
                                    short_time(record.find("captured_at")),
                                    short_id(record.text_of("id")),
                                    "",
                                    "no lane wants it"};
    if (is_damaged(record)) row = {row[0], "DAMAGED", "-", record.text_of("id"), "", "see: doctor"};
    if (deliveries_of(record).empty()) table.add(row);
    for (const Json& delivery : deliveries_of(record)) {
      row[4] = delivery.text_of("lane");
      row[5] = delivery.text_of("state");
      table.add(row);
      row = {"", "", "", "", "", ""};
    }
  }
  return table;
}

std::string record_text(const Json& record) {
  std::string text = "Record " + printable(record.text_of("id")) + "\n";
  if (is_damaged(record)) {
    text += "  DAMAGED on this device and set aside; it is not sent. See: handover doctor\n";
  } else {
    text += facts_text(record);
  }
  text += "Deliveries\n";
  if (deliveries_of(record).empty()) text += "  none: no lane of this device wants it\n";
  for (const Json& delivery : deliveries_of(record)) text += delivery_text(delivery);
  return text;
}
std::string record_advice_text(const Json& record) {
  std::string text;
  const std::string id =
      is_damaged(record) ? printable(record.text_of("id")) : short_id(record.text_of("id"));
  for (const Json& delivery : deliveries_of(record)) {
    if (delivery.text_of("state") != "quarantined") continue;
    const std::string target = id + " " + printable(delivery.text_of("lane"));
    text += "Refused on " + printable(delivery.text_of("lane")) +
            ". Correct it with a new record, then discard this one, or try again:\n";
    text += "  handover record discard " + target + " --reason TEXT\n  handover record retry " +
            target + "\n";
  }
  return text;
}

}  // namespace handover::cli
