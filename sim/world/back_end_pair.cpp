#include "sim/world/back_end_pair.hpp"

#include <memory>
#include <utility>

#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"

namespace handover::sim {
namespace {

constexpr const char* kPassword = "a password of the simulated world";
constexpr const char* kCmdbUser = "handover";

Secret password() { return Secret(std::string_view(kPassword)); }

std::unique_ptr<forwarding::Backend> make_servicemobility(const std::string& user) {
  backends::ServiceMobilitySettings settings;
  settings.username = user;
  settings.read_password = []() -> Result<Secret> { return password(); };
  return std::make_unique<backends::ServiceMobilityBackend>(std::move(settings));
}

std::unique_ptr<forwarding::Backend> make_cmdb(bool reads) {
  backends::CmdbSettings settings;
  settings.path = "/api/now/import/u_wwt_asset";
  settings.environment = "test";
  settings.username = kCmdbUser;
  settings.read_password = []() -> Result<Secret> { return password(); };
  settings.usage_state = "inuse";
  if (reads) settings.look_up_path = "/api/now/table/alm_hardware";
  return std::make_unique<backends::CmdbBackend>(std::move(settings));
}

ServiceMobilityOptions servicemobility_for(const std::vector<std::string>& users) {
  ServiceMobilityOptions options;
  for (const auto& user : users) options.users[user] = kPassword;
  return options;
}

CmdbOptions cmdb_for(bool reads) {
  CmdbOptions options;
  options.users[kCmdbUser] = kPassword;
  options.reads = reads;
  return options;
}

}  // namespace

BackEndPair::BackEndPair(const std::vector<std::string>& users, bool cmdb_reads, std::uint64_t seed)
    : cmdb_reads_(cmdb_reads),
      servicemobility_(servicemobility_for(users), seed_for(seed, "servicemobility model")),
      cmdb_(cmdb_for(cmdb_reads), seed_for(seed, "cmdb model")),
      servicemobility_server_(servicemobility_, seed_for(seed, "servicemobility faults")),
      cmdb_server_(cmdb_, seed_for(seed, "cmdb faults")),
      back_ends_{&servicemobility_server_, &cmdb_server_} {}

std::vector<Destination> BackEndPair::destinations(const Serve& serve) const {
  const auto to = [&serve](std::size_t which) {
    return [serve, which](const HttpRequest& request) { return serve(which, request); };
  };
  const auto make_lane_to_cmdb = [reads = cmdb_reads_](const std::string&) {
    return make_cmdb(reads);
  };
  return {{kLanes[kServiceMobility], &make_servicemobility, to(kServiceMobility)},
          {kLanes[kCmdb], make_lane_to_cmdb, to(kCmdb)}};
}

std::string in_words(const HttpRequest& request, const Outcome& outcome) {
  const std::string asked =
      request.method + " " + request.target.substr(0, request.target.find('?'));
  if (!outcome.response) return asked + " -> no answer";
  return asked + " -> " + std::to_string(outcome.response->status);
}

}  // namespace handover::sim
