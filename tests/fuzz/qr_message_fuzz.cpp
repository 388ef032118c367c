// Any bytes as a scanned code, as a signed message, and as CBOR: refused by name, or read; and what
// is read is written again as it was.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/qr/code_text.hpp"
#include "agent/qr/message.hpp"
#include "agent/qr/qr_picture.hpp"
#include "crypto/base45.hpp"
#include "crypto/cbor.hpp"
#include "platform/assert.hpp"

using namespace handover;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Only messages by this key are proved; those of the corpus are.
const qr::CompanyKeys& company_keys() {
  // tests/vectors/qr-handover.json
  static const auto kKeys =
      qr::CompanyKeys::parse("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8\n");
  INVARIANT(kKeys.has_value());
  return *kKeys;
}

void check_message(std::string_view bytes) {
  const WallTime now{std::chrono::seconds(1'795'000'060)};
  const auto proved = qr::read_message(bytes, company_keys(), now);
  const auto parsed = qr::parse_message(bytes);
  INVARIANT(!proved || (parsed && parsed->bytes == proved->bytes));
  INVARIANT(proved || proved.error().code == Errc::kRefused);
  if (!parsed) return;
  INVARIANT(parsed->items.size() <= crypto::kLinesMax);
  for (const Item& item : parsed->items) INVARIANT(!item.prod.empty() && !item.qty.is_zero());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_message(bytes);
  if (const auto tree = crypto::parse_cbor(bytes)) INVARIANT(tree->encode() == bytes);
  if (const auto decoded = crypto::from_base45(bytes))
    INVARIANT(crypto::to_base45(*decoded) == bytes);
  const auto scanned = qr::read_codes(lines_of(bytes));
  if (!scanned || !scanned->message) return 0;
  INVARIANT(scanned->message->size() <= qr::kMessageBytesMax);
  check_message(*scanned->message);
  const auto codes = qr::write_codes(*scanned->message);
  if (!codes) return 0;
  for (const auto& code : *codes) INVARIANT(qr::qr_version(code).has_value());
  const auto again = qr::read_codes(*codes);
  INVARIANT(again && again->message == scanned->message);
  return 0;
}
