// Our side of TLS where others come to us: the certificate that we show, and what we insist on.
// Internal to platform/asio, but for making one.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string_view>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::net {

/// TLS 1.2 or newer with forward secrecy; no renegotiation, no compression, no resumption.
class TlsServer {
 public:
  /// `chain_pem`: our certificate, then those of the authorities between it and the root.
  /// `key_pem`: its private key, without a pass phrase. Errors: kConfig.
  [[nodiscard]] static Result<std::unique_ptr<TlsServer>> make(std::string_view chain_pem,
                                                               const Secret& key_pem);

  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

 private:
  TlsServer();

  boost::asio::ssl::context context_;
};

}  // namespace handover::net
