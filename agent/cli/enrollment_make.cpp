#include "agent/cli/enrollment_make.hpp"

#include <memory>

#include "agent/cli/device_folder.hpp"
#include "agent/cli/enrollment_files.hpp"
#include "agent/cli/init.hpp"
#include "agent/qr/enrollment_bundle.hpp"
#include "crypto/identifier.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/sha256.hpp"
#include "crypto/validation_code.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kSecretFileBytesMax = 4096;
constexpr int kDaysMost = 3650;
constexpr std::chrono::hours kDay{24};

struct MakeArguments {
  InitArguments device;
  std::vector<std::string> locations;
  std::string company;
  std::string company_key;
  std::string also_company_keys;
  std::string out;
  int valid_days = 365;
};

std::string hex_of(std::string_view bytes) {
  return crypto::to_hex(std::as_bytes(std::span(bytes)));
}

Result<ExitCode> make_company_key(Session& session, const std::string& out) {
  const crypto::SigningKey key = crypto::SigningKey::draw(session.world().entropy);
  const Secret text(crypto::to_hex(key.seed().bytes()) + "\n");
  RETURN_IF_ERROR(posix::create_private_file(out, text.reveal()));
  session.answer(Json::object({{"file", out}, {"public_key", hex_of(key.public_key())}}));
  session.out() << "Made " << out << ".\nPublic key: " << hex_of(key.public_key()) << "\n";
  session.hints() << "Whoever has " << out
                  << " can make devices of the company. Keep it off the network, with a copy in a "
                     "safe place.\n";
  return ExitCode::kDone;
}

/// Names and identifiers must be what a certificate and a configuration take.
Result<void> check_texts(const MakeArguments& arguments) {
  const auto check = [](const char* option, const std::string& text) -> Result<void> {
    const auto canonical = crypto::canonical_identifier(text);
    if (canonical) return {};
    return fail(wrong_usage(std::string(option) + ": " + canonical.error().detail));
  };
  RETURN_IF_ERROR(check("--user", arguments.device.user));
  RETURN_IF_ERROR(check("--first-name", arguments.device.first_name));
  RETURN_IF_ERROR(check("--last-name", arguments.device.last_name));
  RETURN_IF_ERROR(check("--company", arguments.company));
  RETURN_IF_ERROR(check("--device-id", arguments.device.device_id));
  if (arguments.locations.size() > qr::kLocationsMax)
    return fail(wrong_usage("--location: at most 16"));
  for (const auto& location : arguments.locations) RETURN_IF_ERROR(check("--location", location));
  return {};
}

Result<qr::CompanyKeys> company_keys_of(const MakeArguments& arguments,
                                        const crypto::SigningKey& company_key) {
  std::vector<std::string> keys = {company_key.public_key()};
  if (!arguments.also_company_keys.empty()) {
    TRY_ASSIGN(const std::string text,
               posix::read_text_file(arguments.also_company_keys, kSecretFileBytesMax));
    TRY_ASSIGN(const auto also, qr::CompanyKeys::parse(text));
    for (const auto& key : also.keys()) {
      if (key != keys.front()) keys.push_back(key);
    }
  }
  // Parsed again for its own limits.
  return qr::CompanyKeys::parse(qr::CompanyKeys::of(std::move(keys)).file_text());
}

std::string enrollment_text() {
  return std::string(
             "\n# The company's word on this device, for QR codes (docs/qr-handover.md).\n"
             "[enrollment]\n"
             "certificate = \"") +
         kCertificateName + "\"\nkey_file = \"" + kDeviceKeyName + "\"\ncompany_keys = \"" +
         kCompanyKeysName + "\"\n";
}

Result<void> add_files(const MakeArguments& arguments, qr::Bundle& bundle) {
  TRY_ASSIGN(Secret ring, posix::read_private_file(arguments.device.key_ring, kSecretFileBytesMax));
  const auto parsed = crypto::KeyRing::parse(ring.reveal());
  if (!parsed) return fail(Errc::kConfig, arguments.device.key_ring + ": " + parsed.error().detail);
  bundle.files.emplace_back(kKeyRingName, std::move(ring));
  if (arguments.device.password_file.empty()) return {};
  TRY_ASSIGN(const Secret password,
             posix::read_private_file(arguments.device.password_file, kSecretFileBytesMax));
  if (!arguments.device.servicemobility.empty())
    bundle.files.emplace_back("servicemobility.password", password.clone());
  if (!arguments.device.cmdb.empty()) bundle.files.emplace_back("cmdb.password", password.clone());
  return {};
}

qr::Certificate certificate_of(const MakeArguments& arguments, const crypto::SigningKey& device,
                               WallTime now) {
  qr::Certificate certificate;
  certificate.company = arguments.company;
  certificate.technician = {arguments.device.user, arguments.device.first_name,
                            arguments.device.last_name};
  certificate.device_id = arguments.device.device_id;
  certificate.locations = arguments.locations;
  certificate.public_key = device.public_key();
  certificate.valid_from = now;
  certificate.valid_until = now + kDay * arguments.valid_days;
  return certificate;
}

Result<qr::Bundle> bundle_of(Session& session, const MakeArguments& arguments,
                             const crypto::SigningKey& company_key) {
  const crypto::SigningKey device = crypto::SigningKey::draw(session.world().entropy);
  qr::Bundle bundle;
  bundle.device_seed = device.seed().clone();
  TRY_ASSIGN(bundle.company_keys, company_keys_of(arguments, company_key));
  bundle.certificate = certificate_of(arguments, device, session.world().clock.wall_now());
  bundle.certificate.bytes = qr::make_certificate(bundle.certificate, company_key);
  bundle.config = config_text(arguments.device) + enrollment_text();
  const auto config = parse_config(bundle.config, kConfigName, "");
  if (!config) return fail(wrong_usage(config.error().detail));
  RETURN_IF_ERROR(add_files(arguments, bundle));
  return bundle;
}

void tell(Session& session, const MakeArguments& arguments, const qr::Certificate& certificate,
          const Secret& code) {
  const std::string grouped = crypto::group_code(code.reveal());
  session.answer(Json::object({{"file", arguments.out},
                               {"code", grouped},
                               {"device_id", certificate.device_id},
                               {"valid_until", format_rfc3339(certificate.valid_until)}}));
  session.out() << "Made " << arguments.out << " for " << arguments.device.user << ", valid until "
                << format_rfc3339_seconds(certificate.valid_until) << ".\nCode: " << grouped
                << "\n";
  session.hints()
      << "The file holds the device's keys and passwords, sealed under this code, which "
         "is not kept anywhere. Send the two by different ways, and delete the file "
         "when the device is enrolled:\n  handover enroll "
      << arguments.out << " --dir DIR\n";
}

Result<ExitCode> make(Session& session, MakeArguments arguments) {
  InitArguments& device = arguments.device;
  constexpr std::size_t kDistinct = 8;
  if (device.device_id.empty())
    device.device_id = "device-" + make_uuid(session.world().entropy).substr(0, kDistinct);
  device.location = arguments.locations.front();
  RETURN_IF_ERROR(check_texts(arguments));
  const bool logs_in = !device.servicemobility.empty() || !device.cmdb.empty();
  if (logs_in != !device.password_file.empty())
    return fail(wrong_usage("--servicemobility and --cmdb go together with --password-file"));
  TRY_ASSIGN(const auto company_key, read_signing_key(arguments.company_key));
  TRY_ASSIGN(const qr::Bundle bundle, bundle_of(session, arguments, company_key));
  const Secret code = qr::draw_bundle_code(session.world().entropy);
  RETURN_IF_ERROR(posix::create_private_file(
      arguments.out, qr::make_bundle(bundle, company_key, code, session.world().entropy)));
  tell(session, arguments, bundle.certificate, code);
  return ExitCode::kDone;
}

void add_person_options(CLI::App& command, MakeArguments& arguments) {
  InitArguments& device = arguments.device;
  command.add_option("--user", device.user, "The technician's UserID")->required();
  command.add_option("--first-name", device.first_name, "The technician's first name")->required();
  command.add_option("--last-name", device.last_name, "The technician's last name")->required();
  command
      .add_option("--location", arguments.locations,
                  "His storage locations, once for each; the first is the device's own")
      ->allow_extra_args(false)
      ->required();
  command.add_option("--device-id", device.device_id, "A name for the device; else one is made up");
  command.add_option("--listen", device.listen, "The local API: unix:PATH or 127.0.0.1:PORT")
      ->capture_default_str();
}

void add_company_options(CLI::App& command, MakeArguments& arguments) {
  command.add_option("--company", arguments.company, "The company's name, for the certificate")
      ->required();
  command
      .add_option("--company-key", arguments.company_key,
                  "The file that handover enrollment company-key made")
      ->required();
  command.add_option("--also-company-keys", arguments.also_company_keys,
                     "Further public keys for the device to know, one a line: a coming one, or an "
                     "older one");
  command.add_option("--valid-days", arguments.valid_days, "How long the certificate is valid")
      ->check(CLI::Range(1, kDaysMost))
      ->capture_default_str();
  command
      .add_option("--key-ring", arguments.device.key_ring,
                  "The company's validation keys, to be copied")
      ->required();
}

}  // namespace

void add_enrollment_commands(CLI::App& program, Commands& commands) {
  CLI::App* group = program.add_subcommand(
      "enrollment", "Office: give devices their keys, certificates and configuration");
  group->require_subcommand(1);

  CLI::App& company_key =
      commands.add(*group, {"company-key", "Make the key that certifies the company's devices",
                            "  handover enrollment company-key --out company.key"});
  auto out = std::make_shared<std::string>();
  company_key.add_option("--out", *out, "The file to make; mode 0600")->required();
  commands.on_chosen(company_key,
                     [out](Session& session) { return make_company_key(session, *out); });

  CLI::App& command = commands.add(
      *group, {"make", "Make a sealed bundle for one device, and the code that opens it",
               "  handover enrollment make --company Example --company-key company.key --user "
               "tech.17 \\\n"
               "    --first-name Given --last-name Family --location VAN-17 --key-ring "
               "validation.keys --out tech.17.enrollment"});
  auto arguments = std::make_shared<MakeArguments>();
  command.add_option("--out", arguments->out, "The bundle to make")->required();
  add_company_options(command, *arguments);
  add_person_options(command, *arguments);
  command.add_option("--servicemobility", arguments->device.servicemobility, "URL: adds that lane");
  add_lane_options(command, arguments->device);
  commands.on_chosen(command, [arguments](Session& session) { return make(session, *arguments); });
}

}  // namespace handover::cli
