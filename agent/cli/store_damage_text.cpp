#include "agent/cli/store_damage_text.hpp"

#include <algorithm>
#include <vector>

#include "agent/cli/format.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kPagesNamed = 10;

/// Tables that serve one end, and what goes wrong without them.
struct Part {
  std::string_view what;
  std::string_view then;
  std::vector<std::string_view> tables;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> kParts = {
      {"records",
       "those on a damaged page cannot be read or sent; the others can. New ones may be refused",
       {"records", "damaged_records"}},
      {"deliveries",
       "a lane that meets a damaged page pauses and says so, or the agent does not start. Nothing "
       "is sent twice because of it",
       {"deliveries", "frozen_requests", "order_keys", "lanes", "lane_notes", "holds"}},
      {"transfers and used codes",
       "what concerns a damaged page is refused; recorded halves are records, and not touched",
       {"transfers", "used_nonces", "accepted_codes", "wrong_codes"}},
      {"stock",
       "transfers and usages of those items are refused; records and deliveries are not touched",
       {"stock"}},
      {"answers kept for repeated calls",
       "new calls may be refused; records and deliveries are not touched",
       {"api_calls"}},
      {"service orders",
       "drafts on a damaged page are lost; submitted orders are records, and not touched",
       {"service_orders"}},
      {"what was taken in",
       "this site agent cannot tell what it has taken in before, and may refuse all that comes",
       {"intake_names", "intake_counts", "intake_cursors", "intake_set_aside"}},
      {"keys of imported asset events", "imports are refused", {"record_keys"}},
  };
  return kParts;
}

bool is_damaged(const storage::PageFindings& found, const Part& part) {
  return std::any_of(part.tables.begin(), part.tables.end(), [&](std::string_view table) {
    return std::find(found.damaged_tables.begin(), found.damaged_tables.end(), table) !=
           found.damaged_tables.end();
  });
}

std::string pages_text(const storage::PageFindings& found) {
  const auto& pages = found.damaged_pages;
  if (pages.empty()) return "no single page is damaged, but they do not fit together";
  std::string text = pages.size() == 1 ? "page " : "pages ";
  for (std::size_t i = 0; i < std::min(pages.size(), kPagesNamed); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(pages[i]);
  if (pages.size() > kPagesNamed)
    text += " and " + std::to_string(pages.size() - kPagesNamed) + " more";
  return text + " of " + std::to_string(found.pages) + (pages.size() == 1 ? " is" : " are") +
         " damaged";
}

std::string line(std::string_view what, std::string_view then) {
  return wrap(std::string(what) + ": " + std::string(then), "  ");
}

std::string concerned_text(const storage::PageFindings& found) {
  if (!found.first_page)
    return line("the first page", "without it nothing can be read; the key is the right one");
  if (!found.contents) return line("the list of tables", "without it nothing can be read");
  std::string text;
  for (const Part& part : parts()) {
    if (is_damaged(found, part)) text += line(part.what, part.then);
  }
  if (!found.free_list)
    text += line("the list of free pages",
                 "all that is in the store can be read, but nothing new may fit in");
  return text;
}

std::string step(int number, const std::string& what) {
  return wrap(std::to_string(number) + ". " + what, "  ");
}

std::string steps_text(const storage::PageFindings& found, const std::string& store_path) {
  std::string text =
      step(1, "Copy " + store_path + " and, if it is there, " + store_path +
                  "-wal to another disk. This one has lost data: do not trust it any more.");
  if (!found.first_page || !found.contents) {
    return text + step(2,
                       "Nothing can be taken out of it here. What was delivered is at the "
                       "back-ends; make a new device (handover init, another folder) and record "
                       "again what is missing there.");
  }
  return text +
         step(2,
              "Start the agent. If it starts, run: handover sync --wait. What it can read reaches "
              "the back-ends.") +
         step(3,
              "Stop it and run: handover rescue FILE. That writes down each record, which "
              "back-ends have it, and what to do with it.") +
         step(4,
              "Make a new device (handover init, another folder), and record there what no "
              "back-end has. More: docs/operating.md, When the store is damaged.");
}

}  // namespace

std::string store_damage_text(const storage::PageFindings& found, const std::string& store_path) {
  if (!found.hurts() && found.has_log) {
    return pages_text(found) +
           ", and nothing is lost: the log beside the store has all that is needed\n" +
           wrap(
               "Most likely the power went while the agent wrote them. Start the agent, which "
               "writes them anew; stop it, and run this again.",
               "  ");
  }
  if (!found.hurts()) {
    return pages_text(found) + ", and hold nothing that is needed: nothing is lost\n" +
           wrap(
               "This disk has lost data. Start the agent, run: handover sync --wait, and replace "
               "the disk.",
               "  ");
  }
  return pages_text(found) + "\n" + concerned_text(found) + steps_text(found, store_path);
}

}  // namespace handover::cli
