// Offers as technicians make them, and who signs them.
#pragma once

#include <array>

#include "agent/qr/code_text.hpp"
#include "agent/qr/message.hpp"
#include "tests/support/enrollments.hpp"
#include "tests/support/records.hpp"

namespace handover::test {

inline const Technician kAnna{"tech.17", "Anna", "Berg"};
inline const Technician kBen{"tech.22", "Ben", "Cole"};
inline constexpr std::int64_t kStart = 1'795'000'000;  // 2026-11-18

inline qr::Message offer_of(std::vector<Item> items) {
  qr::Message offer;
  offer.kind = qr::MessageKind::kOffer;
  offer.issued_at = at(kStart + 60);
  offer.code = "483935842877";
  offer.from = "VAN-17";
  offer.to = "VAN-22";
  offer.receiver = kBen;
  offer.items = std::move(items);
  return offer;
}

/// Lines as they are: units of several products with serial numbers that do not repeat, and every
/// fourth a length of cable.
inline std::vector<Item> lines(std::size_t count) {
  static constexpr std::array kProducts = {"WS-C3850-48U-S", "C9300-24T-A", "ISR4331/K9",
                                           "AIR-AP2802I-E-K9"};
  SeededEntropy entropy(count);
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4 == 3) {
      items.push_back({"CAB-6A-" + std::to_string(i) + "M", "", "",
                       crypto::Quantity::from_millionths(static_cast<std::int64_t>(i) * 500'000)});
      continue;
    }
    std::string serial = "FCW";
    for (int digit = 0; digit < 8; ++digit)
      serial.push_back("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[uniform_below(entropy, 34)]);
    items.push_back({kProducts[i % kProducts.size()], serial, "", crypto::Quantity::one()});
  }
  return items;
}

}  // namespace handover::test
