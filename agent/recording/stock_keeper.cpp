#include "agent/recording/stock_keeper.hpp"

#include <tuple>

#include "crypto/identifier.hpp"
#include "platform/assert.hpp"
#include "platform/mark.hpp"

namespace handover::recording {
namespace {

using crypto::Quantity;
using storage::StockKey;

std::string canonical(const std::string& typed,
                      std::size_t characters_max = crypto::kIdentifierCharactersMax) {
  auto form = crypto::canonical_optional_identifier(typed, characters_max);
  INVARIANT(form.has_value());  // Checked when the input was read.
  return std::move(*form);
}

StockKey key_of(const std::string& location, const std::string& prod, const std::string& batch,
                const std::string& serial) {
  return {canonical(location), canonical(prod), canonical(batch),
          canonical(serial, crypto::kSerialCharactersMax)};
}

std::string as_typed(const UsageLocation& location, const UsageItem& item) {
  return Json::array({location.id, item.prod, item.batch, item.serial}).dump();
}

bool same(const StockKey& a, const StockKey& b) {
  return std::tie(a.location, a.prod, a.batch, a.serial) ==
         std::tie(b.location, b.prod, b.batch, b.serial);
}

std::string pointer_to(std::size_t location, std::size_t item) {
  return "/usage/StorageLocations/" + std::to_string(location) + "/Items/" + std::to_string(item);
}

std::string words(Quantity on_hand, Quantity on_offer, const std::string& location) {
  if (on_hand.is_zero()) return "not in stock at " + location;
  std::string text = "only " + on_hand.to_string() + " in stock at " + location;
  if (!on_offer.is_zero())
    text += ", of which " + on_offer.to_string() + " on offer in an open transfer";
  return text;
}

}  // namespace

Result<std::vector<Warning>> StockKeeper::check(const Transfer& transfer) const {
  std::vector<Line> lines;
  if (transfer.direction == Direction::kOutbound) {
    std::size_t place = 0;
    for (const Item& item : transfer.items) {
      lines.push_back({key_of(transfer.from, item.prod, item.batch, item.serial), item.qty,
                       "/transfer/Items/" + std::to_string(place++), transfer.from});
    }
  }
  return check(lines);
}

Result<std::vector<Warning>> StockKeeper::check(const Usage& usage) const {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < usage.locations.size(); ++i) {
    const UsageLocation& location = usage.locations[i];
    for (std::size_t j = 0; j < location.items.size(); ++j) {
      const UsageItem& item = location.items[j];
      if (!item.out) continue;
      lines.push_back({key_of(location.id, item.prod, item.batch, item.serial), *item.out,
                       pointer_to(i, j), location.id});
    }
  }
  return check(lines);
}

Result<std::vector<Warning>> StockKeeper::check(const std::vector<Line>& lines) const {
  std::vector<Warning> warnings;
  if (lines.empty()) return warnings;
  TRY_ASSIGN(const std::vector<Line> offered, lines_on_offer());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    TRY_ASSIGN(const Quantity on_hand, store_.stock.quantity_of(line.key));
    Quantity on_offer;
    for (const Line& other : offered) {
      if (same(other.key, line.key)) on_offer = on_offer + other.out;
    }
    Quantity wanted = line.out;
    for (std::size_t j = 0; j < i; ++j) {
      if (same(lines[j].key, line.key)) wanted = wanted + lines[j].out;
    }
    if (on_hand - on_offer < wanted)
      warnings.push_back({line.pointer, words(on_hand, on_offer, line.location)});
  }
  if (policy_ == StockPolicy::kEnforce && !warnings.empty()) {
    HANDOVER_MARK("recording.not_in_stock_refused");
    Error error = Error::refused(
        "not-in-stock", "this device does not believe that it has all of that to give away");
    error.fields = std::move(warnings);
    return fail(std::move(error));
  }
  return warnings;
}

Result<std::vector<StockKeeper::Line>> StockKeeper::lines_on_offer() const {
  std::vector<Line> lines;
  TRY_ASSIGN(const auto offers, store_.transfers.open_in(storage::TransferState::kOffered));
  for (const auto& offer : offers) {
    const auto object = parse_json(offer.body, kStoredJsonLimits);
    INVARIANT(object.has_value());
    const Transfer transfer = transfer_from_object(Direction::kOutbound, *object);
    for (const Item& item : transfer.items) {
      lines.push_back(
          {key_of(transfer.from, item.prod, item.batch, item.serial), item.qty, {}, {}});
    }
  }
  return lines;
}

Result<std::vector<Warning>> StockKeeper::move(Usage& usage) {
  std::vector<Warning> warnings;
  for (std::size_t i = 0; i < usage.locations.size(); ++i) {
    UsageLocation& location = usage.locations[i];
    for (std::size_t j = 0; j < location.items.size(); ++j) {
      UsageItem& item = location.items[j];
      const StockKey key = key_of(location.id, item.prod, item.batch, item.serial);
      if (item.counted) {
        TRY_ASSIGN(const Quantity believed, store_.stock.quantity_of(key));
        if (*item.counted > believed) item.in = *item.counted - believed;
        if (*item.counted < believed) item.out = believed - *item.counted;
      }
      const Quantity change = item.in.value_or(Quantity()) - item.out.value_or(Quantity());
      TRY_ASSIGN(item.on_hand, store_.stock.move(key, change, as_typed(location, item)));
      const bool possible = item.on_hand->is_zero() || *item.on_hand == Quantity::one();
      if (item.serial.empty() || possible) continue;
      warnings.push_back({pointer_to(i, j), "this device now counts " + item.on_hand->to_string() +
                                                " of this one unit at " + location.id +
                                                ": look where it is, and record a count"});
    }
  }
  return warnings;
}

}  // namespace handover::recording
