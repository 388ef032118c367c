#include "sim/world/ledger.hpp"

#include <charconv>

namespace handover::sim {
namespace {

constexpr std::string_view kTag = "deed-";

}  // namespace

std::string tag_of(std::size_t deed) { return std::string(kTag) + std::to_string(deed); }

std::optional<std::size_t> deed_in(std::string_view text) {
  if (!text.starts_with(kTag)) return std::nullopt;
  text.remove_prefix(kTag.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void learn(Deed& deed, const Json& shown) {
  deed.acknowledged = true;  // What the API shows is durable.
  deed.code_uncertain = false;
  deed.id = shown.text_of("id");
  deed.state = shown.text_of("state");
  const std::string& code = shown.text_of("public_code");
  if (deed.kind == DeedKind::kOffer && code != deed.code) deed.wrong_codes = 0;
  if (!code.empty()) deed.code = code;
  if (!code.empty() && deed.kind == DeedKind::kOffer) deed.codes.insert(code);
  const Json* object = shown.find("transfer");
  const Json* codes = object == nullptr ? nullptr : object->find("ValidationCode");
  if (deed.state == "completed" && codes != nullptr) {
    deed.accepted_code = codes->text_of("PrivateCode");
  }
}

}  // namespace handover::sim
