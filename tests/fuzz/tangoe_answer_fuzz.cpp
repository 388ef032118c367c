// Any bytes as Tangoe's answer: read without harm, and what was read of items is written and read
// again the same. The first byte chooses the status line, the second the operation.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/backends/answer.hpp"
#include "agent/backends/tangoe/item_collector.hpp"
#include "agent/backends/tangoe/messages.hpp"
#include "agent/backends/tangoe/tangoe_answer.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "platform/assert.hpp"

using namespace handover;
namespace tangoe = backends::tangoe;

namespace {

constexpr std::array<int, 8> kStatuses = {200, 500, 400, 404, 503, 302, 401, 202};
constexpr std::array<std::string_view, 8> kOperations = {
    "GetServiceTypeID",  "GetServiceTypes",   "GetInventoryItem", "AddInventoryItem",
    "EditInventoryItem", "FindInventoryItem", "GetInventoryLog",  "GetCustomFields"};
// A label, a status, a meaning of ours, and Tangoe's words.
constexpr std::size_t kWhyMax = 400 + backends::kWordsMax * 4;

void check_item(const tangoe::InventoryItem& item) {
  const auto envelope = tangoe::read_envelope(tangoe::edit_inventory_item_request(item));
  INVARIANT(envelope.has_value());
  const auto again = tangoe::read_written_item(tangoe::edit_inventory_item_request(item));
  INVARIANT(again.has_value() && again->item == item);
  INVARIANT(tangoe::shows(item, item) || item.find("newInventoryNumber") != nullptr ||
            item.custom_fields);
  static_cast<void>(tangoe::check(item, tangoe::Purpose::kEdit));
}

void check_payload(const xml::Element& payload) {
  static_cast<void>(tangoe::read_service_type_id(payload));
  static_cast<void>(tangoe::read_service_types(payload));
  static_cast<void>(tangoe::read_custom_fields(payload));
  static_cast<void>(tangoe::read_inventory_id(payload));
  static_cast<void>(tangoe::read_log_items(payload));
  if (const auto item = tangoe::read_inventory_item(payload)) check_item(*item);
  const tangoe::FoundPage page = tangoe::read_found_page(payload);
  for (const auto& item : page.items) check_item(item);
  tangoe::ItemCollector collector(50);
  INVARIANT(collector.add(page).size() == collector.count());
  INVARIANT(collector.add(page).empty());
  INVARIANT(collector.done());
  INVARIANT(collector.count() <= page.items.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  HttpResponse response(kStatuses[data[0] % kStatuses.size()]);
  const std::string_view operation = kOperations[data[1] % kOperations.size()];
  response.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto reading = tangoe::read_answer(response, operation, WallTime());
  INVARIANT(reading.why.size() <= kWhyMax);
  INVARIANT(reading.kind != tangoe::Reading::Kind::kDone || reading.payload.has_value());
  if (reading.payload) check_payload(*reading.payload);
  if (const auto root = xml::parse(response.body)) {
    const auto again = xml::parse(xml::to_text(*root));
    INVARIANT(again.has_value() && *again == *root);
  }
  return 0;
}
