// SOAP 1.1 envelopes: one payload element out, one payload element or one fault back.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "agent/backends/xml/xml_reader.hpp"
#include "platform/result.hpp"

namespace handover::backends::tangoe {

inline constexpr std::string_view kSoapSpace = "http://schemas.xmlsoap.org/soap/envelope/";

/// An envelope around `payload` (XML text whose elements have the prefix `inv`), with an empty
/// header.
[[nodiscard]] std::string make_envelope(std::string_view payload);

/// `envelope`, which make_envelope() wrote, with `header` in its header.
[[nodiscard]] std::string with_header(std::string_view envelope, std::string_view header);

/// What a fault says. Servers of other kinds answer faults of SOAP 1.2's shape in envelopes of 1.1:
/// what can be found of code and text is here.
struct Fault {
  std::string code;  ///< Without its prefix: "Client", "MustUnderstand", "FailedAuthentication".
  std::string text;
  std::string detail;  ///< The texts of the detail's entries, joined.
};

using EnvelopeBody = std::variant<xml::Element, Fault>;

/// Errors: kInvalid if it is no XML within the bounds, no SOAP 1.1 envelope, or its body does not
/// hold one element.
[[nodiscard]] Result<EnvelopeBody> read_envelope(std::string_view bytes, xml::Limits limits = {});

}  // namespace handover::backends::tangoe
