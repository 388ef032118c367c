#include "agent/cli/enrollment_files.hpp"

#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kFileBytesMax = 16384;

tl::unexpected<Error> unusable(const std::string& path, const std::string& why) {
  return fail(Errc::kConfig, path + ": " + why);
}

Result<qr::Certificate> read_certificate_file(const std::string& path,
                                              const qr::CompanyKeys& company_keys) {
  TRY_ASSIGN(const Secret content, posix::read_private_file(path, kFileBytesMax));
  const auto bytes = crypto::from_hex(posix::without_trailing_newline(content).reveal());
  if (!bytes) return unusable(path, "expected a certificate in hex digits");
  auto certificate = qr::read_certificate(
      {reinterpret_cast<const char*>(bytes->data()), bytes->size()}, company_keys);
  if (certificate) return certificate;
  return unusable(path, certificate.error().problem == "certificate-unknown"
                            ? "no key of [enrollment] company_keys signed this certificate"
                            : "expected a certificate that the company signed");
}

}  // namespace

Result<crypto::SigningKey> read_signing_key(const std::string& path) {
  TRY_ASSIGN(const Secret content, posix::read_private_file(path, kFileBytesMax));
  auto bytes = crypto::from_hex(posix::without_trailing_newline(content).reveal());
  if (!bytes || bytes->size() != crypto::kEd25519KeyBytes)
    return unusable(path, "expected 64 hex digits");
  const Secret seed{std::span<const std::byte>(*bytes)};
  wipe(*bytes);
  return crypto::SigningKey::from_seed(seed);
}

Result<void> check_is_for(const qr::Certificate& certificate, const Config& config,
                          const std::string& path) {
  if (!crypto::same_identifier(certificate.technician.user_id, config.technician.user_id)) {
    return unusable(
        path, "it is for " + certificate.technician.user_id + ", and [device] user_id is another");
  }
  if (!crypto::same_identifier(certificate.device_id, config.device_id)) {
    return unusable(
        path, "it is for the device " + certificate.device_id + ", and [device] id is another");
  }
  return {};
}

Result<std::optional<qr::CompanyKeys>> read_company_keys(const Config& config) {
  if (config.company_keys_file.empty()) return std::optional<qr::CompanyKeys>();
  auto content = posix::read_private_file(config.company_keys_file, kFileBytesMax);
  if (!content && content.error().code == Errc::kNotFound) return std::optional<qr::CompanyKeys>();
  if (!content) return fail(std::move(content).error());
  auto keys = qr::CompanyKeys::parse(content->reveal());
  if (!keys) return unusable(config.company_keys_file, keys.error().detail);
  return std::optional(std::move(*keys));
}

Result<std::optional<qr::Enrollment>> read_enrollment(const Config& config) {
  if (config.certificate_file.empty()) return std::optional<qr::Enrollment>();
  TRY_ASSIGN(auto company_keys, read_company_keys(config));
  if (!company_keys) return unusable(config.company_keys_file, "there is no such file");
  TRY_ASSIGN(crypto::SigningKey key, read_signing_key(config.device_key_file));
  TRY_ASSIGN(qr::Certificate certificate,
             read_certificate_file(config.certificate_file, *company_keys));
  if (certificate.public_key != key.public_key())
    return unusable(config.device_key_file, "not the key that the certificate is for");
  RETURN_IF_ERROR(check_is_for(certificate, config, config.certificate_file));
  return std::optional(
      qr::Enrollment{std::move(key), std::move(certificate), std::move(*company_keys)});
}

}  // namespace handover::cli
