// CBOR in its deterministic form (RFC 8949, section 4.2.1), as far as signed messages need it:
// whole numbers, byte and text strings, arrays, maps and tags. There is one way to write a value,
// and the reader takes no other: so what was signed can be compared byte by byte.
//
// Debian's libcbor reads RFC 7049 in any form, canonical or not, which is what matters here:
// docs/adr/0007.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/result.hpp"

namespace handover::crypto {

class Cbor {
 public:
  enum class Kind { kNumber, kBytes, kText, kArray, kMap, kTag };
  using Entry = std::pair<Cbor, Cbor>;

  Cbor() : Cbor(std::int64_t{0}) {}
  explicit Cbor(std::int64_t number) : value_(number) {}
  // Not inline: g++ 12 at -O2 takes the text of a moved variant for uninitialised.
  Cbor(const Cbor& other);
  Cbor(Cbor&& other) noexcept;
  Cbor& operator=(const Cbor& other);
  Cbor& operator=(Cbor&& other) noexcept;
  ~Cbor();
  [[nodiscard]] static Cbor bytes(std::string bytes);
  /// Requires: well-formed UTF-8.
  [[nodiscard]] static Cbor text(std::string text);
  [[nodiscard]] static Cbor array(std::vector<Cbor> items);
  /// Entries are brought into their order. Requires: no key stands twice.
  [[nodiscard]] static Cbor map(std::vector<Entry> entries);
  /// Requires: the entries stand in their order, no key twice.
  [[nodiscard]] static Cbor map_in_order(std::vector<Entry> entries);
  [[nodiscard]] static Cbor tagged(std::uint64_t tag, Cbor value);

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(value_.index()); }
  [[nodiscard]] bool is(Kind kind) const { return this->kind() == kind; }
  /// Of another kind: 0, empty, or nothing, here and below.
  [[nodiscard]] std::int64_t number() const;
  /// Of a byte or a text string.
  [[nodiscard]] const std::string& string() const;
  [[nodiscard]] const std::vector<Cbor>& items() const;
  [[nodiscard]] const std::vector<Entry>& entries() const;
  [[nodiscard]] std::uint64_t tag() const;
  [[nodiscard]] const Cbor* tagged_value() const;
  /// Of a map: what stands under that number, or nullptr.
  [[nodiscard]] const Cbor* find(std::int64_t key) const;

  [[nodiscard]] std::string encode() const;

  bool operator==(const Cbor& other) const;

 private:
  struct Bytes {
    std::string bytes;
    bool operator==(const Bytes&) const = default;
  };
  struct Map {
    std::vector<Entry> entries;
    bool operator==(const Map& other) const;
  };
  struct Tagged {
    std::uint64_t tag = 0;
    std::vector<Cbor> value;  // Exactly one.
    bool operator==(const Tagged& other) const;
  };
  void write_to(std::string& out) const;

  // The order is that of Kind.
  std::variant<std::int64_t, Bytes, std::string, std::vector<Cbor>, Map, Tagged> value_;
};

/// Reads one value that fills `bytes` to the end. Bounded: 16 levels; no count in it makes more
/// than the bytes themselves can hold. Errors: kInvalid, pointer "": not deterministic CBOR, or a
/// kind or number (beyond 64 bits with sign) that is not used here.
[[nodiscard]] Result<Cbor> parse_cbor(std::string_view bytes);

}  // namespace handover::crypto
