#include "agent/qr/claims.hpp"

#include <algorithm>
#include <array>

#include "crypto/identifier.hpp"

namespace handover::qr {
namespace {

using crypto::Cbor;

// Year 9999: later times cannot be written as text.
constexpr std::int64_t kSecondsMax = 253'402'300'799;

/// Characters that turn the direction of writing: what is read with them is not what stands there.
bool turns_direction(std::string_view text) {
  constexpr std::array<std::string_view, 12> kTurning = {
      "\xD8\x9C",     "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA",
      "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE",
      "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"};
  return std::any_of(kTurning.begin(), kTurning.end(), [&](std::string_view turning) {
    return text.find(turning) != std::string_view::npos;
  });
}

}  // namespace

Claims::Claims(const Cbor& map) : map_(map) {
  if (!map.is(Cbor::Kind::kMap)) complain();
}

const Cbor* Claims::find(std::int64_t key, Cbor::Kind kind) {
  const Cbor* value = map_.find(key);
  if (value != nullptr && value->is(kind)) return value;
  complain();
  return nullptr;
}

std::int64_t Claims::number(std::int64_t key) {
  const Cbor* value = find(key, Cbor::Kind::kNumber);
  return value != nullptr ? value->number() : 0;
}

WallTime Claims::time(std::int64_t key) {
  const std::int64_t seconds = number(key);
  if (seconds < 0 || seconds > kSecondsMax) {
    complain();
    return {};
  }
  return WallTime(std::chrono::seconds(seconds));
}

std::string Claims::bytes(std::int64_t key) {
  const Cbor* value = find(key, Cbor::Kind::kBytes);
  return value != nullptr ? value->string() : std::string();
}

std::string Claims::text(std::int64_t key) {
  const Cbor* value = find(key, Cbor::Kind::kText);
  auto trimmed = crypto::trim_identifier(value != nullptr ? value->string() : std::string());
  if (trimmed && !turns_direction(*trimmed)) return std::move(*trimmed);
  complain();
  return {};
}

const std::vector<Cbor>& Claims::list(std::int64_t key, std::size_t most) {
  static const std::vector<Cbor> kNone;
  const Cbor* value = find(key, Cbor::Kind::kArray);
  if (value != nullptr && !value->items().empty() && value->items().size() <= most)
    return value->items();
  complain();
  return kNone;
}

std::vector<std::string> Claims::texts(std::int64_t key, std::size_t least, std::size_t most) {
  std::vector<std::string> texts;
  for (const Cbor& item : list(key, most)) {
    auto trimmed = crypto::trim_identifier(item.string());
    if (!item.is(Cbor::Kind::kText) || !trimmed || turns_direction(*trimmed)) {
      complain();
      return std::vector<std::string>(least);
    }
    texts.push_back(std::move(*trimmed));
  }
  if (texts.size() < least) {
    complain();
    texts.resize(least);
  }
  return texts;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::vector<Cbor> to_cbor(const std::vector<std::string>& texts) {
  std::vector<Cbor> list;
  list.reserve(texts.size());
  for (const auto& text : texts) list.push_back(Cbor::text(text));
  return list;
}

}  // namespace handover::qr
