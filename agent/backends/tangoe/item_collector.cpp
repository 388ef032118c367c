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
  if (!seen_.empty()) page.from_record = static_cast<unsigned>(seen_.size());
  return page;
}

std::vector<InventoryItem> ItemCollector::add(FoundPage page) {
  std::vector<InventoryItem> fresh;
  for (InventoryItem& item : page.items) {
    if (seen_.insert(name_of(item)).second) fresh.push_back(std::move(item));
  }
  if (total_ && page.total && *total_ != *page.total) changed_ = true;
  if (page.total) total_ = page.total;
  const bool all_here = total_ && count() >= *total_;
  done_ = all_here || fresh.empty();
  return fresh;
}

}  // namespace handover::backends::tangoe
