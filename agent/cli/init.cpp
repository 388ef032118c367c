#include "agent/cli/init.hpp"

#include <array>
#include <memory>
#include <optional>

#include "agent/cli/device_folder.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/init_site.hpp"
#include "agent/cli/secret_file.hpp"
#include "crypto/key_ring.hpp"
#include "platform/posix/file_status.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr unsigned kNotTheOwner = 077;

bool needs_servicemobility_password(const InitArguments& arguments) {
  return !arguments.servicemobility.empty() || !arguments.polling.empty();
}

/// Texts that go into the configuration and into every record, and are shown to people.
Result<void> check_names(const InitArguments& arguments) {
  const std::array<std::pair<const char*, const std::string*>, 7> kNames = {
      {{"--user", &arguments.user},
       {"--first-name", &arguments.first_name},
       {"--last-name", &arguments.last_name},
       {"--location", &arguments.location},
       {"--device-id", &arguments.device_id},
       {"--back-end-user", &arguments.back_end_user},
       {"--cmdb-usage-state", &arguments.cmdb_usage_state}}};
  for (const auto& [option, text] : kNames) {
    if (printable(*text) == *text) continue;
    return fail(wrong_usage(std::string(option) +
                            " holds a character that cannot be shown (a control character, or "
                            "broken UTF-8); type it anew"));
  }
  return {};
}

Result<void> check_usage(const InitArguments& arguments) {
  RETURN_IF_ERROR(check_names(arguments));
  RETURN_IF_ERROR(check_role(arguments));
  const bool logs_in = needs_servicemobility_password(arguments) || !arguments.cmdb.empty();
  if (logs_in && arguments.password_file.empty()) {
    return fail(wrong_usage("--servicemobility, --polling and --cmdb need --password-file"));
  }
  if (!logs_in && !arguments.password_file.empty()) {
    return fail(wrong_usage("--password-file needs --servicemobility, --polling or --cmdb"));
  }
  // The configuration that is about to be written must be one that the agent takes.
  const auto config =
      parse_config(config_text(arguments), arguments.dir + "/" + kConfigName, arguments.dir);
  if (!config) return fail(wrong_usage(config.error().detail));
  return {};
}

Result<Secret> key_ring(Session& session, const InitArguments& arguments) {
  if (arguments.key_ring.empty()) return make_key(session.world().entropy);
  TRY_ASSIGN(Secret text, posix::read_private_file(arguments.key_ring, kSecretFileBytesMax));
  const auto ring = crypto::KeyRing::parse(text.reveal());
  if (!ring) return fail(Errc::kConfig, arguments.key_ring + ": " + ring.error().detail);
  return text;
}

/// All files but the store, the secrets among them still only in memory. The configuration is the
/// last.
Result<std::vector<NewFile>> prepare(Session& session, const InitArguments& arguments) {
  Entropy& entropy = session.world().entropy;
  std::vector<NewFile> files;
  TRY_ASSIGN(Secret ring, key_ring(session, arguments));
  files.push_back({kStoreKeyName, make_key(entropy)});
  files.push_back({"api.token", make_key(entropy)});
  files.push_back({kKeyRingName, std::move(ring)});
  if (!arguments.password_file.empty()) {
    TRY_ASSIGN(const Secret password,
               posix::read_private_file(arguments.password_file, kSecretFileBytesMax));
    if (needs_servicemobility_password(arguments))
      files.push_back({"servicemobility.password", password.clone()});
    if (!arguments.cmdb.empty()) files.push_back({"cmdb.password", password.clone()});
  }
  TRY_ASSIGN(auto of_webhook, webhook_files(arguments));
  for (NewFile& file : of_webhook) files.push_back(std::move(file));
  files.push_back({kConfigName, Secret(config_text(arguments))});
  return files;
}

void tell(Session& session, const InitArguments& arguments) {
  const std::string config = arguments.dir + "/" + kConfigName;
  session.answer(Json::object({{"dir", arguments.dir},
                               {"config", config},
                               {"device_id", arguments.device_id},
                               {"key_ring", arguments.key_ring.empty() ? "new" : "copied"}}));
  session.out() << "Made " << arguments.dir
                << (is_site(arguments) ? ", a site agent"
                                       : " for " + arguments.user + " at " + arguments.location)
                << ".\n";
  std::ostream& hints = session.hints();
  const auto folder = posix::file_status(arguments.dir);
  if (folder && (folder->mode & kNotTheOwner) != 0) {
    hints << arguments.dir << " was there, and others may look into it; run: chmod 700 "
          << arguments.dir << "\n";
  }
  if (arguments.key_ring.empty() && !is_site(arguments)) {
    hints << "Its validation keys are new. Devices only understand each other's codes with the "
             "same keys; make the others with:\n"
          << "  handover init --key-ring " << arguments.dir << "/" << kKeyRingName << " …\n";
  }
  if (arguments.servicemobility.empty() && arguments.cmdb.empty()) {
    hints << "No lanes yet: fill in the examples in " << config << ".\n";
  }
  hints << webhook_hint(arguments) << "Start the agent: handover agent --config " << config << "\n";
}

/// `arguments` with what was left out made up.
InitArguments complete(InitArguments arguments, Entropy& entropy) {
  constexpr std::size_t kDistinct = 8;
  if (arguments.device_id.empty())
    arguments.device_id =
        (is_site(arguments) ? "site-" : "device-") + make_uuid(entropy).substr(0, kDistinct);
  while (arguments.dir.size() > 1 && arguments.dir.ends_with('/')) arguments.dir.pop_back();
  return arguments;
}

}  // namespace

Result<ExitCode> init(Session& session, const InitArguments& given) {
  const InitArguments arguments = complete(given, session.world().entropy);
  RETURN_IF_ERROR(check_usage(arguments));
  TRY_ASSIGN(const std::vector<NewFile> files, prepare(session, arguments));
  RETURN_IF_ERROR(make_device_folder(session, arguments.dir, files));
  tell(session, arguments);
  return ExitCode::kDone;
}

namespace {

void add_handheld_options(CLI::App& command, InitArguments& arguments) {
  command.add_option("--user", arguments.user, "The technician's UserID");
  command.add_option("--first-name", arguments.first_name, "The technician's first name");
  command.add_option("--last-name", arguments.last_name, "The technician's last name");
  command.add_option("--location", arguments.location, "The storage location of this device");
  command.add_option("--key-ring", arguments.key_ring,
                     "The company's validation keys, to be copied; else new ones are made");
  command.add_option("--servicemobility", arguments.servicemobility,
                     "URL: adds that lane, ready to use");
}

void add_site_options(CLI::App& command, InitArguments& arguments) {
  command.add_option("--webhook", arguments.webhook,
                     "Site: IP:PORT where ServiceMobility calls; one that others reach needs "
                     "--certificate");
  command.add_option("--webhook-path", arguments.webhook_path,
                     "Site: what stands before /InventoryUsage/, such as /servicemobility");
  command.add_option("--certificate", arguments.certificate,
                     "Site: PEM of the webhook's certificate and those between it and the root, to "
                     "be copied");
  command.add_option("--certificate-key", arguments.certificate_key,
                     "Site: PEM of its private key, to be copied; mode 0600");
  command.add_option("--token-keys", arguments.token_keys,
                     "Site: the keys that ServiceMobility signs its tokens with, one a line, to be "
                     "copied; mode 0600");
  command.add_option("--polling", arguments.polling,
                     "Site: ServiceMobility's URL, whose exports are read");
}

}  // namespace

void add_lane_options(CLI::App& command, InitArguments& arguments) {
  command.add_option("--cmdb", arguments.cmdb,
                     "URL with the path of the staging table: adds that lane, ready to use");
  command.add_option("--back-end-user", arguments.back_end_user,
                     "The user name at the back-ends; else that of --user");
  command.add_option("--password-file", arguments.password_file,
                     "The password at the back-ends, to be copied; mode 0600");
  command
      .add_option("--cmdb-environment", arguments.cmdb_environment,
                  "development, test or production")
      ->capture_default_str();
  command.add_option("--cmdb-usage-state", arguments.cmdb_usage_state,
                     "The state word agreed with the customer for installed units");
}

void add_init_command(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program,
      {"init", "Set up a new device or site agent: a folder with its configuration, keys and store",
       "  handover init --dir van-17 --user tech.17 --first-name Given --last-name Family "
       "--location VAN-17\n"
       "  handover init --dir van-22 --user tech.22 --first-name Given --last-name Family "
       "--location VAN-22 \\\n"
       "    --key-ring van-17/validation.keys --servicemobility http://127.0.0.1:18080 \\\n"
       "    --cmdb http://127.0.0.1:18081/api/now/import/u_wwt_asset --password-file FILE\n"
       "  handover init --role site --dir site --webhook 192.0.2.7:8443 --certificate FILE "
       "--certificate-key FILE \\\n"
       "    --token-keys FILE --cmdb https://example.service-now.com/api/now/import/u_wwt_asset "
       "\\\n"
       "    --back-end-user handover --password-file FILE"});
  auto arguments = std::make_shared<InitArguments>();
  command
      .add_option("--dir", arguments->dir,
                  "The folder to make, or an existing one without such files")
      ->required();
  command
      .add_option("--role", arguments->role,
                  "handheld: a technician's device. site: in the office, takes in what "
                  "ServiceMobility tells")
      ->check(CLI::IsMember({"handheld", "site"}))
      ->capture_default_str();
  command.add_option("--device-id", arguments->device_id,
                     "A name for the device; else one is made up");
  command.add_option("--listen", arguments->listen, "The local API: unix:PATH or 127.0.0.1:PORT")
      ->capture_default_str();
  add_handheld_options(command, *arguments);
  add_site_options(command, *arguments);
  add_lane_options(command, *arguments);
  commands.on_chosen(command, [arguments](Session& session) { return init(session, *arguments); });
}

}  // namespace handover::cli
