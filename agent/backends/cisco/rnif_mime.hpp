// The little of MIME that RNIF 2.0 needs: content types, multiparts, transfer encodings. What is
// read is untrusted: bounded, and nothing in it is believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/http.hpp"
#include "platform/result.hpp"

namespace handover::backends {

struct ContentType {
  std::string type;                                             ///< Lower case, without parameters.
  std::vector<std::pair<std::string, std::string>> parameters;  ///< Names in lower case.

  /// The parameter's value, or the empty string.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};
/// Parameters may be quoted or not. Nothing if it is no content type.
[[nodiscard]] std::optional<ContentType> parse_content_type(std::string_view text);

struct MimePart {
  std::vector<HttpHeader> headers;
  std::string body;  ///< As it stood there, still encoded.
  std::string raw;   ///< Headers and body as they stood there: what a signature is about.
};

/// The parts between the boundaries. Lines may end in LF alone. Errors: kCorrupt: no boundary, no
/// last boundary, a part's headers are none, too many parts.
[[nodiscard]] Result<std::vector<MimePart>> parse_multipart(std::string_view body,
                                                            std::string_view boundary);

/// The body as its Content-Transfer-Encoding says: none, 7bit, 8bit, binary, base64,
/// quoted-printable. Errors: kCorrupt.
[[nodiscard]] Result<std::string> decode_body(const MimePart& part);

/// One part as it stands between boundaries.
[[nodiscard]] std::string write_part(const MimePart& part);
/// Requires: no part holds "--" and the boundary at the start of a line.
[[nodiscard]] std::string write_multipart(const std::vector<std::string>& parts,
                                          std::string_view boundary);

/// RFC 4648 section 4, line breaks and blanks overlooked. Nothing if it is not that.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace handover::backends
