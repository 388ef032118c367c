// Whatever the relay has kept for us: MIME, RNIF headers and documents are bounded, and what is
// read can be read again. The first line is the Content-Type, the rest the body.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/backends/cisco/cisco_reply.hpp"
#include "agent/backends/cisco/rnif_message.hpp"
#include "agent/backends/cisco/rnif_mime.hpp"
#include "platform/assert.hpp"

using namespace handover;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const std::string_view type = text.substr(0, line);
  const std::string_view body = line == text.npos ? std::string_view() : text.substr(line + 1);
  const auto parsed = backends::parse_content_type(type);
  if (parsed) {
    if (const auto parts = backends::parse_multipart(body, parsed->parameter("boundary"))) {
      for (const auto& part : *parts) {
        const auto bytes = backends::decode_body(part);
        INVARIANT(!bytes || bytes->size() <= part.body.size() * 2);
      }
    }
  }
  const auto message = backends::parse_rnif(type, body);
  if (message) {
    // What was understood can be packed, and is understood the same way.
    const auto packed = backends::pack_rnif(message->envelope, message->content);
    INVARIANT(packed.has_value());
    const auto again = backends::parse_rnif(packed->content_type, packed->body);
    INVARIANT(!again || again->content == message->content);
  }
  const auto reply = backends::read_reply(type, body);
  INVARIANT(!reply || reply->words.size() <= 4096);
  return 0;
}
