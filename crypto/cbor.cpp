#include "crypto/cbor.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "crypto/unicode.hpp"
#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

constexpr int kDepthMax = 16;

// Major types (RFC 8949, section 3.1).
enum class Major : unsigned {
  kUnsigned = 0,
  kNegative = 1,
  kBytes = 2,
  kText = 3,
  kArray = 4,
  kMap = 5,
  kTag = 6
};

/// The head of a value in its shortest form.
void write_head(std::string& out, Major major, std::uint64_t argument) {
  const unsigned high = static_cast<unsigned>(major) << 5U;
  if (argument < 24) {
    out.push_back(static_cast<char>(high | static_cast<unsigned>(argument)));
    return;
  }
  const unsigned size = argument > 0xFFFFFFFFU ? 3U : argument > 0xFFFFU ? 2U : argument > 0xFFU;
  out.push_back(static_cast<char>(high | (24U + size)));
  for (unsigned shift = 8U << size; shift > 0; shift -= 8)
    out.push_back(static_cast<char>((argument >> (shift - 8)) & 0xFFU));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

tl::unexpected<Error> refuse(const char* why) {
  return fail(Error::invalid("", std::string("expected deterministic CBOR (RFC 8949): ") + why));
}

// An offer of 500 lines has some 2,600.
constexpr std::size_t kValuesMax = 4096;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  Result<Cbor> value(int depth) {
    if (depth > kDepthMax) return refuse("nested too deep");
    if (++values_ > kValuesMax) return refuse("too many values");
    TRY_ASSIGN(const Head head, take_head());
    switch (head.major) {
      case Major::kUnsigned:
        return number(head.argument, false);
      case Major::kNegative:
        return number(head.argument, true);
      case Major::kBytes:
      case Major::kText:
        return string(head);
      case Major::kArray:
        return array(head.argument, depth);
      case Major::kMap:
        return map(head.argument, depth);
      case Major::kTag: {
        TRY_ASSIGN(Cbor inner, value(depth + 1));
        return Cbor::tagged(head.argument, std::move(inner));
      }
    }
    return refuse("an unknown kind");
  }

 private:
  struct Head {
    Major major = Major::kUnsigned;
    std::uint64_t argument = 0;
  };

  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  Result<Head> take_head() {
    if (rest_.empty()) return refuse("it is cut off");
    const auto first = static_cast<unsigned char>(take(1).front());
    const unsigned major = first >> 5U;
    const unsigned low = first & 31U;
    if (major > static_cast<unsigned>(Major::kTag))
      return refuse("floats and simple values are not used");
    if (low < 24) return Head{static_cast<Major>(major), low};
    if (low > 27) return refuse("a length that is not given");
    const std::size_t size = std::size_t{1} << (low - 24U);
    if (rest_.size() < size) return refuse("it is cut off");
    std::uint64_t argument = 0;
    for (const char byte : take(size))
      argument = (argument << 8U) | static_cast<unsigned char>(byte);
    const std::uint64_t least = low == 24 ? 24 : std::uint64_t{1} << (size * 4);
    if (argument < least) return refuse("a number that is not in its shortest form");
    return Head{static_cast<Major>(major), argument};
  }

  static Result<Cbor> number(std::uint64_t argument, bool negative) {
    if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return refuse("a number beyond 64 bits with sign");
    const auto number = static_cast<std::int64_t>(argument);
    return Cbor(negative ? -1 - number : number);
  }

  Result<Cbor> string(const Head& head) {
    if (head.argument > rest_.size()) return refuse("it is cut off");
    std::string content(take(static_cast<std::size_t>(head.argument)));
    if (head.major == Major::kBytes) return Cbor::bytes(std::move(content));
    if (!is_utf8(content)) return refuse("a text that is not UTF-8");
    return Cbor::text(std::move(content));
  }

  Result<Cbor> array(std::uint64_t count, int depth) {
    // Each element has at least one byte, so a count that lies costs nothing.
    if (count > rest_.size()) return refuse("it is cut off");
    std::vector<Cbor> items;
    for (std::uint64_t i = 0; i < count; ++i) {
      TRY_ASSIGN(Cbor item, value(depth + 1));
      items.push_back(std::move(item));
    }
    return Cbor::array(std::move(items));
  }

  Result<Cbor> map(std::uint64_t count, int depth) {
    if (count > rest_.size() / 2) return refuse("it is cut off");
    std::vector<Cbor::Entry> entries;
    std::string_view key_before;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string_view start = rest_;
      TRY_ASSIGN(Cbor key, value(depth + 1));
      const std::string_view written = start.substr(0, start.size() - rest_.size());
      if (i > 0 && written <= key_before) return refuse("keys out of their order");
      key_before = written;
      TRY_ASSIGN(Cbor item, value(depth + 1));
      entries.emplace_back(std::move(key), std::move(item));
    }
    return Cbor::map_in_order(std::move(entries));  // Proved above.
  }

  std::string_view rest_;
  std::size_t values_ = 0;
};

}  // namespace

Cbor::Cbor(const Cbor& other) = default;
Cbor::Cbor(Cbor&& other) noexcept = default;
Cbor& Cbor::operator=(const Cbor& other) = default;
Cbor& Cbor::operator=(Cbor&& other) noexcept = default;
Cbor::~Cbor() = default;

Cbor Cbor::bytes(std::string bytes) {
  Cbor value;
  value.value_ = Bytes{std::move(bytes)};
  return value;
}

Cbor Cbor::text(std::string text) {
  INVARIANT(is_utf8(text));
  Cbor value;
  value.value_ = std::move(text);
  return value;
}

Cbor Cbor::array(std::vector<Cbor> items) {
  Cbor value;
  value.value_ = std::move(items);
  return value;
}

Cbor Cbor::map(std::vector<Entry> entries) {
  // string compares as unsigned bytes, which is the order that section 4.2.1 asks for.
  std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
    return left.first.encode() < right.first.encode();
  });
  const auto twice = std::adjacent_find(
      entries.begin(), entries.end(),
      [](const Entry& left, const Entry& right) { return left.first == right.first; });
  INVARIANT(twice == entries.end());
  return map_in_order(std::move(entries));
}

Cbor Cbor::map_in_order(std::vector<Entry> entries) {
  Cbor value;
  value.value_ = Map{std::move(entries)};
  return value;
}

Cbor Cbor::tagged(std::uint64_t tag, Cbor inner) {
  Tagged tagged;
  tagged.tag = tag;
  tagged.value.push_back(std::move(inner));
  Cbor value;
  value.value_ = std::move(tagged);
  return value;
}

std::int64_t Cbor::number() const {
  const auto* number = std::get_if<std::int64_t>(&value_);
  return number != nullptr ? *number : 0;
}

const std::string& Cbor::string() const {
  static const std::string kEmpty;
  if (const auto* bytes = std::get_if<Bytes>(&value_)) return bytes->bytes;
  const auto* text = std::get_if<std::string>(&value_);
  return text != nullptr ? *text : kEmpty;
}

const std::vector<Cbor>& Cbor::items() const {
  static const std::vector<Cbor> kNone;
  const auto* items = std::get_if<std::vector<Cbor>>(&value_);
  return items != nullptr ? *items : kNone;
}

const std::vector<Cbor::Entry>& Cbor::entries() const {
  static const std::vector<Entry> kNone;
  const auto* map = std::get_if<Map>(&value_);
  return map != nullptr ? map->entries : kNone;
}

std::uint64_t Cbor::tag() const {
  const auto* tagged = std::get_if<Tagged>(&value_);
  return tagged != nullptr ? tagged->tag : 0;
}

const Cbor* Cbor::tagged_value() const {
  const auto* tagged = std::get_if<Tagged>(&value_);
  return tagged != nullptr ? &tagged->value.front() : nullptr;
}

const Cbor* Cbor::find(std::int64_t key) const {
  for (const auto& [name, value] : entries()) {
    if (name.is(Kind::kNumber) && name.number() == key) return &value;
  }
  return nullptr;
}

bool Cbor::Map::operator==(const Map& other) const { return entries == other.entries; }
bool Cbor::Tagged::operator==(const Tagged& other) const {
  return tag == other.tag && value == other.value;
}
bool Cbor::operator==(const Cbor& other) const { return value_ == other.value_; }

std::string Cbor::encode() const {
  std::string out;
  write_to(out);
  return out;
}

void Cbor::write_to(std::string& out) const {
  switch (kind()) {
    case Kind::kNumber: {
      const std::int64_t value = number();
      const bool negative = value < 0;
      write_head(out, negative ? Major::kNegative : Major::kUnsigned,
                 static_cast<std::uint64_t>(negative ? -1 - value : value));
      return;
    }
    case Kind::kBytes:
    case Kind::kText:
      write_head(out, is(Kind::kBytes) ? Major::kBytes : Major::kText, string().size());
      out += string();
      return;
    case Kind::kArray:
      write_head(out, Major::kArray, items().size());
      for (const Cbor& item : items()) item.write_to(out);
      return;
    case Kind::kMap:
      write_head(out, Major::kMap, entries().size());
      for (const auto& [key, value] : entries()) {
        key.write_to(out);
        value.write_to(out);
      }
      return;
    case Kind::kTag:
      write_head(out, Major::kTag, tag());
      tagged_value()->write_to(out);
      return;
  }
}

Result<Cbor> parse_cbor(std::string_view bytes) {
  Reader reader(bytes);
  TRY_ASSIGN(Cbor value, reader.value(0));
  if (!reader.at_end()) return refuse("there is more behind its end");
  return value;
}

}  // namespace handover::crypto
