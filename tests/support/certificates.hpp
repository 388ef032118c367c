// Keys and certificates for tests, made on the spot, so that none in the repository can expire or
// leak.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace handover::test {

struct CertificateSpec {
  std::vector<std::string> names = {"DNS:localhost",
                                    "IP:127.0.0.1"};  ///< As OpenSSL's subjectAltName has them.
  int first_day = -1;                                 ///< From today.
  int last_day = 30;
};

struct Identity {
  std::string certificate_pem;
  std::string key_pem;
  std::string pin;  ///< "sha256/" and the base64 of the SHA-256 of the key (SubjectPublicKeyInfo).
};

/// A certificate that nobody else vouches for.
[[nodiscard]] Identity make_self_signed(const CertificateSpec& spec = {});

class TestAuthority {
 public:
  TestAuthority();

  [[nodiscard]] Identity issue(const CertificateSpec& spec = {}) const;
  /// What a client must trust.
  [[nodiscard]] const Identity& root() const { return root_; }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  Identity root_;
};

}  // namespace handover::test
