// Whatever was typed or scanned as a code: an answer is digits of the right number with right check
// digits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/validation_code.hpp"
#include "platform/assert.hpp"

using namespace handover::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);

  const auto sender = parse_typed_code(typed, CodeSide::kSender);
  const auto receiver = parse_typed_code(typed, CodeSide::kReceiver);

  INVARIANT(!(sender && receiver));
  if (sender) {
    INVARIANT(sender->size() == 12 && sender->starts_with(nonce_of(*sender).text()));
    INVARIANT(parse_typed_code(group_code(*sender), CodeSide::kSender) == *sender);
  }
  if (receiver) {
    INVARIANT(receiver->size() == 8);
    INVARIANT(parse_typed_code(group_code(*receiver), CodeSide::kReceiver) == *receiver);
  }
  return 0;
}
