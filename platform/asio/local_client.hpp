// The command line's way to a running agent.
#pragma once

#include <memory>
#include <string>

#include "platform/http.hpp"
#include "platform/limits.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::net {

/// Calls the local API and waits for the answer. It keeps its connection alive between calls.
class LocalClient {
 public:
  /// `address` as the agent's configuration has it: "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT".
  /// Connects with the first call. Errors: kConfig.
  [[nodiscard]] static Result<LocalClient> make(const std::string& address, Secret token);
  LocalClient(LocalClient&&) noexcept;
  LocalClient& operator=(LocalClient&&) noexcept;
  ~LocalClient();

  /// Adds the token and the headers that frame the request. An answer of any status is a success.
  /// Errors: kUnreachable if nobody listens, or no whole answer came in `timeout` (the call may
  /// have been carried out: repeat it with the same Idempotency-Key); kInvalid if the request
  /// cannot be written as HTTP; kCorrupt if the answer is not HTTP.
  [[nodiscard]] Result<HttpResponse> call(HttpRequest request,
                                          milliseconds timeout = limits::kLocalCallTime);

 private:
  class Link;
  LocalClient(std::unique_ptr<Link> link, Secret token);

  std::unique_ptr<Link> link_;
  Secret token_;
};

}  // namespace handover::net
