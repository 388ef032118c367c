#include "agent/cli/lane_text.hpp"

#include <charconv>
#include <sstream>

#include "agent/cli/format.hpp"
#include "agent/cli/intake_text.hpp"

namespace handover::cli {
namespace {

const Json kNothing;

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr ? *found : kNothing;
}

std::int64_t number_of(const Json& object, std::string_view name) {
  const std::string& text = object.text_of(name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string word(const Json& object, std::string_view name) {
  return printable(object.text_of(name));
}

}  // namespace

const std::vector<Json>& lanes_of(const Json& status) { return member(status, "lanes").items(); }

LaneTotals totals_of(const Json& lane) {
  return {number_of(lane, "pending") + number_of(lane, "unknown"), number_of(lane, "quarantined"),
          number_of(lane, "needs_person")};
}

std::string lane_counts_text(const Json& lane) {
  const LaneTotals totals = totals_of(lane);
  return counted(totals.waiting, "waits", "wait") + ", " + std::to_string(totals.quarantined) +
         " quarantined";
}

std::string lane_advice_text(const Json& lane) {
  const std::string name = word(lane, "name");
  std::string text;
  if (lane.text_of("state") == "stopped") {
    text += wrap("stopped: " + word(lane, "last_error"), "  ");
    text += wrap(
        "Correct the password, URL or environment of lane " + name + ", then run: handover sync",
        "  ");
  } else if (lane.text_of("state") == "paused" || totals_of(lane).waiting > 0) {
    if (!lane.text_of("last_error").empty())
      text += wrap("last error: " + word(lane, "last_error"), "  ");
  }
  if (const auto waiting = totals_of(lane).needs_person; waiting > 0) {
    text += wrap(counted(waiting, "delivery waits", "deliveries wait") +
                     " for a person: " + word(lane, "needs_person_why"),
                 "  ");
    text += "    handover records --lane " + name + " --state pending\n";
  }
  if (totals_of(lane).quarantined > 0) {
    text += "  refused for good; a person decides:\n    handover records --lane " + name +
            " --state quarantined\n";
  }
  return text;
}

std::string status_text(const Json& status, WallTime now) {
  const Json& device = member(status, "device");
  const Json& store = member(status, "store");
  std::ostringstream text;
  text << "Device  " << word(device, "id") << ", " << word(device, "user_id") << " at "
       << word(device, "storage_location") << ", handover " << word(status, "version") << "\n";
  text << "Store   " << word(store, "records") << " records";
  if (number_of(store, "damaged") > 0)
    text << ", " << word(store, "damaged") << " DAMAGED (see: handover doctor)";
  text << "\n\n" << intake_text(status, now);
  if (lanes_of(status).empty()) {
    text << "No lanes: nothing leaves this device. Add [[lanes]] to its configuration.\n";
    return text.str();
  }
  Table table({{"LANE", Table::Align::kLeft, 20},
               {"STATE"},
               {"PENDING", Table::Align::kRight},
               {"UNKNOWN", Table::Align::kRight},
               {"QUARANTINED", Table::Align::kRight},
               {"OLDEST"},
               {"NEXT TRY"}});
  for (const Json& lane : lanes_of(status)) {
    table.add({lane.text_of("name"), lane.text_of("state"), lane.text_of("pending"),
               lane.text_of("unknown"), lane.text_of("quarantined"),
               relative_time(lane.find("oldest_pending"), now),
               relative_time(lane.find("next_try_at"), now)});
  }
  table.print(text);
  for (const Json& lane : lanes_of(status)) {
    const std::string advice = lane_advice_text(lane);
    if (!advice.empty()) text << word(lane, "name") << "\n" << advice;
    if (number_of(lane, "not_wanted") == 0) continue;
    text << word(lane, "name") << ": " << word(lane, "not_wanted")
         << " left out by its settings: handover records --lane " << word(lane, "name")
         << " --state not_wanted\n";
  }
  return text.str();
}

}  // namespace handover::cli
