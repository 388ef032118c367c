#include "agent/cli/intake_text.hpp"

#include <sstream>

#include "agent/cli/format.hpp"

namespace handover::cli {
namespace {

const Json kNothing;

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr ? *found : kNothing;
}

std::string word(const Json& object, std::string_view name) {
  return printable(object.text_of(name));
}

bool has_some(const Json& object, std::string_view name) {
  const std::string& digits = object.text_of(name);
  return !digits.empty() && digits != "0";
}

void write_webhook(std::ostream& text, const Json& webhook) {
  if (webhook.is_null()) return;
  text << "  webhook at " << word(webhook, "listens_at");
  const bool checks = member(webhook, "checks_tokens").boolean();
  text << (checks ? "" : ", tokens NOT checked") << "; refused since the start: ";
  std::string reasons;
  for (const auto& [name, count] : member(webhook, "refused").members()) {
    if (count.text() != "0")
      reasons += (reasons.empty() ? "" : ", ") + printable(count.text()) + " " + printable(name);
  }
  text << (reasons.empty() ? "none" : reasons) << "\n";
}

}  // namespace

std::string intake_advice_text(const Json& status) {
  const Json& intake = member(status, "intake");
  std::string text;
  if (has_some(intake, "set_aside")) {
    text += wrap(word(intake, "set_aside") +
                     " rows wait for a person (handover intake set-aside says why): correct the "
                     "setting and start the agent again, or discard them.",
                 "  ");
  }
  if (has_some(intake, "payloads_conflicting")) {
    text += wrap(word(intake, "payloads_conflicting") +
                     " payloads came again under an id that had another body the first time; the "
                     "first one counts. Ask who sends them.",
                 "  ");
  }
  const Json& webhook = member(intake, "webhook");
  if (!webhook.text_of("last_refusal").empty())
    text += wrap("last call refused: " + word(webhook, "last_refusal"), "  ");
  for (const Json& one : member(intake, "exports").items()) {
    if (one.text_of("last_error").empty()) continue;
    text += wrap("export " + word(one, "type") + ": " + word(one, "last_error"), "  ");
  }
  return text;
}

std::string intake_text(const Json& status, WallTime now) {
  const Json& intake = member(status, "intake");
  if (!intake.is_object()) return {};
  std::ostringstream text;
  text << "Intake  " << word(intake, "records") << " records of " << word(intake, "rows")
       << " rows (" << word(intake, "rows_repeated") << " were here already), "
       << word(intake, "payloads") << " payloads and " << word(intake, "payloads_repeated")
       << " repeats, last " << relative_time(intake.find("last_payload_at"), now) << "\n";
  if (has_some(intake, "without_lane"))
    text << "  " << word(intake, "without_lane") << " records are for no configured lane\n";
  write_webhook(text, member(intake, "webhook"));
  for (const Json& one : member(intake, "exports").items()) {
    text << "  export " << word(one, "type") << " read to rowver " << word(one, "rowver")
         << ", last " << relative_time(one.find("read_at"), now) << ", next "
         << relative_time(one.find("next_try_at"), now) << "\n";
  }
  text << intake_advice_text(status) << "\n";
  return text.str();
}

}  // namespace handover::cli
