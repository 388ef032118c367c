#include "crypto/key_ring.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "crypto/sha256.hpp"

namespace handover::crypto {
namespace {

constexpr std::size_t kKeysMax = 3;
constexpr std::size_t kKeyHexDigits = 64;
constexpr std::size_t kFileBytesMax = 4096;

tl::unexpected<Error> refuse(const std::string& why) {
  return fail(Errc::kConfig, "key ring: " + why);
}

std::string_view trim(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line.substr(0, line.find_last_not_of(kBlanks) + 1);
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(line);
}

std::optional<Secret> read_key(std::string_view line) {
  if (line.size() != kKeyHexDigits) return std::nullopt;
  auto bytes = from_hex(line);
  if (!bytes) return std::nullopt;
  Secret key{std::span<const std::byte>(*bytes)};
  wipe(*bytes);  // The copy outside the Secret must go too.
  return key;
}

}  // namespace

Result<KeyRing> KeyRing::parse(std::string_view file_text) {
  if (file_text.size() > kFileBytesMax) return refuse("the file is longer than 4096 bytes");
  std::vector<Secret> keys;
  for (int number = 1; !file_text.empty(); ++number) {
    const std::string_view line = take_line(file_text);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string where = "line " + std::to_string(number) + ": ";
    auto key = read_key(line);
    if (!key) return refuse(where + "expected 64 hex digits");
    if (keys.size() == kKeysMax) return refuse(where + "a fourth key; keep the newest three");
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return refuse("it has no key; put one line of 64 hex digits into the file");
  return KeyRing(std::move(keys));
}

}  // namespace handover::crypto
