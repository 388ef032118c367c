// What the office hands to a new device: who it is, its keys, the company's keys, its
// configuration with the lanes, and their passwords. Sealed under a code that goes another way, and
// signed by the company. docs/qr-handover.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/qr/certificate.hpp"
#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::qr {

inline constexpr std::size_t kBundleBytesMax = std::size_t{256} << 10;

struct Bundle {
  Certificate certificate;
  Secret device_seed;  ///< Of the key that the certificate is for.
  CompanyKeys company_keys;
  std::string config;                                 ///< handover.toml
  std::vector<std::pair<std::string, Secret>> files;  ///< By name: key ring, passwords.
};

/// 28 digits, the last two of them check digits: 86 bits.
[[nodiscard]] Secret draw_bundle_code(Entropy& entropy);
/// The digits of a code as a person typed it; blanks and dashes are dropped. Errors: kInvalid.
[[nodiscard]] Result<Secret> parse_bundle_code(std::string_view typed);

[[nodiscard]] std::string make_bundle(const Bundle& bundle, const crypto::SigningKey& company_key,
                                      const Secret& code, Entropy& entropy);

/// Ensures: the code fits, one of its company's keys signed it, the same one certified the device's
/// key, and the names of files are plain ("a-z", "0-9", "." and "-", not beginning with
/// "."). That the company is ours the code says, which the office gave. Errors: kRefused
/// `enrollment-unreadable`, `enrollment-code-wrong`, `signature-wrong`.
[[nodiscard]] Result<Bundle> open_bundle(std::string_view bytes, const Secret& code);

}  // namespace handover::qr
