#include "agent/cli/tangoe_found.hpp"

#include "agent/backends/tangoe/item_json.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/tangoe_text.hpp"

namespace handover::cli {

namespace tangoe = backends::tangoe;

void FoundItems::say(std::vector<tangoe::InventoryItem> page) {
  if (most_ != 0 && page.size() > most_ - said_) page.resize(most_ - said_);
  if (begun_ && page.empty()) return;
  if (session_.json()) {
    if (!begun_) session_.world().out << "{\"items\":[";
    for (std::size_t i = 0; i < page.size(); ++i)
      session_.world().out << (said_ + i == 0 ? "" : ",") << tangoe::to_json(page[i]).dump();
  } else {
    if (begun_) session_.out() << "\n";
    items_table(page).print(session_.out());
    session_.out() << std::flush;
  }
  begun_ = true;
  said_ += page.size();
}

void FoundItems::end(const tangoe::ItemCollector& collector) {
  const bool gaps = collector.changed_meanwhile() || (collector.done() && collector.incomplete());
  // More than were wanted may have come with the last page.
  end_document(collector, collector.done() && !gaps && said_ == collector.count(), nullptr);
  session_.hints() << said_ << " of "
                   << (collector.total() ? std::to_string(*collector.total()) : "?") << "\n";
  if (gaps) {
    session_.hints() << "The list changed while it was read, so some may be missing; ask again.\n";
  }
}

ExitCode FoundItems::break_off(const tangoe::ItemCollector& collector, const Error& error) {
  end_document(collector, false, &error);
  session_.world().messages << "handover: broken off after " << said_
                            << " items: " << printable(error.detail) << "\n";
  return exit_code_of(error);
}

void FoundItems::end_document(const tangoe::ItemCollector& collector, bool complete,
                              const Error* error) {
  if (!session_.json()) return;
  std::ostream& out = session_.world().out;
  out << "]";
  if (collector.total()) out << ",\"total\":" << *collector.total();
  out << ",\"complete\":" << (complete ? "true" : "false");
  if (error != nullptr) out << ",\"problem\":" << session_.problem_for(*error).dump();
  out << "}\n" << std::flush;
}

}  // namespace handover::cli
