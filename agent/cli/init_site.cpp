#include "agent/cli/init_site.hpp"

#include "agent/cli/init_text.hpp"
#include "agent/cli/webhook_config.hpp"
#include "agent/intake/access_token.hpp"
#include "platform/asio/tls_server.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr const char* kCertificateName = "webhook.crt";
constexpr const char* kKeyName = "webhook.key";
constexpr const char* kTokenKeysName = "webhook.keys";

struct Option {
  const char* name;
  const std::string& value;
};

/// The names of those that were given, or of those that were not.
std::string names_of(const std::vector<Option>& options, bool given) {
  std::string names;
  for (const Option& option : options)
    if (option.value.empty() != given)
      names += std::string(names.empty() ? "" : ", ") + option.name;
  return names;
}

std::string missing_among(const std::vector<Option>& options) { return names_of(options, false); }
std::string given_among(const std::vector<Option>& options) { return names_of(options, true); }

Result<void> check_handheld(const InitArguments& arguments) {
  const std::string missing = missing_among({{"--user", arguments.user},
                                             {"--first-name", arguments.first_name},
                                             {"--last-name", arguments.last_name},
                                             {"--location", arguments.location}});
  if (!missing.empty()) return fail(wrong_usage("a handheld needs " + missing));
  const std::string given = given_among({{"--webhook", arguments.webhook},
                                         {"--webhook-path", arguments.webhook_path},
                                         {"--certificate", arguments.certificate},
                                         {"--certificate-key", arguments.certificate_key},
                                         {"--token-keys", arguments.token_keys},
                                         {"--polling", arguments.polling}});
  if (!given.empty()) return fail(wrong_usage(given + " is for --role site alone"));
  return {};
}

Result<void> check_site(const InitArguments& arguments) {
  if (!arguments.servicemobility.empty()) {
    return fail(wrong_usage(
        "a site agent sends nothing to ServiceMobility; to read its exports, say --polling URL"));
  }
  if (!arguments.key_ring.empty())
    return fail(wrong_usage("--key-ring is for handhelds: a site agent makes no transfers"));
  if (arguments.webhook.empty() && arguments.polling.empty())
    return fail(wrong_usage("a site agent needs --webhook, --polling or both"));
  if (arguments.back_end_user.empty() && (!arguments.cmdb.empty() || !arguments.polling.empty()))
    return fail(wrong_usage("a site agent needs --back-end-user with --cmdb and --polling"));
  const std::vector<Option> parts = {{"--webhook-path", arguments.webhook_path},
                                     {"--certificate", arguments.certificate},
                                     {"--certificate-key", arguments.certificate_key},
                                     {"--token-keys", arguments.token_keys}};
  const std::string given = given_among(parts);
  if (arguments.webhook.empty() && !given.empty())
    return fail(wrong_usage(given + " belongs to --webhook"));
  if (!arguments.webhook.empty() && arguments.token_keys.empty()) {
    return fail(
        wrong_usage("--webhook needs --token-keys: the file with the keys of HS256 tokens"));
  }
  if (arguments.certificate.empty() != arguments.certificate_key.empty())
    return fail(wrong_usage("--certificate and --certificate-key belong together"));
  return {};
}

std::string webhook_text(const InitArguments& arguments) {
  const bool ready = !arguments.webhook.empty();
  const std::string path = ready ? arguments.webhook_path : "/servicemobility";
  std::string text =
      "[webhook]\nlisten = " + quote(ready ? arguments.webhook : "192.0.2.7:8443") + "\n";
  if (!path.empty()) text += "path = " + quote(path) + "\n";
  if (!ready || !arguments.certificate.empty()) {
    text +=
        "certificate_file = \"webhook.crt\"   # PEM: ours, then those between it and the root\n"
        "key_file = \"webhook.key\"\n";
  }
  text += "token_keys_file = \"webhook.keys\"   # one a line; read at each call\n";
  return section_text(text, ready);
}

std::string polling_text(const InitArguments& arguments) {
  const bool ready = !arguments.polling.empty();
  return section_text(
      "[polling]\n"
      "url = " +
          quote(ready ? arguments.polling : "https://servicemobility.example.com") +
          "\n"
          "username = " +
          quote(arguments.back_end_user.empty() ? "handover" : arguments.back_end_user) +
          "\n"
          "password_file = \"servicemobility.password\"\n",
      ready);
}

/// The files of --certificate and --certificate-key, which must fit each other.
Result<std::vector<NewFile>> certificate_files(const InitArguments& arguments) {
  TRY_ASSIGN(const std::string chain,
             posix::read_text_file(arguments.certificate, kCertificateBytesMax));
  TRY_ASSIGN(Secret key,
             posix::read_private_file(arguments.certificate_key, kWebhookSecretBytesMax));
  const auto tls = net::TlsServer::make(chain, key);
  if (!tls) {
    return fail(Errc::kConfig, arguments.certificate + ", " + arguments.certificate_key + ": " +
                                   tls.error().detail);
  }
  std::vector<NewFile> files;
  files.push_back({kCertificateName, Secret(chain)});
  files.push_back({kKeyName, std::move(key)});
  return files;
}

}  // namespace

std::string site_text(const InitArguments& arguments) {
  return "# Where ServiceMobility calls us, and from where its exports are read: one of the two, "
         "or "
         "both.\n" +
         webhook_text(arguments) + polling_text(arguments);
}

Result<void> check_role(const InitArguments& arguments) {
  return is_site(arguments) ? check_site(arguments) : check_handheld(arguments);
}

Result<std::vector<NewFile>> webhook_files(const InitArguments& arguments) {
  std::vector<NewFile> files;
  if (arguments.webhook.empty()) return files;
  if (!arguments.certificate.empty()) {
    TRY_ASSIGN(files, certificate_files(arguments));
  }
  TRY_ASSIGN(Secret keys, posix::read_private_file(arguments.token_keys, kWebhookSecretBytesMax));
  const auto parsed = intake::parse_token_keys(keys.reveal());
  if (!parsed) return fail(Errc::kConfig, arguments.token_keys + ": " + parsed.error().detail);
  files.push_back({kTokenKeysName, std::move(keys)});
  return files;
}

std::string webhook_hint(const InitArguments& arguments) {
  if (arguments.webhook.empty()) return {};
  const std::string scheme = arguments.certificate.empty() ? "http://" : "https://";
  return "ServiceMobility's endpoint is " + scheme + arguments.webhook + arguments.webhook_path +
         "/InventoryUsage/, and the same with InventoryTransfer, LoadInventory and "
         "PhysicalInventoryRequest.\n";
}

}  // namespace handover::cli
