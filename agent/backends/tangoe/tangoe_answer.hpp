// What an answer of Tangoe's means, before anybody asks what it means for a delivery or for an
// operator: the same reading serves both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/backends/xml/xml_reader.hpp"
#include "platform/http.hpp"
#include "platform/time.hpp"

namespace handover::backends::tangoe {

struct Reading {
  enum class Kind {
    kDone,          ///< result code 0. `payload` is the answer.
    kFailed,        ///< Any other code: wrong data or trouble of its database, the same code.
    kMessageWrong,  ///< A Client fault: our message breaks the schema. A repeat cannot help.
    kCredentials,   ///< A fault of security: wrong user or password, or a token out of its time.
    kClock,         ///< The same, and this device's clock is outside of what the server allows.
    kSecurityOff,   ///< It does not understand the security header: security is switched off there.
    kConfiguration,  ///< The URL is wrong, or something else answers there (3xx, 400, 404, 405 …).
    kLogin,          ///< 401: something before Tangoe wants a login.
    kBusy,           ///< 429 or 503: not handled.
    kPage,           ///< A web page: the network, or a proxy.
    kUnclear,        ///< Anything else: the request may have been applied.
  };
  Kind kind = Kind::kUnclear;
  std::string why;                      ///< One sentence for people, with Tangoe's own words.
  std::string words;                    ///< Tangoe's own words, one line.
  std::string code;                     ///< The result's code, where there is one.
  std::optional<xml::Element> payload;  ///< Also with kFailed.
};

/// Reads the answer to the request whose payload was `operation` + "Request". `now` is the device's
/// clock. Takes any bytes.
[[nodiscard]] Reading read_answer(const HttpResponse& response, std::string_view operation,
                                  WallTime now);

/// How far the device's clock is ahead of the server's, from the answer's Date; nothing without
/// one.
[[nodiscard]] std::optional<milliseconds> clock_ahead(const HttpResponse& response, WallTime now);

}  // namespace handover::backends::tangoe
