// Asks for the pages of a find so that nothing is lost or doubled, whether the server counts
// records from 0 or from 1: with 0 it is exact, with 1 each page overlaps the one before by an
// item.
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
  /// Returns the items of the page that no page before it had. Only their names are kept.
  [[nodiscard]] std::vector<InventoryItem> add(FoundPage page);
  /// True when everything is here, or a page brought nothing new.
  [[nodiscard]] bool done() const { return done_; }

  /// How many items there were, each counted once.
  [[nodiscard]] std::size_t count() const { return seen_.size(); }
  [[nodiscard]] std::optional<unsigned> total() const { return total_; }
  /// True if the match changed between the pages, so that the list may miss some: ask again.
  [[nodiscard]] bool changed_meanwhile() const { return changed_; }
  /// True if the pages ended before as many items were here as the server said there are.
  [[nodiscard]] bool incomplete() const { return total_ && count() < *total_; }

 private:
  unsigned page_records_;
  std::set<std::string> seen_;
  std::optional<unsigned> total_;
  bool done_ = false;
  bool changed_ = false;
};

}  // namespace handover::backends::tangoe
