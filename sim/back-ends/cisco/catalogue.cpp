#include "sim/back-ends/cisco/catalogue.hpp"

#include <optional>

namespace handover::sim {
namespace {

std::optional<CatalogueKind> kind_of(std::string_view text) {
  if (text == "major") return CatalogueKind::kMajor;
  if (text == "minor") return CatalogueKind::kMinor;
  if (text == "included") return CatalogueKind::kIncluded;
  if (text == "service") return CatalogueKind::kService;
  return std::nullopt;
}

std::vector<std::string> texts_of(const Json& item, std::string_view name) {
  std::vector<std::string> texts;
  if (const Json* list = item.find(name)) {
    for (const Json& text : list->items()) texts.push_back(text.text());
  }
  return texts;
}

CatalogueItem product(CatalogueKind kind, std::set<std::string> services,
                      std::vector<std::string> includes = {}, std::set<std::string> options = {}) {
  CatalogueItem item;
  item.kind = kind;
  item.services = std::move(services);
  item.includes = std::move(includes);
  item.options = std::move(options);
  return item;
}

}  // namespace

Catalogue demo_catalogue() {
  using Kind = CatalogueKind;
  Catalogue catalogue;
  catalogue["C9800-40-K9"] = product(Kind::kMajor, {"CON-SNT-C98004K9", "CON-SNTP-C98004K9"}, {},
                                     {"C9800-AC-750W", "GLC-TE"});
  catalogue["C9800-AC-750W"] = product(Kind::kMinor, {"CON-SNT-C9800AC7"});
  catalogue["GLC-TE"] = product(Kind::kMinor, {});
  catalogue["C9300-24T"] =
      product(Kind::kMajor, {"CON-SNT-C930024T"}, {"C9300-DNA-E"}, {"C9800-AC-750W"});
  catalogue["C9300-DNA-E"] = product(Kind::kIncluded, {"CON-SSTCM-C9300DNA"});
  catalogue["C9300-DNA-E"].serialized = false;
  catalogue["WS-C3850-48U-S"] = product(Kind::kMajor, {"CON-SNT-WSC3854U"});
  catalogue["CISCO1801"] = product(Kind::kMajor, {"CON-SNT-1801"});
  catalogue["L-C9800-DTLS"] = product(Kind::kMajor, {"CON-SNT-LC9800DT"});
  catalogue["L-C9800-DTLS"].serialized = false;
  for (const char* sku :
       {"CON-SNT-C98004K9", "CON-SNTP-C98004K9", "CON-SNT-C9800AC7", "CON-SNT-C930024T",
        "CON-SSTCM-C9300DNA", "CON-SNT-WSC3854U", "CON-SNT-1801", "CON-SNT-LC9800DT"})
    catalogue[sku] = product(Kind::kService, {});
  return catalogue;
}

Result<Catalogue> parse_catalogue(const Json& json) {
  if (!json.is_object()) return fail(Error::invalid("", "expected an object of products"));
  Catalogue catalogue;
  for (const auto& [id, value] : json.members()) {
    const auto kind = kind_of(value.text_of("kind"));
    if (!kind) {
      return fail(Error::invalid("/" + escape_pointer(id) + "/kind",
                                 "expected major, minor, included or service"));
    }
    CatalogueItem item;
    item.kind = *kind;
    const Json* serialized = value.find("serialized");
    item.serialized = serialized == nullptr || serialized->boolean();
    item.includes = texts_of(value, "includes");
    for (auto& text : texts_of(value, "services")) item.services.insert(std::move(text));
    for (auto& text : texts_of(value, "options")) item.options.insert(std::move(text));
    catalogue[id] = std::move(item);
  }
  return catalogue;
}

std::string service_level(std::string_view sku) {
  constexpr std::string_view kPrefix = "CON-";
  if (!sku.starts_with(kPrefix)) return {};
  sku.remove_prefix(kPrefix.size());
  const auto dash = sku.find('-');
  return dash == sku.npos ? std::string() : std::string(sku.substr(0, dash));
}

}  // namespace handover::sim
