// A company with its key, and devices that it enrolled.
#pragma once

#include <string>
#include <utility>

#include "agent/qr/message.hpp"
#include "crypto/sha256.hpp"
#include "tests/support/seeded_entropy.hpp"

namespace handover::test {

inline WallTime at(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }
inline constexpr std::int64_t kYear = 365 * 24 * 3600;

class Company {
 public:
  explicit Company(std::uint64_t seed = 7)
      : entropy_(seed), key(crypto::SigningKey::draw(entropy_)) {}

  [[nodiscard]] qr::CompanyKeys keys() const { return qr::CompanyKeys::of({key.public_key()}); }

  /// Valid for a year from `from`.
  [[nodiscard]] qr::Enrollment enroll(const Technician& technician, const std::string& location,
                                      WallTime from) {
    crypto::SigningKey device = crypto::SigningKey::draw(entropy_);
    qr::Certificate certificate;
    certificate.company = "Example";
    certificate.technician = technician;
    certificate.device_id = location + "-a";
    certificate.locations = {location};
    certificate.public_key = device.public_key();
    certificate.valid_from = from;
    certificate.valid_until = from + std::chrono::seconds(kYear);
    certificate.bytes = qr::make_certificate(certificate, key);
    auto read = qr::read_certificate(certificate.bytes, keys());
    return {std::move(device), std::move(read).value(), keys()};
  }

 private:
  SeededEntropy entropy_;

 public:
  crypto::SigningKey key;
};

}  // namespace handover::test
