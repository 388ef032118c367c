// The files of [enrollment]: the device's certificate and key, and the company's keys.
#pragma once

#include <optional>
#include <string>

#include "agent/cli/config.hpp"
#include "agent/qr/message.hpp"
#include "platform/result.hpp"

namespace handover::cli {

inline constexpr const char* kCertificateName = "device.certificate";
inline constexpr const char* kDeviceKeyName = "device.key";
inline constexpr const char* kCompanyKeysName = "company.keys";

/// What the configuration names, checked to belong together: the company signed the certificate,
/// for this key, this technician and this device. Nothing if it has no [enrollment]. Whether the
/// certificate is valid today is for each scan to say. Errors: kConfig, naming the file.
[[nodiscard]] Result<std::optional<qr::Enrollment>> read_enrollment(const Config& config);

/// Errors: kConfig if the certificate is for another technician or device than the configuration
/// is; `path` leads the sentence.
[[nodiscard]] Result<void> check_is_for(const qr::Certificate& certificate, const Config& config,
                                        const std::string& path);

/// The company's keys that the device knows; nothing if it has no [enrollment], or no such file
/// yet. Errors: kConfig.
[[nodiscard]] Result<std::optional<qr::CompanyKeys>> read_company_keys(const Config& config);

/// A private key's file: 64 hex digits. Errors: kConfig.
[[nodiscard]] Result<crypto::SigningKey> read_signing_key(const std::string& path);

}  // namespace handover::cli
