#include "agent/backends/tangoe/service_types.hpp"

#include "agent/backends/answer.hpp"
#include "agent/domain/json.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::size_t kNamesShown = 20;

/// The hash, a line feed, and the types as a JSON object of names and ids.
constexpr char kSeparator = '\n';

std::string_view types_in(const Secret& credential) {
  const std::string_view text = credential.reveal();
  const auto end = text.find(kSeparator);
  return end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
}

}  // namespace

Secret make_credential(const Secret& hash, const std::vector<ServiceType>& types) {
  Json ids = Json::object();
  for (const ServiceType& type : types) ids.set(type.description, Json(type.id));
  return Secret(std::string(hash.reveal()) + kSeparator + ids.dump());
}

Secret hash_in(const Secret& credential) {
  const std::string_view text = credential.reveal();
  return Secret(text.substr(0, text.find(kSeparator)));
}

Result<std::string> service_type_id(const Secret* credential, std::string_view name) {
  const auto ids = parse_json(credential == nullptr ? "" : types_in(*credential));
  if (!ids) return fail(Errc::kUnauthorized, "Tangoe's service types are not known before a login");
  if (const Json* id = ids->find(name); id != nullptr && !id->text().empty()) return id->text();
  std::string names;
  std::size_t shown = 0;
  for (const auto& [known, id] : ids->members()) {
    if (++shown > kNamesShown) break;
    names += (names.empty() ? "" : ", ") + plain_words(known);
  }
  return fail(Errc::kUnauthorized,
              "Tangoe has no service type \"" + std::string(name) + "\" (it has: " + names +
                  "); correct `service_type` and start the agent again, or add it in Tangoe: the "
                  "list is read again before the next try");
}

}  // namespace handover::backends::tangoe
