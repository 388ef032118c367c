// HTTP messages as values, and the seam that carries them to a back-end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace handover {

struct HttpHeader {
  std::string name;
  std::string value;

  bool operator==(const HttpHeader&) const = default;
};

// The messages have constructors on purpose: g++ 12 destroys aggregates that are made inside a
// co_await expression twice.
struct HttpRequest {
  std::string method;
  std::string target;  ///< Origin form: path and query.
  std::vector<HttpHeader> headers;
  std::string body;

  HttpRequest() {}
  HttpRequest(std::string request_method, std::string request_target)
      : method(std::move(request_method)), target(std::move(request_target)) {}
};

/// A body without an end that is known before, sent piece by piece as the peer takes it.
class HttpBodyStream {
 public:
  using Piece = std::function<void(std::string bytes)>;

  virtual ~HttpBodyStream() = default;
  /// Calls `give` once with what comes next, now or later; an empty piece ends the body. It is
  /// asked for the next piece only when the last one has left, so that a slow peer holds up nothing
  /// but itself. Once this object has gone, `give` is not called.
  virtual void next(Piece give) = 0;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
  std::shared_ptr<HttpBodyStream> stream;  ///< What follows after `body`; null: nothing does.

  HttpResponse() {}
  explicit HttpResponse(int http_status) : status(http_status) {}
};

/// ASCII letters alone: what the names of headers and media types are made of.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

/// The value of the first header of that name (case does not matter), or an empty view.
[[nodiscard]] std::string_view find_header(const std::vector<HttpHeader>& headers,
                                           std::string_view name);

/// Why no usable answer came.
struct HttpFailure {
  enum class Reason {
    kNoNetwork,  ///< Name not resolved, or no connection within the limit, or the connection was
                 ///< refused.
    kTls,        ///< The server did not prove that it is who we want to talk to, or speaks only old
                 ///< protocols.
    kBroken,  ///< The connection ended, or went silent past the limit, before the whole answer was
              ///< here.
    kBadAnswer,   ///< The answer is no HTTP, or larger than the limit.
    kCancelled,   ///< We are shutting down.
    kBadRequest,  ///< It cannot be written as HTTP (a line break in a header or the target). A
                  ///< repeat cannot help.
  };
  Reason reason = Reason::kNoNetwork;
  bool request_may_have_left =
      false;  ///< False only if it is certain that not one byte of the request left the device.
  std::string detail;  ///< One sentence for people; no payload, no secret.

  HttpFailure(Reason why, bool may_have_left, std::string words)
      : reason(why), request_may_have_left(may_have_left), detail(std::move(words)) {}
};

using HttpOutcome = tl::expected<HttpResponse, HttpFailure>;

/// The road to one origin (scheme, host, port). It keeps connections alive and opens as many as
/// there are requests under way. It follows no redirect, adds `Host` and `Content-Length` itself,
/// and bounds every wait and the size of every answer. Ensures: each exchange ends, with an answer
/// or a failure. Nothing is repeated behind the caller's back.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) = 0;
};

}  // namespace handover
