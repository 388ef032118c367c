#include "platform/asio/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>

namespace handover::net {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// TLS 1.3 has no others. Of TLS 1.2 only those with forward secrecy and authenticated encryption.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

}  // namespace

TlsServer::TlsServer() : context_(ssl::context::tls_server) {}

Result<std::unique_ptr<TlsServer>> TlsServer::make(std::string_view chain_pem,
                                                   const Secret& key_pem) {
  std::unique_ptr<TlsServer> server(new TlsServer());
  error_code error;
  server->context_.use_certificate_chain(
      boost::asio::const_buffer(chain_pem.data(), chain_pem.size()), error);
  if (error) {
    ERR_clear_error();
    return fail(Errc::kConfig, "no certificate can be read; expected PEM, our own first");
  }
  // Nobody is there to type a pass phrase; without this OpenSSL would ask at the terminal.
  server->context_.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
  const auto key = key_pem.bytes();
  server->context_.use_private_key(boost::asio::const_buffer(key.data(), key.size()),
                                   ssl::context::pem, error);
  SSL_CTX* context = server->context_.native_handle();
  const bool fits = !error && SSL_CTX_check_private_key(context) == 1;
  ERR_clear_error();
  if (error) return fail(Errc::kConfig, "no private key can be read; expected PEM, unencrypted");
  if (!fits) return fail(Errc::kConfig, "the private key is not the certificate's");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  const bool strict = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(context, kCiphers) == 1;
  if (!strict) return fail(Errc::kConfig, "this OpenSSL has no TLS 1.2");
  return server;
}

}  // namespace handover::net
