#include "agent/cli/site_builder.hpp"

#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "agent/cli/secret_file.hpp"
#include "agent/intake/access_token.hpp"
#include "platform/asio/beast_http_transport.hpp"
#include "platform/asio/tls_server.hpp"
#include "platform/asio/url.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

Result<std::vector<Secret>> read_token_keys(const std::string& file) {
  TRY_ASSIGN(const Secret content, posix::read_private_file(file, kWebhookSecretBytesMax));
  auto keys = intake::parse_token_keys(content.reveal());
  if (!keys) return fail(std::move(keys).error().with_context(file));
  return keys;
}

Result<intake::WebhookSettings> make_webhook(const WebhookConfig& config) {
  intake::WebhookSettings settings;
  settings.path = config.path;
  settings.check_tokens = config.check_tokens;
  settings.leeway = config.token_leeway;
  if (!config.check_tokens) return settings;
  const std::string file = config.token_keys_file;
  // Without keys no token could be right: that is to be known now, and not at the first call.
  RETURN_IF_ERROR(read_token_keys(file));
  settings.read_keys = [file] { return read_token_keys(file); };
  return settings;
}

std::unique_ptr<forwarding::Backend> make_login(const PollingConfig& config, const net::Url& url) {
  backends::ServiceMobilitySettings settings;
  settings.path_prefix = url.path;
  settings.username = config.username;
  settings.read_password = secret_in(config.password_file);
  if (!config.login_path.empty()) settings.login_path = config.login_path;
  return std::make_unique<backends::ServiceMobilityBackend>(std::move(settings));
}

Result<void> add_exports(const PollingConfig& config, const Config& whole,
                         const boost::asio::any_io_executor& executor, intake::SiteSettings& site) {
  TRY_ASSIGN(const net::Url url, net::parse_url(config.url));
  intake::ExportSettings settings;
  for (const auto& name : config.exports) {
    if (const auto type = intake::row_type_named(name)) settings.types.push_back(*type);
  }
  settings.path_prefix = url.path;
  while (settings.path_prefix.ends_with('/')) settings.path_prefix.pop_back();
  settings.every = config.every;
  settings.limit = config.limit;
  settings.retry = {whole.retry_first, whole.retry_cap};
  net::TransportSettings transport;
  transport.url_origin = url.scheme + "://" + net::authority_of(url);
  transport.ca_file = config.ca_file;
  transport.pinned_keys = config.pinned_keys;
  TRY_ASSIGN(site.export_transport, net::BeastHttpTransport::make(executor, std::move(transport)));
  site.export_login = make_login(config, url);
  site.exports = std::move(settings);
  return {};
}

Result<std::unique_ptr<net::TlsServer>> make_tls(const WebhookConfig& config) {
  TRY_ASSIGN(const std::string chain,
             posix::read_text_file(config.certificate_file, kCertificateBytesMax));
  TRY_ASSIGN(const Secret key, posix::read_private_file(config.key_file, kWebhookSecretBytesMax));
  auto tls = net::TlsServer::make(chain, key);
  if (!tls)
    return fail(std::move(tls).error().with_context("[webhook] " + config.certificate_file));
  return tls;
}

}  // namespace

Result<intake::SiteSettings> build_site(const SiteConfig& config, const Config& whole,
                                        const boost::asio::any_io_executor& executor) {
  intake::SiteSettings site;
  site.rows = {config.transfer_type_outbound, config.transfer_type_inbound};
  if (config.webhook) {
    TRY_ASSIGN(site.webhook, make_webhook(*config.webhook));
  }
  if (config.polling) {
    if (auto added = add_exports(*config.polling, whole, executor, site); !added)
      return fail(std::move(added).error().with_context("[polling]"));
  }
  return site;
}

Result<std::unique_ptr<net::HttpServer>> listen_for_webhooks(
    const WebhookConfig& config, const boost::asio::any_io_executor& executor, Agent& agent) {
  auto handler = [&agent](const HttpRequest& request, net::Reply reply) {
    agent.handle_webhook(request, std::move(reply));
  };
  std::unique_ptr<net::HttpServer> server;
  if (config.certificate_file.empty()) {
    TRY_ASSIGN(server, net::HttpServer::listen(executor, config.listen, {}, std::move(handler)));
  } else {
    TRY_ASSIGN(auto tls, make_tls(config));
    TRY_ASSIGN(server, net::HttpServer::listen_tls(executor, config.listen, {}, std::move(tls),
                                                   std::move(handler)));
  }
  agent.set_webhook_address(server->address());
  return server;
}

}  // namespace handover::cli
