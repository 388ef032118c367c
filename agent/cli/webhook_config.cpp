#include "agent/cli/webhook_config.hpp"

#include <algorithm>

#include "agent/cli/config_reader.hpp"
#include "platform/asio/listen_address.hpp"
#include "platform/asio/url.hpp"

namespace handover::cli {
namespace {

constexpr milliseconds kLeewayMost = std::chrono::hours(24 * 31);
constexpr milliseconds kEveryLeast{1'000};
constexpr milliseconds kEveryMost = std::chrono::hours(24);
constexpr std::size_t kPathMax = 200;

bool is_path(std::string_view path) {
  return path.size() <= kPathMax && path.starts_with('/') && !path.ends_with('/') &&
         std::all_of(path.begin(), path.end(),
                     [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '?'; });
}

void read_listen(TableReader& reader, WebhookConfig& config) {
  config.listen = reader.text("listen", "127.0.0.1:7018");
  config.certificate_file = reader.path("certificate_file");
  config.key_file = reader.path("key_file");
  const auto loopback = net::is_loopback_address(config.listen);
  reader.check("listen", loopback);
  const bool tls = !config.certificate_file.empty();
  if (tls != !config.key_file.empty())
    reader.complain(tls ? "key_file" : "certificate_file", "missing; TLS needs both files");
  if (loopback && !*loopback && !tls) {
    reader.complain("listen",
                    "an address that others reach needs TLS; set certificate_file and key_file");
  }
  if (!loopback || *loopback || config.check_tokens) return;
  reader.complain("token_check", "\"never\" is only for a loopback address");
}

void read_webhook(TableReader& reader, SiteConfig& site) {
  WebhookConfig config;
  config.check_tokens = reader.choice("token_check", {"always", "never"}, "always") == "always";
  config.token_keys_file = reader.path("token_keys_file");
  if (config.check_tokens && config.token_keys_file.empty())
    reader.complain("token_keys_file", "missing; expected the file with the keys of HS256 tokens");
  read_listen(reader, config);
  config.path = reader.text("path");
  if (!config.path.empty() && !is_path(config.path))
    reader.complain("path", "expected a path such as /servicemobility, without a slash at its end");
  config.token_leeway = reader.duration("token_leeway", config.token_leeway);
  if (config.token_leeway > kLeewayMost) reader.complain("token_leeway", "expected at most 744h");
  reader.table("transfer_types", {"outbound", "inbound"}, [&site](TableReader& types) {
    site.transfer_type_outbound = types.text("outbound", site.transfer_type_outbound);
    site.transfer_type_inbound = types.text("inbound", site.transfer_type_inbound);
  });
  site.webhook = std::move(config);
}

void read_exports(TableReader& reader, PollingConfig& config) {
  constexpr std::string_view kNames[] = {"InventoryUsage", "InventoryTransfer", "LoadInventory",
                                         "PhysicalInventoryRequest"};
  config.exports = reader.texts("exports");
  if (!reader.has("exports")) config.exports = {"InventoryTransfer", "InventoryUsage"};
  for (const auto& name : config.exports) {
    if (std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames)) continue;
    reader.complain("exports",
                    "expected some of InventoryUsage, InventoryTransfer, LoadInventory, "
                    "PhysicalInventoryRequest");
  }
}

void read_polling(TableReader& reader, SiteConfig& site) {
  PollingConfig config;
  config.url = reader.required_text("url");
  const auto url = net::parse_url(config.url);
  if (!config.url.empty()) reader.check("url", url);
  if (url && url->scheme == "http" && !net::is_loopback(*url))
    reader.complain("url", "plain http is only for a loopback address; use https");
  config.username = reader.required_text("username");
  if (!reader.has("password_file")) reader.complain("password_file", "missing");
  config.password_file = reader.path("password_file");
  config.login_path = reader.text("login_path");
  config.ca_file = reader.path("ca_file");
  config.pinned_keys = reader.texts("pinned_keys");
  read_exports(reader, config);
  config.every = reader.duration("every", config.every);
  if (config.every < kEveryLeast || config.every > kEveryMost)
    reader.complain("every", "expected 1s to 24h");
  config.limit = reader.integer("limit", 1, 1000, config.limit);
  site.polling = std::move(config);
}

}  // namespace

SiteConfig read_site(TableReader& root) {
  SiteConfig site;
  if (root.has("webhook")) {
    root.table("webhook",
               {"listen", "certificate_file", "key_file", "path", "token_keys_file", "token_check",
                "token_leeway", "transfer_types"},
               [&](TableReader& reader) { read_webhook(reader, site); });
  }
  if (root.has("polling")) {
    root.table("polling",
               {"url", "username", "password_file", "login_path", "ca_file", "pinned_keys",
                "exports", "every", "limit"},
               [&](TableReader& reader) { read_polling(reader, site); });
  }
  if (!site.webhook && !site.polling)
    root.complain("webhook", "missing; an agent of the role site has [webhook], [polling] or both");
  return site;
}

}  // namespace handover::cli
