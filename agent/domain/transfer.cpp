#include "agent/domain/transfer.hpp"

#include "agent/domain/field_reader.hpp"
#include "crypto/identifier.hpp"
#include "platform/assert.hpp"

namespace handover {
namespace {

constexpr std::size_t kFlexValuesMax = 1000;

Technician read_technician(FieldReader technician) {
  technician.only({"UserID", "FirstName", "LastName"});
  Technician read;
  read.user_id = technician.required_text("UserID");
  read.first_name = technician.optional_text("FirstName");
  read.last_name = technician.optional_text("LastName");
  return read;
}

Item read_item(FieldReader item) {
  item.only({"ProdNum", "Qty", "SerialNum", "BatchNum"});
  Item read;
  read.prod = item.required_text("ProdNum");
  read.serial = item.optional_text("SerialNum");
  read.batch = item.optional_text("BatchNum");
  const Json* qty = item.find("Qty");
  if (qty == nullptr || qty->is_null()) item.complain("Qty", "missing; expected a decimal number");
  read.qty = item.quantity("Qty").value_or(crypto::Quantity::one());
  return read;
}

bool are_texts(const Json& values) {
  if (!values.is_array() || values.items().size() > kFlexValuesMax) return false;
  for (const Json& value : values.items()) {
    if (!value.is_string()) return false;
  }
  return true;
}

Json read_flex_attrs(const Json* value, FieldReader& parent, Complaints& complaints) {
  if (value == nullptr || value->is_null()) return {};
  const FieldReader forms(*value, parent.pointer_to("FlexAttrs"), complaints);
  for (const auto& [form, attributes] : value->members()) {
    const FieldReader form_reader(attributes, forms.pointer_to(form), complaints);
    for (const auto& [attribute, values] : attributes.members()) {
      if (form == "HANDOVER" && (attribute == "OFFER" || attribute == "RECEIPT")) {
        complaints.add(form_reader.pointer_to(attribute),
                       "kept for the signatures of a scanned handover; expected another name");
      }
      if (!are_texts(values))
        complaints.add(form_reader.pointer_to(attribute), "expected a list of strings");
    }
  }
  return *value;
}

void check_ends(const Transfer& transfer, FieldReader& object) {
  if (crypto::same_identifier(transfer.from, transfer.to)) {
    object.complain("ToStorageLocation",
                    "the same as FromStorageLocation; expected another storage location");
  }
}

/// Where a complaint about the terms belongs in what the caller sent.
std::string place_of(std::string_view pointer, Direction direction) {
  const std::string_view other = direction == Direction::kOutbound ? "/receiver" : "/sender";
  if (pointer == other) return "/transfer/TransferTech/UserID";
  if (pointer == "/sender" || pointer == "/receiver")
    return "";  // Our own UserID: the configuration's.
  return "/transfer" + std::string(pointer);
}

Json item_object(const Item& item) {
  return Json::object({{"BatchNum", item.batch},
                       {"ProdNum", item.prod},
                       {"Qty", Json::number(item.qty.to_string())},
                       {"SerialNum", item.serial}});
}

}  // namespace

std::string_view to_string(Direction direction) {
  return direction == Direction::kOutbound ? "outbound" : "inbound";
}

Result<Transfer> parse_transfer(const Json& body) {
  Complaints complaints;
  FieldReader request(body, "", complaints);
  request.only({"direction", "transfer"});
  Transfer transfer;
  transfer.direction = request.choice("direction", {"outbound", "inbound"}) == "inbound"
                           ? Direction::kInbound
                           : Direction::kOutbound;
  FieldReader object = request.object("transfer");
  object.only({"FromStorageLocation", "ToStorageLocation", "TransferTech", "Items", "FlexAttrs"});
  transfer.from = object.required_text("FromStorageLocation");
  transfer.to = object.required_text("ToStorageLocation");
  check_ends(transfer, object);
  transfer.other = read_technician(object.object("TransferTech"));
  std::size_t place = 0;
  for (const Json& item : object.list("Items", crypto::kLinesMax)) {
    transfer.items.push_back(read_item(
        FieldReader(item, object.pointer_to("Items") + "/" + std::to_string(place++), complaints)));
  }
  transfer.flex_attrs = read_flex_attrs(object.find("FlexAttrs"), object, complaints);
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return transfer;
}

Result<crypto::Terms> terms_of(const Transfer& transfer, const std::string& own_user_id) {
  const bool outbound = transfer.direction == Direction::kOutbound;
  crypto::TermsInput input;
  input.from = transfer.from;
  input.to = transfer.to;
  input.sender = outbound ? own_user_id : transfer.other.user_id;
  input.receiver = outbound ? transfer.other.user_id : own_user_id;
  for (const Item& item : transfer.items) {
    input.items.push_back({item.prod, item.qty.to_string(), item.serial, item.batch});
  }
  auto terms = crypto::make_terms(input);
  if (!terms) {
    Complaints complaints;
    for (const auto& field : terms.error().fields) {
      complaints.add(place_of(field.pointer, transfer.direction), field.detail);
    }
    if (complaints.empty()) return fail(std::move(terms).error());
    return fail(std::move(complaints).to_error());
  }
  const auto own = crypto::canonical_identifier(own_user_id);
  const auto other = crypto::canonical_identifier(transfer.other.user_id);
  if (own && other && *own == *other) {
    return fail(Error::invalid("/transfer/TransferTech/UserID",
                               "this is the technician of this device; expected the other one"));
  }
  return terms;
}

Json transfer_object(const Transfer& transfer, const TransferFacts& facts) {
  Json items = Json::array();
  for (const Item& item : transfer.items) items.push_back(item_object(item));
  Json object = Json::object({{"FromStorageLocation", transfer.from}, {"Items", std::move(items)}});
  if (!transfer.flex_attrs.is_null()) object.set("FlexAttrs", transfer.flex_attrs);
  object.set("ToStorageLocation", transfer.to);
  object.set("TransferTech", Json::object({{"UserID", transfer.other.user_id},
                                           {"FirstName", transfer.other.first_name},
                                           {"LastName", transfer.other.last_name}}));
  if (!facts.transfer_type.empty()) object.set("TransferType", facts.transfer_type);
  if (facts.transfer_utc) object.set("TransferUTC", format_rfc3339_seconds(*facts.transfer_utc));
  if (!facts.user_id.empty()) object.set("UserID", facts.user_id);
  Json codes = Json::object();
  if (!facts.public_code.empty()) codes.set("PublicCode", facts.public_code);
  if (!facts.private_code.empty()) codes.set("PrivateCode", facts.private_code);
  if (!codes.members().empty()) object.set("ValidationCode", std::move(codes));
  return object;
}

Transfer transfer_from_object(Direction direction, const Json& object) {
  Transfer transfer;
  transfer.direction = direction;
  transfer.from = object.text_of("FromStorageLocation");
  transfer.to = object.text_of("ToStorageLocation");
  const Json* technician = object.find("TransferTech");
  const Json* items = object.find("Items");
  INVARIANT(technician != nullptr && items != nullptr);
  transfer.other = {technician->text_of("UserID"), technician->text_of("FirstName"),
                    technician->text_of("LastName")};
  for (const Json& item : items->items()) {
    const auto qty = crypto::Quantity::parse(item.text_of("Qty"));
    INVARIANT(qty.has_value());
    transfer.items.push_back(
        {item.text_of("ProdNum"), item.text_of("SerialNum"), item.text_of("BatchNum"), *qty});
  }
  if (const Json* flex = object.find("FlexAttrs")) transfer.flex_attrs = *flex;
  return transfer;
}

}  // namespace handover
