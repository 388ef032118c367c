// The text of HTTP/1.1 messages that we write. Internal to platform/asio.
#pragma once

#include <string>
#include <string_view>

#include "platform/http.hpp"

namespace handover::net {

/// What keeps this request from being written as HTTP, as a sentence without any of its values;
/// empty if nothing does. The headers that are ours to set (Host, Connection and those that frame
/// the body) are a flaw, too.
[[nodiscard]] std::string flaw_of(const HttpRequest& request);

/// The same for the headers of an answer.
[[nodiscard]] bool has_sound_headers(const HttpResponse& response);

/// Appends the whole request. Requires: flaw_of(request) is empty.
void append_request(std::string& wire, const HttpRequest& request, std::string_view authority);

struct AnswerOptions {
  bool with_body = true;
  bool closing = false;
  bool chunked = false;  ///< Pieces follow (append_chunk), instead of a body whose length is known.
};
/// Appends the whole answer, or its beginning if pieces follow. Requires:
/// has_sound_headers(response).
void append_answer(std::string& wire, const HttpResponse& response, AnswerOptions options);

/// Appends a piece of a chunked body; an empty one is its end.
void append_chunk(std::string& wire, std::string_view piece);

}  // namespace handover::net
