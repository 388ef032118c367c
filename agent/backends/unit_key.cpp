#include "agent/backends/unit_key.hpp"

#include "crypto/identifier.hpp"

namespace handover::backends {

std::string unit_key(std::string_view serial) { return "unit:" + folded(serial); }

std::string folded(std::string_view typed) {
  auto canonical = crypto::canonical_identifier(typed);
  return canonical ? std::move(*canonical) : std::string(typed);
}

bool fits(const std::string& entry, const std::string& typed) {
  if (!entry.ends_with('*')) return folded(entry) == folded(typed);
  const std::string start = folded(entry.substr(0, entry.size() - 1));
  return entry == "*" || folded(typed).starts_with(start);
}

bool is_no_tag(std::string_view asset_tag) {
  const std::string words = folded(asset_tag);
  return words == "no asset tag" || words == "no asset tagged";
}

std::string free_name(const std::string& name, std::set<std::string>& taken) {
  std::string free = name;
  for (int number = 2; !taken.insert(free).second; ++number)
    free = name + " (" + std::to_string(number) + ")";
  return free;
}

}  // namespace handover::backends
