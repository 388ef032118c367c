// HTTP/1.1 to one back-end over TCP and TLS (Asio, Beast's parser, OpenSSL).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/asio/http_exchange.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"

namespace handover::net {

struct TransportSettings {
  /// `https://host[:port]`; `http://` only to 127.0.0.0/8, [::1] or localhost.
  std::string url_origin;
  /// PEM file with the authorities to trust instead of the system's; empty: the system's.
  std::string ca_file;
  /// "sha256/" and the base64 of the SHA-256 of a SubjectPublicKeyInfo (RFC 7469 section 2.4).
  /// None, or at least two: one of the verified chain's keys must be among them, in addition to
  /// everything else that TLS asks for.
  std::vector<std::string> pinned_keys;
  TransportLimits limits;
};

class ConnectionPool;

/// Proxies are never used, whatever the environment says. A connection is reused only if it is
/// certain that the server has not closed it; no request is ever sent twice. TLS is 1.2 or newer,
/// without early data. Lifetime: it may be destroyed while exchanges are under way: they then end
/// with kCancelled, as soon as the executor runs. Thread: all calls and the executor are on one
/// thread.
class BeastHttpTransport final : public HttpTransport {
 public:
  /// Errors: kConfig if a setting is unusable; nothing was connected yet.
  [[nodiscard]] static Result<std::unique_ptr<BeastHttpTransport>> make(
      boost::asio::any_io_executor executor, TransportSettings settings);
  ~BeastHttpTransport() override;
  BeastHttpTransport(const BeastHttpTransport&) = delete;
  BeastHttpTransport& operator=(const BeastHttpTransport&) = delete;

  /// Headers that frame the message (Host, Connection, Content-Length, Transfer-Encoding …) must
  /// not be in the request.
  boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) override;

 private:
  explicit BeastHttpTransport(std::shared_ptr<ConnectionPool> pool);

  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace handover::net
