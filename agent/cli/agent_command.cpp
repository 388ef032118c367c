#include "agent/cli/agent_command.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>

#include "agent/agent.hpp"
#include "agent/cli/cisco_builder.hpp"
#include "agent/cli/enrollment_files.hpp"
#include "agent/cli/lane_builder.hpp"
#include "agent/cli/secret_file.hpp"
#include "agent/cli/site_builder.hpp"
#include "platform/asio/asio_scheduler.hpp"
#include "platform/asio/http_server.hpp"
#include "platform/asio/network_monitor.hpp"
#include "platform/posix/os_entropy.hpp"
#include "platform/posix/private_file.hpp"
#include "platform/posix/stderr_log.hpp"
#include "platform/posix/system_clock.hpp"

namespace handover::cli {
namespace {

constexpr int kUnusable = 4;

Result<crypto::KeyRing> read_key_ring(const std::string& file) {
  TRY_ASSIGN(const Secret content, posix::read_private_file(file, kSecretFileBytesMax));
  auto ring = crypto::KeyRing::parse(content.reveal());
  if (!ring) return fail(std::move(ring).error().with_context(file));
  return ring;
}

/// Without a certificate that can be used the device hands over by spoken code: that must not wait
/// for the office.
void set_enrollment(AgentSettings& settings, const Config& config, Log& log) {
  auto enrollment = read_enrollment(config);
  if (enrollment) {
    settings.enrollment = std::move(*enrollment);
    return;
  }
  settings.enrollment_fault = enrollment.error().detail;
  log.warning("no QR codes, since the enrollment cannot be used: " + settings.enrollment_fault +
              "; spoken codes work. See handover doctor");
}

Result<AgentSettings> settings_of(const Config& config, Log& log) {
  TRY_ASSIGN(crypto::KeyRing key_ring, read_key_ring(config.key_ring_file));
  TRY_ASSIGN(Secret store_key, read_store_key(config.store_key_file));
  TRY_ASSIGN(const Secret token, posix::read_private_file(config.token_file, kSecretFileBytesMax));
  AgentSettings settings{
      .store = {.path = config.store_path, .vfs = {}, .mode = storage::OpenMode::kExisting},
      .store_key = std::move(store_key),
      .key_ring = std::move(key_ring),
      .device = {},
      .stock_policy = config.stock_policy,
      .lane = {{config.retry_first, config.retry_cap}, config.in_flight_max},
      .api_token = posix::without_trailing_newline(token)};
  settings.page = config.page;
  settings.device.id = config.device_id;
  settings.device.technician = config.technician;
  settings.device.storage_location = config.storage_location;
  set_enrollment(settings, config, log);
  for (const LaneConfig& lane : config.lanes) {
    if (lane.kind != "servicemobility") continue;
    settings.device.transfer_type_outbound = lane.servicemobility.transfer_type_outbound;
    settings.device.transfer_type_inbound = lane.servicemobility.transfer_type_inbound;
    break;
  }
  for (const LaneConfig& lane : config.lanes) {
    if (lane.kind == "cisco") settings.orders = order_settings(lane.cisco);
  }
  return settings;
}

unsigned short port_of(const std::string& address) {
  unsigned short port = 0;
  const auto colon = address.rfind(':');
  if (address.starts_with("unix:") || colon == std::string::npos) return 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  return port;
}

Result<void> run(const Config& config) {
  boost::asio::io_context context(1);
  posix::SystemClock clock;
  posix::OsEntropy entropy;
  posix::StderrLog log(clock);
  net::AsioScheduler scheduler(context, clock);
  net::NetworkMonitor connectivity(context.get_executor());

  TRY_ASSIGN(AgentSettings settings, settings_of(config, log));
  if (config.site) {
    TRY_ASSIGN(settings.site, build_site(*config.site, config, context.get_executor()));
  }
  std::vector<AgentLane> lanes;
  for (const LaneConfig& lane_config : config.lanes) {
    TRY_ASSIGN(AgentLane lane, build_lane(lane_config, context.get_executor(), {clock, entropy}));
    lanes.push_back(std::move(lane));
  }
  const AgentSeams seams{clock, entropy, scheduler, connectivity, log};
  TRY_ASSIGN(const auto agent, Agent::make(seams, std::move(settings), std::move(lanes)));

  TRY_ASSIGN(const auto server, net::HttpServer::listen(context.get_executor(), config.listen, {},
                                                        [&](HttpRequest request, net::Reply reply) {
                                                          agent->handle(request, std::move(reply));
                                                        }));
  agent->set_api_port(port_of(server->address()));
  std::unique_ptr<net::HttpServer> webhook;
  if (config.site && config.site->webhook) {
    TRY_ASSIGN(webhook, listen_for_webhooks(*config.site->webhook, context.get_executor(), *agent));
  }
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    server->stop();
    if (webhook) webhook->stop();
    context.stop();
  });
  std::fprintf(stderr, "handover agent of %s listens at %s\n", config.device_id.c_str(),
               server->address().c_str());
  if (webhook) std::fprintf(stderr, "webhooks are taken in at %s\n", webhook->address().c_str());
  context.run();
  return {};
}

}  // namespace

int run_agent(const Config& config) {
  const auto outcome = run(config);
  if (outcome) return 0;
  std::fprintf(stderr, "handover: %s\n", outcome.error().detail.c_str());
  return kUnusable;
}

}  // namespace handover::cli
