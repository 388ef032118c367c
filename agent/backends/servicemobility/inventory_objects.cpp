#include "agent/backends/servicemobility/inventory_objects.hpp"

#include <optional>
#include <string>
#include <utility>

#include "platform/time.hpp"

namespace handover::backends {
namespace {

/// Copies members of one object in the order of the calls. The first that is missing or of the
/// wrong kind is the error.
class Copy {
 public:
  Copy(const Json& from, std::string pointer) : from_(from), pointer_(std::move(pointer)) {}

  void text(std::string_view name) {
    const Json* member = from_.find(name);
    if (member == nullptr || !member->is_string() || member->text().empty()) {
      return miss(name, "expected a text that is not empty");
    }
    put(name, *member);
  }

  void text_or_empty(std::string_view name) {
    const Json* member = from_.find(name);
    put(name, Json(member != nullptr && member->is_string() ? member->text() : std::string()));
  }

  /// Written in the form that the documents print first.
  void time(std::string_view name) {
    const auto value = parse_rfc3339(from_.text_of(name));
    if (!value) return miss(name, "expected a UTC time");
    put(name, Json(format_rfc3339_seconds(*value)));
  }

  void quantity(std::string_view name) {
    const Json* member = from_.find(name);
    if (member == nullptr || !member->is_number()) return miss(name, "expected a number");
    put(name, *member);
  }

  void quantity_or_zero(std::string_view name) {
    if (from_.find(name) != nullptr) return quantity(name);
    put(name, Json(std::int64_t{0}));
  }

  void quantity_if_any(std::string_view name) {
    if (from_.find(name) != nullptr) quantity(name);
  }

  void text_if_any(std::string_view name) {
    if (from_.find(name) != nullptr) text_or_empty(name);
  }

  void object_if_any(std::string_view name) {
    const Json* member = from_.find(name);
    if (member != nullptr && member->is_object()) put(name, *member);
  }

  template <typename CopyOne>
  void object(std::string_view name, CopyOne copy_one) {
    const Json* member = from_.find(name);
    if (member == nullptr || !member->is_object()) return miss(name, "expected an object");
    take(name, copy_one(*member, pointer_ + "/" + std::string(name)));
  }

  template <typename CopyOne>
  void list(std::string_view name, CopyOne copy_one) {
    const Json* member = from_.find(name);
    if (member == nullptr || member->items().empty()) return miss(name, "expected at least one");
    Json all = Json::array();
    for (const Json& item : member->items()) {
      const std::string index = std::to_string(all.items().size());
      Result<Json> one = copy_one(item, pointer_ + "/" + std::string(name) + "/" + index);
      if (!one) return take(name, std::move(one));
      all.push_back(std::move(*one));
    }
    put(name, std::move(all));
  }

  template <typename CopyOne>
  void list_if_any(std::string_view name, CopyOne copy_one) {
    const Json* member = from_.find(name);
    if (member != nullptr && !member->items().empty()) list(name, copy_one);
  }

  void constant(std::string_view name, std::string_view value) { put(name, Json(value)); }

  [[nodiscard]] Result<Json> take_result() {
    if (error_) return fail(std::move(*error_));
    return std::move(to_);
  }

 private:
  void put(std::string_view name, Json value) { to_.set(name, std::move(value)); }

  void take(std::string_view name, Result<Json> value) {
    if (value) return put(name, std::move(*value));
    if (!error_) error_ = std::move(value).error();
  }

  void miss(std::string_view name, std::string what) {
    if (!error_) error_ = Error::invalid(pointer_ + "/" + std::string(name), std::move(what));
  }

  const Json& from_;
  std::string pointer_;
  Json to_ = Json::object();
  std::optional<Error> error_;
};

Result<Json> copy_transfer_item(const Json& item, std::string pointer) {
  Copy copy(item, std::move(pointer));
  copy.text_or_empty("BatchNum");
  copy.text("ProdNum");
  copy.quantity("Qty");
  copy.text_or_empty("SerialNum");
  return copy.take_result();
}

Result<Json> copy_technician(const Json& technician, std::string pointer) {
  Copy copy(technician, std::move(pointer));
  copy.text("UserID");
  copy.text_or_empty("FirstName");
  copy.text_or_empty("LastName");
  return copy.take_result();
}

Result<Json> copy_validation_code(const Json& code, std::string pointer) {
  Copy copy(code, std::move(pointer));
  copy.text("PublicCode");
  copy.text("PrivateCode");
  return copy.take_result();
}

Result<Json> copy_reason(const Json& reason, std::string pointer) {
  Copy copy(reason, std::move(pointer));
  copy.text_if_any("Desc");
  copy.quantity_if_any("InQty");
  copy.quantity_if_any("InventoryQty");
  copy.quantity_if_any("OutQty");
  copy.quantity_if_any("Qty");
  copy.text_if_any("ReasonCode");
  return copy.take_result();
}

Result<Json> copy_usage_item(const Json& item, std::string pointer) {
  Copy copy(item, std::move(pointer));
  copy.text_or_empty("BatchNum");
  copy.list_if_any("DispositionReasons", copy_reason);
  copy.quantity_or_zero("InQty");
  copy.quantity_if_any("InventoryDamagedQty");
  copy.quantity_if_any("InventoryQty");
  copy.quantity_or_zero("OutQty");
  copy.text("ProdNum");
  copy.quantity_if_any("ReportedDamagedQty");
  copy.text_or_empty("SerialNum");
  return copy.take_result();
}

Result<Json> copy_storage_location(const Json& location, std::string pointer) {
  Copy copy(location, std::move(pointer));
  copy.text("StorageLocationID");
  copy.list("Items", copy_usage_item);
  return copy.take_result();
}

Result<const Json*> object_in(const Json& body, std::string_view name) {
  const Json* object = body.find(name);
  if (object != nullptr && object->is_object()) return object;
  return fail(Error::invalid("/" + std::string(name), "expected an object"));
}

}  // namespace

Result<Json> make_inventory_transfer(const Json& body, std::string_view transfer_type) {
  TRY_ASSIGN(const Json* transfer, object_in(body, "transfer"));
  Copy copy(*transfer, "/transfer");
  copy.text("FromStorageLocation");
  copy.list("Items", copy_transfer_item);
  copy.object_if_any("FlexAttrs");
  copy.text("ToStorageLocation");
  copy.object("TransferTech", copy_technician);
  copy.constant("TransferType", transfer_type);
  copy.time("TransferUTC");
  copy.text("UserID");
  copy.object("ValidationCode", copy_validation_code);
  return copy.take_result();
}

Json with_evidence(Json body) {
  const Json* evidence = body.find("evidence");
  const Json* found = body.find("transfer");
  if (evidence == nullptr || found == nullptr) return body;
  Json transfer = *found;
  const Json* given = transfer.find("FlexAttrs");
  Json flex = given != nullptr ? *given : Json::object();
  const Json* form = flex.find("HANDOVER");
  Json attributes = form != nullptr ? *form : Json::object();
  attributes.set("OFFER", Json::array({evidence->text_of("offer")}));
  attributes.set("RECEIPT", Json::array({evidence->text_of("receipt")}));
  flex.set("HANDOVER", std::move(attributes));
  transfer.set("FlexAttrs", std::move(flex));
  body.set("transfer", std::move(transfer));
  return body;
}

Result<Json> make_inventory_usage(const Json& body) {
  TRY_ASSIGN(const Json* usage, object_in(body, "usage"));
  Copy copy(*usage, "/usage");
  copy.text("UserID");
  copy.time("ModifiedUTC");
  copy.text("RefModule");
  copy.text_or_empty("RefObjID");
  copy.list("StorageLocations", copy_storage_location);
  return copy.take_result();
}

}  // namespace handover::backends
