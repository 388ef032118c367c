#include "sim/back-ends/servicemobility/transfer_book.hpp"

#include <algorithm>
#include <utility>

#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

/// The same for both halves, whether their codes are crossed or equal.
std::string codes_of(const ParsedTransfer& transfer) {
  const auto [low, high] = std::minmax(transfer.public_code, transfer.private_code);
  return low + "\n" + high;
}

std::vector<std::string> differences(const ParsedTransfer& one, const ParsedTransfer& other) {
  std::vector<std::string> names;
  if (one.outbound == other.outbound) names.emplace_back("TransferType");
  if (one.from != other.from) names.emplace_back("FromStorageLocation");
  if (one.to != other.to) names.emplace_back("ToStorageLocation");
  if (one.user != other.partner || one.partner != other.user) names.emplace_back("UserID");
  if (one.items != other.items) names.emplace_back("Items");
  return names;
}

Json describe(std::size_t index, const Half& half) {
  Json entry = Json::object();
  entry.set("index", json_number(index))
      .set("direction", half.transfer.outbound ? "outbound" : "inbound")
      .set("idempotency_key", half.key)
      .set("rowver", std::to_string(half.rowver))
      .set("received_at", format_rfc3339(half.received))
      .set("paired_with", half.partner ? json_number(*half.partner) : Json())
      .set("copy_of", half.copy_of ? json_number(*half.copy_of) : Json());
  auto body = parse_json(*half.body);
  if (body) entry.set("body", std::move(*body));
  return entry;
}

}  // namespace

void TransferBook::add(Half half) {
  const std::size_t index = halves_.size();
  auto& companions = by_codes_[codes_of(half.transfer)];
  for (const std::size_t earlier : companions) {
    if (halves_[earlier].transfer.outbound != half.transfer.outbound) continue;
    half.copy_of = halves_[earlier].copy_of.value_or(earlier);
    ++copies_;
    break;
  }
  for (const std::size_t earlier : companions) {
    if (half.copy_of || half.partner) break;
    Half& other = halves_[earlier];
    if (other.copy_of || other.partner) continue;
    auto differs = differences(half.transfer, other.transfer);
    if (!differs.empty()) {
      mismatches_.push_back({earlier, index, std::move(differs)});
      continue;
    }
    half.partner = earlier;
    other.partner = index;
    ++pairs_;
  }
  companions.push_back(index);
  halves_.push_back(std::move(half));
}

void TransferBook::report(Json& state) const {
  Json all = Json::array();
  Json pairs = Json::array();
  Json unpaired = Json::array();
  Json doubled = Json::array();
  for (std::size_t i = 0; i < halves_.size(); ++i) {
    const Half& half = halves_[i];
    all.push_back(describe(i, half));
    if (half.copy_of) {
      doubled.push_back(
          Json::object({{"first", json_number(*half.copy_of)}, {"again", json_number(i)}}));
    } else if (!half.partner) {
      unpaired.push_back(json_number(i));
    } else if (half.transfer.outbound) {
      pairs.push_back(
          Json::object({{"outbound", json_number(i)}, {"inbound", json_number(*half.partner)}}));
    }
  }
  Json mismatches = Json::array();
  for (const auto& mismatch : mismatches_) {
    Json differs = Json::array();
    for (const auto& name : mismatch.differs) differs.push_back(name);
    mismatches.push_back(Json::object({{"first", json_number(mismatch.first)},
                                       {"second", json_number(mismatch.second)},
                                       {"differs", std::move(differs)}}));
  }
  state.set("halves", std::move(all))
      .set("pairs", std::move(pairs))
      .set("unpaired", std::move(unpaired));
  state.set("mismatches", std::move(mismatches)).set("doubled", std::move(doubled));
}

}  // namespace handover::sim
