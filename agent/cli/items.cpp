#include "agent/cli/items.hpp"

#include <algorithm>

#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kDocumentBytesMax = std::size_t{1} << 20;
constexpr const char* kForm = "expected PROD[:QTY][@SERIAL][#BATCH]";

/// Cuts off what follows the first `mark`; nothing if there is no mark.
std::string_view cut(std::string_view& text, char mark, bool& found) {
  const auto place = text.find(mark);
  found = place != std::string_view::npos;
  if (!found) return {};
  const std::string_view after = text.substr(place + 1);
  text = text.substr(0, place);
  return after;
}

/// The place of the first of the marks: everything before it is the product number.
std::size_t end_of_product(std::string_view text) {
  return std::min(text.find_first_of(":@#"), text.size());
}

Result<std::string> read_input(std::istream& in) {
  std::string text;
  char c = 0;
  while (in.get(c)) {
    if (text.size() == kDocumentBytesMax)
      return fail(wrong_usage("standard input is larger than 1 MiB"));
    text += c;
  }
  return text;
}

}  // namespace

Result<TypedItem> parse_item(std::string_view text, ZeroQuantity zero) {
  TypedItem item;
  const auto end = end_of_product(text);
  item.prod = text.substr(0, end);
  std::string_view rest = text.substr(end);
  if (item.prod.empty())
    return fail(wrong_usage(std::string("an item has no product number; ") + kForm));
  bool has_batch = false;
  bool has_serial = false;
  bool has_qty = false;
  item.batch = cut(rest, '#', has_batch);
  item.serial = cut(rest, '@', has_serial);
  const std::string_view qty = cut(rest, ':', has_qty);
  if ((has_batch && item.batch.empty()) || (has_serial && item.serial.empty())) {
    return fail(wrong_usage(std::string("an item has an empty serial number or batch; ") + kForm));
  }
  if (!has_qty) return item;
  const auto parsed = zero == ZeroQuantity::kAllowed ? crypto::Quantity::parse_count(qty)
                                                     : crypto::Quantity::parse(qty);
  if (!parsed)
    return fail(wrong_usage("the quantity of an item: " + parsed.error().detail + "; " + kForm));
  item.qty = *parsed;
  return item;
}

Json item_json(const TypedItem& item, std::string_view quantity_name) {
  Json json = Json::object({{"ProdNum", item.prod}});
  json.set(quantity_name, Json::number(item.qty.to_string()));
  json.set("SerialNum", item.serial);
  json.set("BatchNum", item.batch);
  return json;
}

Result<Json> read_document(Session& session, const std::string& path) {
  auto text =
      path == "-" ? read_input(session.world().in) : posix::read_text_file(path, kDocumentBytesMax);
  if (!text) return fail(wrong_usage(text.error().detail));
  auto document = parse_json(*text);
  if (document) return document;
  const std::string name = path == "-" ? "standard input" : path;
  return fail(wrong_usage(name + " is not JSON: " + document.error().detail));
}

}  // namespace handover::cli
