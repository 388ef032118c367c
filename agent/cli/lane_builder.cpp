#include "agent/cli/lane_builder.hpp"

#include <array>

#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "agent/cli/cisco_builder.hpp"
#include "agent/cli/secret_file.hpp"
#include "agent/cli/tangoe_lane.hpp"
#include "platform/asio/beast_http_transport.hpp"
#include "platform/asio/url.hpp"

namespace handover::cli {
namespace {

Result<std::unique_ptr<forwarding::Backend>> make_servicemobility(const LaneConfig& config,
                                                                  const net::Url& url,
                                                                  const LaneSources&) {
  backends::ServiceMobilitySettings settings;
  settings.path_prefix = url.path;
  settings.username = config.username;
  settings.read_password = secret_in(config.password_file);
  settings.transfer_type_outbound = config.servicemobility.transfer_type_outbound;
  settings.transfer_type_inbound = config.servicemobility.transfer_type_inbound;
  settings.evidence = config.servicemobility.evidence;
  const auto set_if_given = [](std::string& path, const std::string& given) {
    if (!given.empty()) path = given;
  };
  set_if_given(settings.transfer_path, config.servicemobility.transfer_path);
  set_if_given(settings.usage_path, config.servicemobility.usage_path);
  set_if_given(settings.login_path, config.servicemobility.login_path);
  return std::make_unique<backends::ServiceMobilityBackend>(std::move(settings));
}

Result<std::unique_ptr<forwarding::Backend>> make_cmdb(const LaneConfig& config,
                                                       const net::Url& url, const LaneSources&) {
  using Auth = backends::CmdbSettings::Auth;
  backends::CmdbSettings settings;
  settings.path = url.path;
  settings.environment = config.cmdb.environment;
  settings.auth = config.cmdb.auth == "oauth_password"             ? Auth::kOAuthPassword
                  : config.cmdb.auth == "oauth_client_credentials" ? Auth::kOAuthClientCredentials
                                                                   : Auth::kBasic;
  settings.username = config.username;
  settings.read_password = secret_in(config.password_file);
  settings.client_id = config.cmdb.client_id;
  settings.read_client_secret = secret_in(config.cmdb.client_secret_file);
  settings.usage_state = config.cmdb.usage_state;
  settings.locations = config.cmdb.locations;
  settings.look_up_path = config.cmdb.look_up_path;
  settings.integration_users = config.cmdb.integration_users;
  settings.correction_prefix = config.cmdb.correction_prefix;
  settings.prefix_on_name = config.cmdb.prefix_on_name;
  settings.prefix_on_serial = config.cmdb.prefix_on_serial;
  settings.all_strings = config.cmdb.all_strings;
  settings.event_keys = config.cmdb.event_keys;
  settings.extra_keys = config.cmdb.extra_keys;
  settings.filters = config.cmdb.filters;
  return std::make_unique<backends::CmdbBackend>(std::move(settings));
}

Result<std::unique_ptr<forwarding::Backend>> make_cisco(const LaneConfig& config,
                                                        const net::Url& url, const LaneSources&) {
  return make_cisco_backend(config, url.path);
}

Result<std::unique_ptr<forwarding::Backend>> make_tangoe(const LaneConfig& config,
                                                         const net::Url& url,
                                                         const LaneSources& sources) {
  return std::make_unique<backends::TangoeBackend>(
      tangoe_settings(config, url.path, sources.clock, sources.entropy));
}

struct Kind {
  std::string_view name;
  Result<std::unique_ptr<forwarding::Backend>> (*make)(const LaneConfig& config,
                                                       const net::Url& url,
                                                       const LaneSources& sources);
};
constexpr std::array kKinds = {
    Kind{"servicemobility", &make_servicemobility},
    Kind{"cmdb", &make_cmdb},
    Kind{"cisco", &make_cisco},
    Kind{"tangoe", &make_tangoe},
};

Result<std::unique_ptr<forwarding::Backend>> make_backend(const LaneConfig& config,
                                                          const net::Url& url,
                                                          const LaneSources& sources) {
  for (const Kind& kind : kKinds) {
    if (kind.name == config.kind) return kind.make(config, url, sources);
  }
  return fail(Errc::kConfig, "unknown kind of back-end");
}

}  // namespace

Result<AgentLane> build_lane(const LaneConfig& config, const boost::asio::any_io_executor& executor,
                             const LaneSources& sources) {
  const std::string context = "lane " + config.name;
  auto url = net::parse_url(config.url);
  if (!url) return fail(std::move(url).error().with_context(context));
  auto backend = make_backend(config, *url, sources);
  if (!backend) return fail(std::move(backend).error().with_context(context));
  net::TransportSettings settings;
  settings.url_origin = url->scheme + "://" + net::authority_of(*url);
  settings.ca_file = config.ca_file;
  settings.pinned_keys = config.pinned_keys;
  auto transport = net::BeastHttpTransport::make(executor, std::move(settings));
  if (!transport) return fail(std::move(transport).error().with_context(context));
  AgentLane lane;
  lane.name = config.name;
  lane.backend = std::move(*backend);
  lane.transport = std::move(*transport);
  return lane;
}

}  // namespace handover::cli
