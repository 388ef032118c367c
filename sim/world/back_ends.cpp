#include "sim/world/back_ends.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/cisco/cisco_backend.hpp"
#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "crypto/sha256.hpp"

namespace handover::sim {
namespace {

constexpr const char* kPassword = "a password of the simulated world";
constexpr const char* kCmdbUser = "handover";
constexpr const char* kCmdbClient = "a client of the simulated world";
constexpr const char* kBuyer = "123456789";
constexpr const char* kBillTo = "1234567";
constexpr const char* kService = "CON-SNT-SW9200";

Secret password() { return Secret(std::string_view(kPassword)); }

std::unique_ptr<forwarding::Backend> make_servicemobility(const std::string& user) {
  backends::ServiceMobilitySettings settings;
  settings.username = user;
  settings.read_password = []() -> Result<Secret> { return password(); };
  return std::make_unique<backends::ServiceMobilityBackend>(std::move(settings));
}

std::unique_ptr<forwarding::Backend> make_cmdb(const BackEndsOptions& world) {
  backends::CmdbSettings settings;
  settings.path = "/api/now/import/u_wwt_asset";
  settings.environment = "test";
  settings.username = kCmdbUser;
  settings.read_password = []() -> Result<Secret> { return password(); };
  if (world.cmdb_oauth) {
    settings.auth = backends::CmdbSettings::Auth::kOAuthPassword;
    settings.client_id = kCmdbClient;
    settings.read_client_secret = []() -> Result<Secret> { return password(); };
  }
  settings.usage_state = "inuse";
  if (world.warehouse)
    settings.filters[backends::AssetEvent::kReceipt].customer_parts = {kUnitProduct};
  if (world.cmdb_reads) settings.look_up_path = "/api/now/table/alm_hardware";
  return std::make_unique<backends::CmdbBackend>(std::move(settings));
}

std::unique_ptr<forwarding::Backend> make_cisco(const std::string& user) {
  backends::CiscoSettings settings;
  settings.username = user;
  settings.read_password = []() -> Result<Secret> { return password(); };
  settings.usage = "Test";
  settings.parties.buyer_duns = kBuyer;
  settings.parties.contact_name = "Order Desk";
  settings.parties.contact_email = "orders@partner.example";
  settings.parties.contact_phone = "15550100";
  settings.parties.bill_to_name = "Partner";
  return std::make_unique<backends::CiscoBackend>(std::move(settings));
}

ServiceMobilityOptions servicemobility_for(const BackEndsOptions& world) {
  ServiceMobilityOptions options;
  for (const auto& user : world.users) options.users[user] = kPassword;
  return options;
}

CmdbOptions cmdb_for(const BackEndsOptions& world) {
  CmdbOptions options;
  options.users[kCmdbUser] = kPassword;
  options.basic = !world.cmdb_oauth;
  if (world.cmdb_oauth) options.oauth.clients[kCmdbClient] = kPassword;
  options.reads = world.cmdb_reads;
  options.transform.strip_update_prefix = !world.prefix_is_unknown;
  return options;
}

CiscoOptions cisco_for(const BackEndsOptions& world) {
  CiscoOptions options;
  for (const auto& user : world.users) options.users[user] = kPassword;
  CatalogueItem unit;
  unit.services = {kService};
  CatalogueItem service;
  service.kind = CatalogueKind::kService;
  options.check.catalogue[kUnitProduct] = unit;
  options.check.catalogue[kService] = service;
  options.check.bill_tos = {kBillTo};
  options.acknowledge_after = world.cisco_acknowledges_after;
  options.confirm_after = world.cisco_confirms_after;
  return options;
}

void mix_headers(Trace& trace, const std::vector<HttpHeader>& headers) {
  for (const HttpHeader& header : headers) {
    trace.mix(header.name);
    trace.mix(header.value);
  }
}

}  // namespace

BackEnds::BackEnds(const BackEndsOptions& options)
    : options_(options),
      models_{ServiceMobilityModel(servicemobility_for(options),
                                   seed_for(options.seed, "servicemobility model")),
              CmdbModel(cmdb_for(options), seed_for(options.seed, "cmdb model")),
              CiscoModel(cisco_for(options), seed_for(options.seed, "cisco model"))},
      servers_{SimulatedBackEnd(models_.servicemobility,
                                seed_for(options.seed, "servicemobility faults")),
               SimulatedBackEnd(models_.cmdb, seed_for(options.seed, "cmdb faults")),
               SimulatedBackEnd(models_.cisco, seed_for(options.seed, "cisco faults"))} {}

bool BackEnds::cisco_has(std::string_view purchase_order) const {
  const auto& orders = models_.cisco.orders();
  return std::any_of(orders.begin(), orders.end(), [&](const CiscoModel::Order& order) {
    return order.purchase_order == purchase_order;
  });
}

std::vector<std::string> BackEnds::secrets() const {
  std::vector<std::string> all = {kPassword};
  all.push_back(crypto::to_base64(std::string(kCmdbUser) + ":" + kPassword));
  for (const std::string& user : options_.users)
    all.push_back(crypto::to_base64(user + ":" + kPassword));
  return all;
}

void BackEnds::clear_faults() {
  for (SimulatedBackEnd& server : servers_) server.clear_faults();
}

std::vector<Destination> BackEnds::destinations(const Serve& serve) const {
  const auto to = [&serve](std::size_t which) {
    return [serve, which](const HttpRequest& request) { return serve(which, request); };
  };
  const auto make_lane_to_cmdb = [world = options_](const std::string&) {
    return make_cmdb(world);
  };
  std::vector<Destination> all = {
      {kLanes[kServiceMobility], &make_servicemobility, to(kServiceMobility)},
      {kLanes[kCmdb], make_lane_to_cmdb, to(kCmdb)}};
  if (options_.cisco) all.push_back({kLanes[kCisco], &make_cisco, to(kCisco)});
  return all;
}

std::optional<recording::OrderSettings> BackEnds::order_settings() const {
  if (!options_.cisco) return std::nullopt;
  recording::OrderSettings settings;
  settings.propose = true;
  settings.rules.bill_to = kBillTo;
  settings.rules.buyer_duns = kBuyer;
  settings.rules.services = {{kUnitProduct, kService}};
  return settings;
}

std::string in_words(const HttpRequest& request, const Outcome& outcome) {
  const std::string asked =
      request.method + " " + request.target.substr(0, request.target.find('?'));
  if (!outcome.response) return asked + " -> no answer";
  return asked + " -> " + std::to_string(outcome.response->status);
}

void mix_exchange(Trace& trace, const HttpRequest& request, const Outcome& outcome) {
  trace.mix(request.target);
  mix_headers(trace, request.headers);
  trace.mix(request.body);
  if (!outcome.response) return;
  mix_headers(trace, outcome.response->headers);
  trace.mix(outcome.response->body);
}

}  // namespace handover::sim
