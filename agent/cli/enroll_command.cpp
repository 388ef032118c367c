#include "agent/cli/enroll_command.hpp"

#include <algorithm>
#include <memory>

#include "agent/cli/device_folder.hpp"
#include "agent/cli/enrollment_files.hpp"
#include "agent/qr/enrollment_bundle.hpp"
#include "crypto/sha256.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kCodeBytesMax = 256;

struct EnrollArguments {
  std::string bundle;
  std::string dir;
  bool renew = false;
  std::string code_file;
};

/// From the file, or the first line of standard input: never from the command line, which every
/// user of the machine can read.
Result<Secret> read_code(Session& session, const std::string& file) {
  if (!file.empty()) {
    TRY_ASSIGN(const Secret content, posix::read_private_file(file, kCodeBytesMax));
    auto code = qr::parse_bundle_code(content.reveal());
    if (!code) return fail(wrong_usage(file + ": " + code.error().detail));
    return code;
  }
  session.hints() << "Code of the enrollment: " << std::flush;
  std::string typed;
  char c = 0;
  while (session.world().in.get(c) && c != '\n' && typed.size() < kCodeBytesMax) typed += c;
  auto code = qr::parse_bundle_code(typed);
  std::fill(typed.begin(), typed.end(), '\0');
  if (!code) return fail(wrong_usage(code.error().detail));
  return code;
}

std::string certificate_text(const qr::Bundle& bundle) {
  const std::string& certificate = bundle.certificate.bytes;
  return crypto::to_hex(std::as_bytes(std::span(certificate))) + "\n";
}

Secret device_key_text(const qr::Bundle& bundle) {
  return Secret(crypto::to_hex(bundle.device_seed.bytes()) + "\n");
}

/// In the order that make_device_folder() wants. A configuration in a bundle is data from outside:
/// it is read like any other before it is written.
Result<std::vector<NewFile>> files_of(Session& session, const EnrollArguments& arguments,
                                      const qr::Bundle& bundle) {
  auto config = parse_config(bundle.config, arguments.dir + "/" + kConfigName, arguments.dir);
  if (!config)
    return fail(std::move(config).error().with_context("the enrollment's configuration"));
  Entropy& entropy = session.world().entropy;
  std::vector<NewFile> files;
  files.push_back({kStoreKeyName, make_key(entropy)});
  files.push_back({"api.token", make_key(entropy)});
  files.push_back({kCertificateName, Secret(certificate_text(bundle))});
  files.push_back({kDeviceKeyName, device_key_text(bundle)});
  files.push_back({kCompanyKeysName, Secret(bundle.company_keys.file_text())});
  for (const auto& [name, content] : bundle.files) {
    for (const NewFile& file : files) {
      if (file.name == name || name == kConfigName)
        return fail(Errc::kConfig, "the enrollment names the file " + name + " twice");
    }
    files.push_back({name, content.clone()});
  }
  files.push_back({kConfigName, Secret(bundle.config)});
  return files;
}

void answer(Session& session, const qr::Certificate& certificate, const std::string& config) {
  session.answer(Json::object({{"config", config},
                               {"device_id", certificate.device_id},
                               {"user_id", certificate.technician.user_id},
                               {"company", certificate.company},
                               {"valid_until", format_rfc3339(certificate.valid_until)}}));
}

/// A device that is enrolled already takes a renewal from a key that it knows alone: a list of keys
/// could name ours beside another's.
Result<void> check_renewal(const Config& config, const qr::Bundle& bundle) {
  const qr::Certificate& certificate = bundle.certificate;
  RETURN_IF_ERROR(check_is_for(certificate, config, "the enrollment"));
  TRY_ASSIGN(const auto known, read_company_keys(config));
  if (!known || known->find(certificate.company_key_id) != nullptr) return {};
  return fail(Error::refused("certificate-unknown",
                             "this enrollment is of another company than this device, or of a "
                             "company key that it does not know yet; nothing was changed"));
}

/// Each file is replaced whole. The certificate is the last: a power cut before it leaves a device
/// that says that key and certificate do not belong together, and the same command mends it.
Result<ExitCode> renew(Session& session, const qr::Bundle& bundle) {
  TRY_ASSIGN(const Config* config, session.config());
  RETURN_IF_ERROR(check_renewal(*config, bundle));
  if (config->certificate_file.empty()) {
    return fail(Errc::kConfig, config->file +
                                   " has no [enrollment] section; add one, it may be empty, and "
                                   "repeat this");
  }
  for (const auto& [name, content] : bundle.files) {
    if (name == kKeyRingName)
      RETURN_IF_ERROR(posix::replace_private_file(config->key_ring_file, content.reveal()));
  }
  RETURN_IF_ERROR(
      posix::replace_private_file(config->company_keys_file, bundle.company_keys.file_text()));
  RETURN_IF_ERROR(
      posix::replace_private_file(config->device_key_file, device_key_text(bundle).reveal()));
  RETURN_IF_ERROR(posix::replace_private_file(config->certificate_file, certificate_text(bundle)));
  const qr::Certificate& certificate = bundle.certificate;
  answer(session, certificate, config->file);
  session.out() << "Renewed the certificate of " << certificate.device_id << " until "
                << format_rfc3339_seconds(certificate.valid_until)
                << ", with validation and company keys. Lanes, passwords and the store are as they "
                   "were.\n";
  session.hints() << "Restart the agent. Open offers keep their spoken codes; offer again for a "
                     "new QR code.\n";
  return ExitCode::kDone;
}

Result<ExitCode> enroll(Session& session, EnrollArguments arguments) {
  if (arguments.renew != arguments.dir.empty())
    return fail(wrong_usage("expected either --dir, for a new device, or --renew"));
  while (arguments.dir.size() > 1 && arguments.dir.ends_with('/')) arguments.dir.pop_back();
  TRY_ASSIGN(const std::string bytes, posix::read_text_file(arguments.bundle, qr::kBundleBytesMax));
  TRY_ASSIGN(const Secret code, read_code(session, arguments.code_file));
  TRY_ASSIGN(const qr::Bundle bundle, qr::open_bundle(bytes, code));
  const qr::Certificate& certificate = bundle.certificate;
  RETURN_IF_ERROR(qr::check_validity(certificate, session.world().clock.wall_now()));
  if (arguments.renew) return renew(session, bundle);
  TRY_ASSIGN(const auto files, files_of(session, arguments, bundle));
  RETURN_IF_ERROR(make_device_folder(session, arguments.dir, files));
  const std::string config = arguments.dir + "/" + kConfigName;
  answer(session, certificate, config);
  session.out() << "Made " << arguments.dir << " for " << certificate.technician.user_id << " of "
                << certificate.company << ", certificate valid until "
                << format_rfc3339_seconds(certificate.valid_until) << ".\n";
  session.hints() << "Delete " << arguments.bundle
                  << " now.\nStart the agent: handover agent --config " << config << "\n";
  return ExitCode::kDone;
}

}  // namespace

void add_enroll_command(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program, {"enroll", "Set up a new device from the office's enrollment, or renew one",
                "  handover enroll tech.17.enrollment --dir van-17     (asks for its "
                "code)\n"
                "  handover enroll tech.17.enrollment --renew --config "
                "van-17/handover.toml"});
  auto arguments = std::make_shared<EnrollArguments>();
  command.add_option("BUNDLE", arguments->bundle, "The file from the office")->required();
  command.add_option("--dir", arguments->dir,
                     "The folder to make, or an existing one without such files");
  command.add_flag("--renew", arguments->renew,
                   "Only replace the keys and the certificate of the device of --config");
  command.add_option("--code-file", arguments->code_file,
                     "A file of mode 0600 with the code; else it is read from standard input");
  commands.on_chosen(command,
                     [arguments](Session& session) { return enroll(session, *arguments); });
}

}  // namespace handover::cli
