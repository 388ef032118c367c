// What `handover tangoe find` says, page by page, so that a list of any length needs the memory of
// one page.
#pragma once

#include <string>
#include <vector>

#include "agent/backends/tangoe/item_collector.hpp"
#include "agent/cli/session.hpp"

namespace handover::cli {

class FoundItems {
 public:
  /// `most`: no more items than these are said; 0: all. Lifetime: `session` outlives this.
  FoundItems(Session& session, std::size_t most) : session_(session), most_(most) {}

  void say(std::vector<backends::tangoe::InventoryItem> page);
  [[nodiscard]] std::size_t said() const { return said_; }
  [[nodiscard]] bool is_enough() const { return most_ != 0 && said_ >= most_; }

  /// After the last page. Ends the one JSON document.
  void end(const backends::tangoe::ItemCollector& collector);
  /// The next page did not come, though some were said. Ends the document with the problem.
  [[nodiscard]] ExitCode break_off(const backends::tangoe::ItemCollector& collector,
                                   const Error& error);

 private:
  void end_document(const backends::tangoe::ItemCollector& collector, bool complete,
                    const Error* error);

  Session& session_;
  std::size_t most_;
  std::size_t said_ = 0;
  bool begun_ = false;
};

}  // namespace handover::cli
