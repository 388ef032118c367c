#include "sim/world/typing.hpp"

#include <algorithm>

#include "crypto/validation_code.hpp"
#include "sim/back-ends/servicemobility/quantity.hpp"

namespace handover::sim {
namespace {

/// As somebody else would type it.
std::string typed(Random& random, std::string text) {
  if (random.below(3) == 0) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }
  if (random.below(4) == 0) text = "  " + text + " ";
  return text;
}

Json item(const Part& part, std::int64_t micros, Random* typist) {
  const auto as_typed = [&](const std::string& text) {
    return typist == nullptr || text.empty() ? text : typed(*typist, text);
  };
  return Json::object({{"ProdNum", as_typed(part.product)},
                       {"Qty", Json::number(format_quantity(micros))},
                       {"SerialNum", as_typed(part.serial)},
                       {"BatchNum", as_typed(part.batch)}});
}

}  // namespace

Json items_of(const PartList& parts, Random& random, bool vary) {
  std::vector<Json> lines;
  for (const auto& [part, micros] : parts) {
    Random* typist = vary ? &random : nullptr;
    const bool split = vary && part.serial.empty() && micros >= 2 && random.below(3) == 0;
    const std::int64_t first = split ? micros / 2 : micros;
    lines.push_back(item(part, first, typist));
    if (split) lines.push_back(item(part, micros - first, typist));
  }
  if (vary)
    std::rotate(lines.begin(), lines.begin() + std::ptrdiff_t(random.below(lines.size())),
                lines.end());
  return Json::array(std::move(lines));
}

std::string wrong_code(std::string code, Random& random) {
  code.resize(code.size() - 2);
  char& digit = code.back();
  digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<int>(random.below(9))) % 10);
  return code + crypto::check_digits(code);
}

}  // namespace handover::sim
