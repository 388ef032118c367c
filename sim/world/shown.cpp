#include "sim/world/shown.hpp"

#include <cctype>

#include "sim/back-ends/servicemobility/quantity.hpp"

namespace handover::sim {

const Json& member(const Json& object, std::string_view name) {
  static const Json kNothing;
  const Json* found = object.is_object() ? object.find(name) : nullptr;
  return found == nullptr ? kNothing : *found;
}

std::string fold(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string folded(text);
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

std::int64_t micros_of(const Json& item, std::string_view name) {
  return parse_quantity(item.text_of(name)).value_or(0);
}

const Json* inventory_object_of(const Json& record) {
  return member(record, "body").find(record.text_of("kind") == "usage" ? "usage" : "transfer");
}

std::string identity_of(const Json& inventory_object) {
  if (const Json* codes = inventory_object.find("ValidationCode")) {
    return "transfer " + inventory_object.text_of("UserID") + " " + codes->text_of("PublicCode") +
           " " + codes->text_of("PrivateCode") + " " +
           inventory_object.text_of("FromStorageLocation");
  }
  return "usage " + inventory_object.text_of("UserID") + " " +
         inventory_object.text_of("RefModule") + " " + inventory_object.text_of("RefObjID");
}

std::string purchase_order_of(const Json& record) {
  return member(member(record, "body"), "service_order").text_of("purchase_order");
}

}  // namespace handover::sim
