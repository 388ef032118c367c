// The command line's way to a running agent.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

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

  /// What is done with a piece of an answer that goes on and on; false: enough of it.
  using Take = std::function<bool(std::string_view bytes)>;
  /// Makes the call on a connection of its own, and gives `take` what comes as it comes, and
  /// nothing whenever nothing came for `tick`. Returns when `take` has enough. Errors: those of
  /// call(), also when the agent ends it; and kRefused for an answer of 300 and above.
  [[nodiscard]] Result<void> follow(HttpRequest request, milliseconds tick, const Take& take);

 private:
  class Link;
  LocalClient(std::unique_ptr<Link> link, Secret token);
  [[nodiscard]] Result<std::string> wire_of(HttpRequest request) const;

  std::unique_ptr<Link> link_;
  Secret token_;
  std::string address_;
};

}  // namespace handover::net
