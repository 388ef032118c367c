// Gathers the pages of a find so that nothing is lost or doubled, whether the server counts records
// from 0 or from 1: with 0 it is exact, with 1 each page overlaps the one before by an item.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/backends/tangoe/messages.hpp"

namespace handover::backends::tangoe {

class ItemCollector {
 public:
  /// Requires: a page of at least two records, or a server that counts from 1 brings nothing new.
  explicit ItemCollector(unsigned page_records);

  [[nodiscard]] FindPage next_page() const;
  /// Takes a page's items.
  void add(const FoundPage& page);
  /// True when everything is here, or a page brought nothing new.
  [[nodiscard]] bool done() const { return done_; }

  [[nodiscard]] const std::vector<InventoryItem>& items() const { return items_; }
  [[nodiscard]] std::optional<unsigned> total() const { return total_; }
  /// True if the match changed between the pages, so that the list may miss some: ask again.
  [[nodiscard]] bool changed_meanwhile() const { return changed_; }
  /// True if the pages ended before as many items were here as the server said there are.
  [[nodiscard]] bool incomplete() const { return total_ && items_.size() < *total_; }

 private:
  unsigned page_records_;
  std::vector<InventoryItem> items_;
  std::set<std::string> seen_;
  std::optional<unsigned> total_;
  bool done_ = false;
  bool changed_ = false;
};

}  // namespace handover::backends::tangoe
