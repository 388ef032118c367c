// The certificate of a device: the company's word on whose key it is. A CWT (RFC 8392) in
// COSE_Sign1; docs/qr-handover.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/transfer.hpp"
#include "crypto/ed25519.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::qr {

inline constexpr std::size_t kLocationsMax = 16;
inline constexpr std::size_t kCompanyKeysMax = 3;

struct Certificate {
  std::string company;
  Technician technician;
  std::string device_id;
  std::vector<std::string> locations;  ///< The technician's storage locations, 16 at most.
  std::string public_key;              ///< Of the device.
  WallTime valid_from;
  WallTime valid_until;
  std::string company_key_id;  ///< Of the key that signed it: key_id_of().
  std::string bytes;           ///< The signed message itself.
};

/// The public keys of the company: newest first, at most three, so that a new key can come before
/// the old one goes.
class CompanyKeys {
 public:
  CompanyKeys() = default;
  /// One key a line, 64 hex digits; blank lines and lines that begin with # are passed over.
  /// Errors: kConfig.
  [[nodiscard]] static Result<CompanyKeys> parse(std::string_view file_text);
  [[nodiscard]] static CompanyKeys of(std::vector<std::string> keys);

  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  /// The key of that id, or nullptr.
  [[nodiscard]] const std::string* find(std::string_view key_id) const;
  [[nodiscard]] std::string file_text() const;

 private:
  std::vector<std::string> keys_;
};

/// The first 8 bytes of the key's SHA-256.
[[nodiscard]] std::string key_id_of(std::string_view public_key);

/// Signs all members but `company_key_id` and `bytes`. Times are cut to seconds.
[[nodiscard]] std::string make_certificate(const Certificate& certificate,
                                           const crypto::SigningKey& company_key);

/// Reads it and proves that one of `company_keys` signed it; whether it is valid now is for
/// check_validity(). Errors: kRefused `certificate-unknown`, `signature-wrong`, `qr-unreadable`.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view bytes,
                                                   const CompanyKeys& company_keys);
/// The same without any proof: for what was proved before and kept in the store.
[[nodiscard]] Result<Certificate> parse_certificate(std::string_view bytes);

/// Clocks of devices differ: an hour is passed over at both ends. Errors: kRefused
/// `certificate-expired`, `certificate-not-yet-valid`.
[[nodiscard]] Result<void> check_validity(const Certificate& certificate, WallTime now);

}  // namespace handover::qr
