#include "agent/backends/tangoe/item_collector.hpp"

#include "platform/assert.hpp"

namespace handover::backends::tangoe {
namespace {

std::string name_of(const InventoryItem& item) {
  const std::string& id = item.text_of("inventoryID");
  if (!id.empty()) return "id " + id;
  return "number " + item.text_of("serviceTypeID") + " " + item.text_of("inventoryNumber");
}

}  // namespace

ItemCollector::ItemCollector(unsigned page_records) : page_records_(page_records) {
  INVARIANT(page_records >= 2);
}

FindPage ItemCollector::next_page() const {
  FindPage page;
  page.records_max = page_records_;
  if (!items_.empty()) page.from_record = static_cast<unsigned>(items_.size());
  return page;
}

void ItemCollector::add(const FoundPage& page) {
  const std::size_t before = items_.size();
  for (const InventoryItem& item : page.items) {
    if (seen_.insert(name_of(item)).second) items_.push_back(item);
  }
  if (total_ && page.total && *total_ != *page.total) changed_ = true;
  if (page.total) total_ = page.total;
  const bool all_here = total_ && items_.size() >= *total_;
  done_ = all_here || items_.size() == before;
}

}  // namespace handover::backends::tangoe
