// Who we talk to over TLS: trust, host names, pinned keys, and words for people when the proof
// fails. Internal to platform/asio.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <vector>

#include "platform/result.hpp"

namespace handover::net {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

/// What the check of the certificate chain found, kept from inside OpenSSL's callback until
/// somebody asks.
struct TlsFinding {
  long code = 0;           ///< X509_V_…; 0 is X509_V_OK.
  std::string not_before;  ///< Of the certificate that was refused: a date.
  std::string not_after;
};

class TlsClient {
 public:
  using Pin = std::array<unsigned char, 32>;

  /// `ca_file` (PEM) replaces the system's trust; empty means the system's. `pins` as
  /// TransportSettings has them. Errors: kConfig.
  [[nodiscard]] static Result<std::unique_ptr<TlsClient>> make(
      const std::string& ca_file, const std::vector<std::string>& pins);

  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

  /// Makes the stream ask for, and insist on, `host`: a name or an IP address.
  /// Lifetime: `finding` outlives the stream. Returns false if OpenSSL refuses the host.
  [[nodiscard]] static bool expect_host(TlsStream& stream, const std::string& host,
                                        TlsFinding& finding);

  /// True if no key is pinned, or one of the verified chain is. Requires: the handshake has
  /// succeeded.
  [[nodiscard]] bool has_pinned_key(TlsStream& stream) const;

 private:
  TlsClient();

  boost::asio::ssl::context context_;
  std::vector<Pin> pins_;
};

/// Why the handshake failed, as the end of a sentence: "the certificate has expired on 2024-01-01
/// (…)". Empty if the other side's identity and protocol were not the reason (the connection
/// broke).
[[nodiscard]] std::string explain_handshake(const boost::system::error_code& error,
                                            const TlsFinding& finding);

}  // namespace handover::net
