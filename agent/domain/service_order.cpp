#include "agent/domain/service_order.hpp"

#include <algorithm>

#include "agent/domain/field_reader.hpp"
#include "platform/assert.hpp"

namespace handover {
namespace {

constexpr std::size_t kPropertiesMax = 50;
constexpr std::size_t kFreeTextBytesMax = 16384;
constexpr unsigned kLineIdStep = 10;

/// Text as it was typed, also with blanks at its ends: a rule says what is wrong with it.
std::string read_raw(FieldReader& reader, std::string_view name) {
  const Json* value = reader.find(name);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) {
    reader.complain(name, "wrong type; expected a string");
    return {};
  }
  if (value->text().size() > kFreeTextBytesMax) {
    reader.complain(name, "too long");
    return {};
  }
  return value->text();
}

/// An id that may be written as a number or as a string of digits.
std::string read_id(FieldReader& reader, std::string_view name) {
  const Json* value = reader.find(name);
  if (value != nullptr && value->is_number()) return value->text();
  return reader.optional_text(name);
}

bool read_flag(FieldReader& reader, std::string_view name) {
  const Json* value = reader.find(name);
  if (value == nullptr || value->is_null()) return false;
  if (!value->is_boolean()) reader.complain(name, "wrong type; expected true or false");
  return value->boolean();
}

std::vector<std::string> read_texts(FieldReader& reader, std::string_view name) {
  std::vector<std::string> texts;
  const Json* value = reader.find(name);
  if (value == nullptr || value->is_null()) return texts;
  if (!value->is_array() || value->items().size() > kOrderSerialsMax) {
    reader.complain(name,
                    "expected a list of at most " + std::to_string(kOrderSerialsMax) + " strings");
    return texts;
  }
  for (const Json& item : value->items()) {
    if (!item.is_string() || item.text().size() > kFreeTextBytesMax) {
      reader.complain(std::string(name), "expected a list of strings");
      return texts;
    }
    texts.push_back(item.text());
  }
  return texts;
}

std::vector<NameValue> read_properties(FieldReader& reader) {
  std::vector<NameValue> properties;
  const Json* value = reader.find("properties");
  if (value == nullptr || value->is_null()) return properties;
  if (!value->is_object() || value->members().size() > kPropertiesMax) {
    reader.complain("properties",
                    "expected an object of at most " + std::to_string(kPropertiesMax) + " strings");
    return properties;
  }
  for (const auto& [name, text] : value->members()) {
    if (!text.is_string() || text.text().size() > kFreeTextBytesMax || name.size() > 200) {
      reader.complain("properties", "expected an object of strings");
      continue;
    }
    properties.emplace_back(name, text.text());
  }
  return properties;
}

OrderLineKind read_kind(FieldReader& line) {
  const std::string kind = line.choice("kind", {"product", "option", "service"});
  if (kind == "option") return OrderLineKind::kOption;
  return kind == "service" ? OrderLineKind::kService : OrderLineKind::kProduct;
}

OrderLine read_line(FieldReader line) {
  line.only({"line_number", "kind", "product", "quantity", "line_id", "parent_line_id", "reference",
             "serial_numbers", "pak_numbers", "covered_product", "unit_price", "currency",
             "contract_number", "contract_start_date", "renewal", "requested_date", "properties"});
  OrderLine read;
  read.line_number = read_id(line, "line_number");
  read.kind = read_kind(line);
  read.product = line.required_text("product");
  read.quantity = line.count("quantity");
  read.line_id = read_id(line, "line_id");
  read.parent_line_id = read_id(line, "parent_line_id");
  read.reference = read_raw(line, "reference");
  read.serial_numbers = read_texts(line, "serial_numbers");
  read.pak_numbers = read_texts(line, "pak_numbers");
  read.covered_product = read_raw(line, "covered_product");
  read.unit_price = read_id(line, "unit_price");
  read.currency = line.optional_text("currency");
  read.contract_number = line.optional_text("contract_number");
  read.contract_start_date = line.optional_text("contract_start_date");
  read.renewal = read_flag(line, "renewal");
  read.requested_date = line.optional_text("requested_date");
  read.properties = read_properties(line);
  return read;
}

bool is_taken(const std::vector<OrderLine>& lines, std::string OrderLine::*id,
              const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const OrderLine& line) { return line.*id == text; });
}

std::string free_id(const std::vector<OrderLine>& lines, std::string OrderLine::*id,
                    unsigned step) {
  unsigned number = step;
  while (is_taken(lines, id, std::to_string(number))) number += step;
  return std::to_string(number);
}

/// A line without ids is a major line (rule L7), one without a parent too (L8). A parent without a
/// Line ID means nothing, and is left for the rules to refuse.
void fill_ids(std::vector<OrderLine>& lines) {
  for (OrderLine& line : lines) {
    if (line.line_number.empty()) line.line_number = free_id(lines, &OrderLine::line_number, 1);
    if (line.line_id.empty() && line.parent_line_id.empty())
      line.line_id = free_id(lines, &OrderLine::line_id, kLineIdStep);
    if (line.parent_line_id.empty()) line.parent_line_id = "0";
  }
}

void set_text(Json& object, std::string_view name, const std::string& text) {
  if (!text.empty()) object.set(name, text);
}

void set_texts(Json& object, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  object.set(name, std::move(list));
}

void set_properties(Json& object, const std::vector<NameValue>& properties) {
  if (properties.empty()) return;
  Json members = Json::object();
  for (const auto& [name, value] : properties) members.set(name, value);
  object.set("properties", std::move(members));
}

Json line_object(const OrderLine& line) {
  Json object = Json::object({{"line_number", line.line_number},
                              {"kind", to_string(line.kind)},
                              {"product", line.product}});
  if (line.quantity) object.set("quantity", Json::number(line.quantity->to_string()));
  set_text(object, "line_id", line.line_id);
  set_text(object, "parent_line_id", line.parent_line_id);
  set_text(object, "reference", line.reference);
  set_texts(object, "serial_numbers", line.serial_numbers);
  set_texts(object, "pak_numbers", line.pak_numbers);
  set_text(object, "covered_product", line.covered_product);
  set_text(object, "unit_price", line.unit_price);
  set_text(object, "currency", line.currency);
  set_text(object, "contract_number", line.contract_number);
  set_text(object, "contract_start_date", line.contract_start_date);
  if (line.renewal) object.set("renewal", Json(true));
  set_text(object, "requested_date", line.requested_date);
  set_properties(object, line.properties);
  return object;
}

}  // namespace

std::string_view to_string(OrderLineKind kind) {
  switch (kind) {
    case OrderLineKind::kProduct:
      return "product";
    case OrderLineKind::kOption:
      return "option";
    case OrderLineKind::kService:
      return "service";
  }
  INVARIANT(false);
  return {};
}

std::string order_line_pointer(std::size_t place) {
  return "/order/lines/" + std::to_string(place);
}

Result<ServiceOrder> parse_service_order(const Json& order) {
  Complaints complaints;
  FieldReader reader(order, "/order", complaints);
  reader.only({"purchase_order", "order_type", "bill_to", "comments", "deal_id",
               "service_order_type", "drop_ship", "requested_date", "properties", "lines"});
  ServiceOrder read;
  read.purchase_order = reader.optional_text("purchase_order");
  read.order_type = reader.optional_text("order_type");
  read.bill_to = reader.optional_text("bill_to");
  read.comments = read_raw(reader, "comments");
  read.deal_id = reader.optional_text("deal_id");
  read.service_order_type = read_raw(reader, "service_order_type");
  read.drop_ship = read_flag(reader, "drop_ship");
  read.requested_date = reader.optional_text("requested_date");
  read.properties = read_properties(reader);
  std::size_t place = 0;
  for (const Json& line : reader.list("lines", kOrderLinesMax))
    read.lines.push_back(read_line(FieldReader(line, order_line_pointer(place++), complaints)));
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  fill_ids(read.lines);
  return read;
}

Json service_order_object(const ServiceOrder& order) {
  Json object = Json::object();
  set_text(object, "purchase_order", order.purchase_order);
  set_text(object, "order_type", order.order_type);
  set_text(object, "bill_to", order.bill_to);
  set_text(object, "comments", order.comments);
  set_text(object, "deal_id", order.deal_id);
  set_text(object, "service_order_type", order.service_order_type);
  if (order.drop_ship) object.set("drop_ship", Json(true));
  set_text(object, "requested_date", order.requested_date);
  set_properties(object, order.properties);
  Json lines = Json::array();
  for (const OrderLine& line : order.lines) lines.push_back(line_object(line));
  object.set("lines", std::move(lines));
  return object;
}

}  // namespace handover
