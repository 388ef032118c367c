#include "sim/back-ends/cisco/best_guess.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>

namespace handover::sim {
namespace {

constexpr std::size_t kPrefixMin = 4;

std::string plain(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) kept += static_cast<char>(std::toupper(byte));
  }
  return kept;
}

int rank_of(CatalogueKind kind) {
  if (kind == CatalogueKind::kMajor) return 0;
  return kind == CatalogueKind::kMinor ? 1 : 2;
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Candidate {
  const OrderNode* product = nullptr;
  bool by_name = false;  // After those that the catalogue knows.
  std::size_t prefix = 0;
  bool other_quantity = false;
  int kind = 0;
  std::int64_t distance = 0;  // Lines above come before lines below.

  [[nodiscard]] auto strength() const {
    return std::tuple(by_name, -static_cast<std::int64_t>(prefix), other_quantity, kind);
  }
};

Candidate candidate(const OrderNode& service, const OrderNode& product, bool in_catalogue) {
  Candidate found;
  found.product = &product;
  found.by_name = !in_catalogue;
  found.prefix = name_match(service.product, product.product);
  found.other_quantity = product.quantity != service.quantity;
  found.kind = product.included ? rank_of(CatalogueKind::kIncluded) : rank_of(product.kind);
  const std::int64_t distance = number_of(service.line_number) - number_of(product.line_number);
  constexpr std::int64_t kBelow = 1'000'000'000;
  found.distance = distance >= 0 ? distance : kBelow - distance;
  return found;
}

bool has_level(const OrderNode& product, const std::string& level,
               const std::vector<const OrderNode*>& linked) {
  return std::any_of(linked.begin(), linked.end(), [&](const OrderNode* service) {
    return service->covers == &product && service_level(service->product) == level;
  });
}

}  // namespace

std::size_t name_match(std::string_view sku, std::string_view product) {
  const auto dash = sku.rfind('-');
  if (service_level(sku).empty() || dash == sku.npos) return 0;
  const std::string last = plain(sku.substr(dash + 1));
  const std::string name = plain(product);
  if (last == name) return last.size();
  return last.size() >= kPrefixMin && name.starts_with(last) ? last.size() : 0;
}

const OrderNode* best_guess(const OrderNode& service, const std::vector<const OrderNode*>& products,
                            const std::vector<const OrderNode*>& linked,
                            const Catalogue& catalogue) {
  std::vector<Candidate> candidates;
  for (const OrderNode* product : products) {
    const auto known = catalogue.find(product->product);
    const bool in_catalogue =
        known != catalogue.end() && known->second.services.contains(service.product);
    // The catalogue's word counts where it has one; the name only where it has none.
    if (!in_catalogue &&
        (known != catalogue.end() || name_match(service.product, product->product) == 0))
      continue;
    if (has_level(*product, service_level(service.product), linked)) continue;
    candidates.push_back(candidate(service, *product, in_catalogue));
  }
  if (candidates.empty()) return nullptr;
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& left, const auto& right) {
    return std::tuple(left.strength(), left.distance) <
           std::tuple(right.strength(), right.distance);
  });
  const Candidate& best = candidates.front();
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (candidates[i].strength() == best.strength() &&
        candidates[i].product->product != best.product->product)
      return nullptr;
  }
  return best.other_quantity ? nullptr : best.product;
}

}  // namespace handover::sim
