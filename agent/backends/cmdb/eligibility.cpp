#include "agent/backends/cmdb/eligibility.hpp"

#include <algorithm>
#include <vector>

#include "agent/backends/unit_key.hpp"

namespace handover::backends {
namespace {

bool is_among(const std::string& value, const std::vector<std::string>& entries) {
  return !value.empty() && std::any_of(entries.begin(), entries.end(),
                                       [&](const auto& entry) { return fits(entry, value); });
}

std::string list_of(const std::vector<std::string>& entries) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + entries[i];
  return entries.size() > kMost ? text + ", …" : text;
}

/// Empty where the entries let `value` through.
std::string complaint(const char* what, const std::string& value,
                      const std::vector<std::string>& entries) {
  if (entries.empty() || is_among(value, entries)) return {};
  const std::string wanted = "; this lane takes: " + list_of(entries);
  if (value.empty()) return std::string("the record does not say its ") + what + wanted;
  return std::string("its ") + what + " is " + value + wanted;
}

}  // namespace

std::string reason_left_out(const AssetUpdate& update, const EventFilter& filter) {
  const std::string& customer_part = update.data.text_of("customer_part_number");
  if (!filter.customer_parts.empty() && !is_among(update.part, filter.customer_parts) &&
      !is_among(customer_part, filter.customer_parts)) {
    return "its part " + update.part + " is not among the customer's parts";
  }
  const auto& classification = update.classification;
  const std::string& stated = classification.text_of("serialized");
  struct Question {
    const char* what;
    std::string value;
    const std::vector<std::string>& entries;
  };
  const Question questions[] = {
      {"inventory organization", classification.text_of("inventory_organization"),
       filter.inventory_organizations},
      {"material designator", classification.text_of("material_designator"),
       filter.material_designators},
      {"structure (master or standalone)", classification.text_of("structure"), filter.structures},
      // What has a serial number is serialized, unless the warehouse says otherwise.
      {"classification as serialized", stated.empty() ? "yes" : stated, filter.serialized},
  };
  for (const Question& question : questions) {
    auto reason = complaint(question.what, question.value, question.entries);
    if (!reason.empty()) return reason;
  }
  return {};
}

}  // namespace handover::backends
