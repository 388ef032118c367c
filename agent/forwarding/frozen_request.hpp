// A request as bytes: what is kept in the store before the first of them leaves, and is sent again
// exactly so.
#pragma once

#include <string>
#include <string_view>

#include "platform/http.hpp"
#include "platform/result.hpp"

namespace handover::forwarding {

/// Method, target, headers and body, written like an HTTP/1.1 message with bare line feeds. No
/// credentials are in it. Requires: no line feed in method, target, header names and values.
[[nodiscard]] std::string freeze(const HttpRequest& request);

/// Errors: kCorrupt if `bytes` did not come from freeze().
[[nodiscard]] Result<HttpRequest> thaw(std::string_view bytes);

}  // namespace handover::forwarding
