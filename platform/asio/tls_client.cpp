#include "platform/asio/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <optional>

#include "platform/time.hpp"

namespace handover::net {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::string date_of(WallTime time) { return format_rfc3339_seconds(time).substr(0, 10); }

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  const std::chrono::year_month_day date{
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  return date_of(WallTime(std::chrono::sys_days(date)));
}

std::string device_date() {
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  return "(device clock says " + date_of(now) + ")";
}

/// "sha256/" and the base64 of 32 bytes: 43 characters and one "=".
std::optional<TlsClient::Pin> parse_pin(std::string_view text) {
  static constexpr std::string_view kPrefix = "sha256/";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  if (text.size() != 44 || text[43] != '=' || text.find('=') != 43) return std::nullopt;
  std::array<unsigned char, 33> bytes{};
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), 44);
  if (length != 33) return std::nullopt;  // It counts the padding as a byte.
  TlsClient::Pin pin{};
  std::copy_n(bytes.begin(), pin.size(), pin.begin());
  return pin;
}

Result<std::vector<TlsClient::Pin>> parse_pins(const std::vector<std::string>& texts) {
  std::vector<TlsClient::Pin> pins;
  for (const auto& text : texts) {
    const auto pin = parse_pin(text);
    if (!pin)
      return fail(Errc::kConfig, "a pinned key must be sha256/ and 44 characters of base64");
    if (std::find(pins.begin(), pins.end(), *pin) == pins.end()) pins.push_back(*pin);
  }
  if (pins.size() == 1) {
    return fail(
        Errc::kConfig,
        "pin at least two different keys: with a single one, replacing it cuts off every device");
  }
  return pins;
}

Result<void> load_trust(ssl::context& context, const std::string& ca_file) {
  error_code error;
  if (ca_file.empty()) {
    context.set_default_verify_paths(error);
    if (error) return fail(Errc::kConfig, "the system's certificate store cannot be used");
    return {};
  }
  context.load_verify_file(ca_file, error);
  ERR_clear_error();
  if (error)
    return fail(Errc::kConfig, "no certificate of an authority can be read from " + ca_file);
  return {};
}

TlsClient::Pin key_pin(const X509* certificate) {
  TlsClient::Pin pin{};
  unsigned char* encoded = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (length > 0) SHA256(encoded, static_cast<std::size_t>(length), pin.data());
  OPENSSL_free(encoded);
  return pin;
}

std::string explain_finding(const TlsFinding& finding) {
  switch (finding.code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate has expired on " + finding.not_after + " " + device_date();
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate is valid only from " + finding.not_before + " " + device_date();
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for another host name";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "the certificate is not signed by a trusted authority";
    default:
      return std::string("the certificate was not accepted: ") +
             X509_verify_cert_error_string(finding.code);
  }
}

}  // namespace

TlsClient::TlsClient() : context_(ssl::context::tls_client) {}

Result<std::unique_ptr<TlsClient>> TlsClient::make(const std::string& ca_file,
                                                   const std::vector<std::string>& pins) {
  std::unique_ptr<TlsClient> client(new TlsClient());
  TRY_ASSIGN(client->pins_, parse_pins(pins));
  RETURN_IF_ERROR(load_trust(client->context_, ca_file));
  SSL_CTX* context = client->context_.native_handle();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(
      context, SSL_SESS_CACHE_OFF);  // No resumption: each connection proves itself anew.
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return fail(Errc::kConfig, "this OpenSSL has no TLS 1.2");
  }
  return client;
}

bool TlsClient::expect_host(TlsStream& stream, const std::string& host, TlsFinding& finding) {
  SSL* handle = stream.native_handle();
  error_code error;
  boost::asio::ip::make_address(host, error);
  X509_VERIFY_PARAM* expected = SSL_get0_param(handle);
  if (!error) {
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1) return false;
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) != 1) return false;
    // As SSL_set_tlsext_host_name() does; the macro has a C cast.
    std::string name = host;
    if (SSL_ctrl(handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) != 1)
      return false;
  }
  stream.set_verify_callback(
      [&finding](bool accepted, ssl::verify_context& context) {
        if (accepted) return true;
        X509* certificate = X509_STORE_CTX_get_current_cert(context.native_handle());
        finding.code = X509_STORE_CTX_get_error(context.native_handle());
        if (certificate == nullptr) return false;
        finding.not_before = date_of(X509_get0_notBefore(certificate));
        finding.not_after = date_of(X509_get0_notAfter(certificate));
        return false;
      },
      error);
  return !error;
}

bool TlsClient::has_pinned_key(TlsStream& stream) const {
  if (pins_.empty()) return true;
  const STACK_OF(X509)* chain = SSL_get0_verified_chain(stream.native_handle());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto pin = key_pin(sk_X509_value(chain, i));
    if (std::find(pins_.begin(), pins_.end(), pin) != pins_.end()) return true;
  }
  return false;
}

std::string explain_handshake(const error_code& error, const TlsFinding& finding) {
  if (finding.code != X509_V_OK) return explain_finding(finding);
  if (error.category() != boost::asio::error::get_ssl_category()) return {};
  const auto code = static_cast<unsigned long>(error.value());
  switch (ERR_GET_REASON(code)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the server speaks only an old TLS version";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return "the server does not speak TLS on this port";
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return {};
    default:
      return "the TLS handshake failed: " + error.message();
  }
}

}  // namespace handover::net
