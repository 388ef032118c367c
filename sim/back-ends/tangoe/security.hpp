// The door of the service: WS-Security 1.0's UsernameToken, checked as WSS4J does it, with Tangoe's
// own digest.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "agent/backends/xml/xml_reader.hpp"
#include "platform/time.hpp"

namespace handover::sim::tangoe {

class Security {
 public:
  /// Empty if the header lets the caller in, else the text of the fault.
  [[nodiscard]] std::string check(const xml::Element* header,
                                  const std::map<std::string, std::string>& passwords,
                                  WallTime now);
  void forget_nonces() { nonces_.clear(); }

 private:
  std::map<std::string, WallTime> nonces_;
};

/// True for the header block that Security::check() reads.
[[nodiscard]] bool is_security(const xml::Element& block);

/// The digest of a token: Base64(SHA-1(nonce + created + hex(SHA-256(password)))).
[[nodiscard]] std::string token_digest(std::string_view nonce_bytes, std::string_view created,
                                       std::string_view password);

/// xsd:dateTime with `Z` or an offset, with or without a fraction. Errors: kInvalid.
[[nodiscard]] Result<WallTime> parse_created(std::string_view text);

}  // namespace handover::sim::tangoe
