#include "agent/intake/row_reader.hpp"

#include <algorithm>

#include "agent/domain/field_reader.hpp"
#include "agent/domain/transfer.hpp"
#include "agent/domain/usage.hpp"
#include "crypto/identifier.hpp"
#include "crypto/quantity.hpp"
#include "crypto/sha256.hpp"

namespace handover::intake {
namespace {

using crypto::Quantity;

constexpr std::size_t kLocationsMax = 1000;
// All lines of one row: each may become two deliveries, in and out, on each of sixteen lanes, and a
// record has storage::kDeliveriesPerRecord of them.
constexpr std::size_t kRowLinesMax = 2000;

/// A decimal as our records write it. ServiceMobility writes as many zeros behind the point as it
/// likes; the sign is allowed where a count may have gone below zero.
std::optional<std::string> plain_decimal(const Json& value, bool may_be_negative) {
  if (!value.is_number() && !value.is_string()) return std::nullopt;
  std::string_view digits = value.text();
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  if (digits.find('.') != digits.npos) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    if (digits.ends_with('.')) digits.remove_suffix(1);
  }
  const auto quantity = Quantity::parse_count(digits);
  if (!quantity || (negative && !quantity->is_zero() && !may_be_negative)) return std::nullopt;
  return (negative ? -*quantity : *quantity).to_string();
}

/// Copies one object, known members in our form and order, the others behind them as they came.
class Copy {
 public:
  Copy(const Json& from, std::string pointer, Complaints& complaints)
      : from_(from.is_object() ? from : empty()),
        reader_(from, pointer, complaints),
        complaints_(complaints) {}

  /// A text; a number is taken as its digits, an absent one is empty.
  std::string text(std::string_view name, bool required = false) {
    const Json* value = from_.find(name);
    std::string read;
    if (value != nullptr && value->is_number()) {
      read = value->text();
    } else {
      read = required ? reader_.required_text(name) : reader_.optional_text(name);
    }
    to_.set(name, read);
    return read;
  }

  /// The same, as an identifier of at most so many characters.
  std::string identifier(std::string_view name, bool required,
                         std::size_t most = crypto::kIdentifierCharactersMax) {
    std::string read = text(name, required);
    const auto canonical = crypto::canonical_optional_identifier(read, most);
    if (!canonical) complaints_.add(canonical.error(), reader_.pointer_to(name));
    return read;
  }

  enum class Number { kMovement, kCount, kRequired };
  void number(std::string_view name, Number kind) {
    const Json* value = from_.find(name);
    handled_.push_back(name);
    if (value == nullptr || value->is_null()) {
      if (kind == Number::kRequired) reader_.complain(name, "missing; expected a decimal number");
      return;
    }
    const auto digits = plain_decimal(*value, kind == Number::kCount);
    if (!digits) return reader_.complain(name, "expected a decimal number of at most six decimals");
    // Zero is how ServiceMobility writes "none".
    if (*digits == "0" && kind == Number::kMovement) return;
    if (*digits == "0" && kind == Number::kRequired)
      return reader_.complain(name, "expected a number above 0");
    to_.set(name, Json::number(*digits));
  }

  void time(std::string_view name, std::optional<WallTime>& read) {
    const std::string written = text(name);
    const auto parsed = parse_rfc3339(written);
    if (!parsed) return;
    read = *parsed;
    const bool whole = parsed->time_since_epoch().count() % 1000 == 0;
    to_.set(name, whole ? format_rfc3339_seconds(*parsed) : format_rfc3339(*parsed));
  }

  void as_it_is(std::string_view name) {
    const Json* value = from_.find(name);
    handled_.push_back(name);
    if (value != nullptr && !value->is_null()) to_.set(name, *value);
  }

  void set(std::string_view name, Json value) { to_.set(name, std::move(value)); }
  const std::vector<Json>& list(std::string_view name, std::size_t most) {
    return reader_.list(name, most);
  }
  [[nodiscard]] std::string pointer_to(std::string_view name) const {
    return reader_.pointer_to(name);
  }

  Json take() {
    for (const auto& [name, value] : from_.members()) {
      const bool handled = to_.find(name) != nullptr ||
                           std::find(handled_.begin(), handled_.end(), name) != handled_.end();
      if (!handled) to_.set(name, value);
    }
    return std::move(to_);
  }

 private:
  static const Json& empty() {
    static const Json kEmpty = Json::object();
    return kEmpty;
  }

  const Json& from_;
  FieldReader reader_;
  Complaints& complaints_;
  Json to_ = Json::object();
  std::vector<std::string_view> handled_;
};

using Number = Copy::Number;

Json read_usage_item(const Json& item, const std::string& pointer, Complaints& complaints) {
  Copy copy(item, pointer, complaints);
  (void)copy.identifier("BatchNum", false);
  copy.as_it_is("DispositionReasons");
  copy.number("InQty", Number::kMovement);
  copy.number("InventoryQty", Number::kCount);
  copy.number("OutQty", Number::kMovement);
  (void)copy.identifier("ProdNum", true);
  copy.number("ReportedDamagedQty", Number::kCount);
  (void)copy.identifier("SerialNum", false, crypto::kSerialCharactersMax);
  return copy.take();
}

Json read_transfer_item(const Json& item, const std::string& pointer, Complaints& complaints) {
  Copy copy(item, pointer, complaints);
  (void)copy.identifier("BatchNum", false);
  (void)copy.identifier("ProdNum", true);
  copy.number("Qty", Number::kRequired);
  (void)copy.identifier("SerialNum", false, crypto::kSerialCharactersMax);
  return copy.take();
}

Json read_items(Copy& copy, Json (*read)(const Json&, const std::string&, Complaints&),
                Complaints& complaints) {
  Json items = Json::array();
  std::size_t place = 0;
  for (const Json& item : copy.list("Items", kRowLinesMax)) {
    items.push_back(
        read(item, copy.pointer_to("Items") + "/" + std::to_string(place++), complaints));
  }
  return items;
}

void add_serials(Fact& fact, const Json& items) {
  for (const Json& item : items.items()) {
    const std::string& serial = item.text_of("SerialNum");
    if (!serial.empty()) fact.serials.push_back(serial);
  }
}

/// A name for what both halves of a transfer and their usages share. Not the codes themselves.
std::string transfer_id_of(std::string_view one_string_code) {
  constexpr std::size_t kBytes = 16;
  const auto digest = crypto::sha256({"servicemobility transfer\n", one_string_code});
  return "servicemobility-" + crypto::to_hex(std::span(digest).first(kBytes));
}

Result<Fact> read_usage(const Json& object) {
  Complaints complaints;
  Fact fact;
  fact.kind = RecordKind::kUsage;
  Copy usage(object, "", complaints);
  fact.user_id = usage.text("UserID");
  usage.time("ModifiedUTC", fact.happened_at);
  const std::string module = usage.text("RefModule", true);
  const std::string reference = usage.text("RefObjID");
  Json locations = Json::array();
  std::size_t lines = 0;
  std::size_t place = 0;
  for (const Json& from : usage.list("StorageLocations", kLocationsMax)) {
    const std::string pointer =
        usage.pointer_to("StorageLocations") + "/" + std::to_string(place++);
    Copy location(from, pointer, complaints);
    (void)location.identifier("StorageLocationID", true);
    Json items = read_items(location, &read_usage_item, complaints);
    lines += items.items().size();
    if (module != kTransferModule) add_serials(fact, items);
    location.set("Items", std::move(items));
    locations.push_back(location.take());
  }
  usage.set("StorageLocations", std::move(locations));
  if (lines > kRowLinesMax)
    complaints.add("/StorageLocations",
                   "more than " + std::to_string(kRowLinesMax) + " lines in all");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  fact.body = Json::object({{"usage", usage.take()}});
  if (module == kTransferModule) fact.body.set("transfer_id", transfer_id_of(reference));
  return fact;
}

Result<bool> is_outbound(const std::string& transfer_type, const RowSettings& settings) {
  if (transfer_type == settings.transfer_type_outbound) return true;
  if (transfer_type == settings.transfer_type_inbound) return false;
  return fail(Errc::kConfig,
              "/TransferType: neither the outbound nor the inbound code of [webhook] "
              "transfer_types; set them to the tenant's codes and start the agent again");
}

Result<Fact> read_transfer(const Json& object, const RowSettings& settings) {
  Complaints complaints;
  Fact fact;
  fact.kind = RecordKind::kTransfer;
  Copy transfer(object, "", complaints);
  (void)transfer.identifier("FromStorageLocation", true);
  Json items = read_items(transfer, &read_transfer_item, complaints);
  add_serials(fact, items);
  transfer.set("Items", std::move(items));
  transfer.as_it_is("FlexAttrs");
  (void)transfer.identifier("ToStorageLocation", true);
  transfer.as_it_is("TransferTech");
  const std::string type = transfer.text("TransferType", true);
  transfer.time("TransferUTC", fact.happened_at);
  fact.user_id = transfer.text("UserID");
  transfer.as_it_is("ValidationCode");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  TRY_ASSIGN(fact.outbound, is_outbound(type, settings));
  fact.body = Json::object({{"direction", fact.outbound ? "outbound" : "inbound"}});
  const Json* codes = object.find("ValidationCode");
  const std::string given = codes != nullptr ? codes->text_of("PublicCode") : "";
  const std::string expected = codes != nullptr ? codes->text_of("PrivateCode") : "";
  if (!given.empty() && !expected.empty()) {
    // The sender's code first, as in the usage's RefObjID.
    fact.transfer_id =
        transfer_id_of(fact.outbound ? given + "-" + expected : expected + "-" + given);
    fact.body.set("transfer_id", fact.transfer_id);
  }
  fact.body.set("transfer", transfer.take());
  return fact;
}

}  // namespace

Result<Fact> read_row(RowType type, const Json& object, const RowSettings& settings) {
  switch (type) {
    case RowType::kInventoryUsage:
      return read_usage(object);
    case RowType::kInventoryTransfer:
      return read_transfer(object, settings);
    case RowType::kLoadInventory:
    case RowType::kPhysicalInventoryRequest:
      break;
  }
  Fact fact;
  fact.kind = RecordKind::kNotice;
  fact.body = Json::object();
  Json notice = Json::object({{"type", to_string(type)}});
  notice.set("object", object);
  fact.body.set("notice", std::move(notice));
  if (const auto modified = parse_rfc3339(object.text_of("ModifiedUTC")))
    fact.happened_at = *modified;
  return fact;
}

}  // namespace handover::intake
