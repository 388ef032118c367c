#include "agent/cli/lane_config.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "agent/cli/config_reader.hpp"
#include "platform/asio/url.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kLaneNameMax = 32;
// A record's deliveries on all lanes together are bounded (intake/row_reader.cpp).
constexpr std::size_t kLanesMax = 16;

bool is_lane_name(std::string_view name) {
  return !name.empty() && name.size() <= kLaneNameMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool is_pin(std::string_view pin) {
  constexpr std::string_view kPrefix = "sha256/";
  constexpr std::size_t kBase64Of32Bytes = 44;
  return pin.starts_with(kPrefix) && pin.size() == kPrefix.size() + kBase64Of32Bytes &&
         pin.back() == '=';
}

void read_url(TableReader& lane, LaneConfig& config) {
  config.url = lane.required_text("url");
  if (config.url.empty()) return;
  const auto url = net::parse_url(config.url);
  lane.check("url", url);
  if (!url) return;
  if (url->scheme == "http" && !net::is_loopback(*url)) {
    lane.complain("url", "plain http is only for a loopback address; use https");
  }
  if (config.kind == "cmdb" && url->path.size() <= 1) {
    lane.complain(
        "url",
        "the path is missing; expected one such as /api/now/import/NAME_OF_THE_STAGING_TABLE");
  }
}

void read_trust(TableReader& lane, LaneConfig& config) {
  config.ca_file = lane.path("ca_file");
  config.pinned_keys = lane.texts("pinned_keys");
  if (config.pinned_keys.size() == 1) {
    lane.complain(
        "pinned_keys",
        "one key alone locks this device out when it is replaced; list at least two, or none");
  }
  if (!std::all_of(config.pinned_keys.begin(), config.pinned_keys.end(), is_pin)) {
    lane.complain("pinned_keys", "expected sha256/ and the base64 of the SHA-256 of a public key");
  }
}

void read_user(TableReader& lane, LaneConfig& config, bool required) {
  config.username = required ? lane.required_text("username") : lane.text("username");
  if (required && !lane.has("password_file")) lane.complain("password_file", "missing");
  config.password_file = lane.path("password_file");
}

/// The path of one call, which comes behind that of the lane's url.
std::string read_url_path(TableReader& lane, std::string_view key) {
  constexpr std::size_t kPathMax = 200;
  std::string path = lane.text(key);
  if (path.empty()) return path;
  const bool fits =
      path.front() == '/' && path.size() <= kPathMax &&
      std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
  if (!fits) {
    lane.complain(key,
                  "expected a path such as /seiapi/v3/mobile/InventoryUsage: at most 200 "
                  "characters, %-encoded, without blanks and #");
  }
  return path;
}

void read_servicemobility(TableReader& lane, LaneConfig& config) {
  lane.only({"name", "kind", "url", "username", "password_file", "ca_file", "pinned_keys",
             "transfer_types", "transfer_path", "usage_path", "login_path", "evidence"});
  read_user(lane, config, true);
  config.servicemobility.transfer_path = read_url_path(lane, "transfer_path");
  config.servicemobility.usage_path = read_url_path(lane, "usage_path");
  config.servicemobility.login_path = read_url_path(lane, "login_path");
  config.servicemobility.evidence = lane.flag("evidence", false);
  lane.table("transfer_types", {"outbound", "inbound"}, [&config](TableReader& types) {
    auto& settings = config.servicemobility;
    settings.transfer_type_outbound = types.text("outbound", settings.transfer_type_outbound);
    settings.transfer_type_inbound = types.text("inbound", settings.transfer_type_inbound);
  });
}

void read_cmdb(TableReader& lane, LaneConfig& config) {
  lane.only({"name",
             "kind",
             "url",
             "username",
             "password_file",
             "ca_file",
             "pinned_keys",
             "environment",
             "auth",
             "client_id",
             "client_secret_file",
             "usage_state",
             "look_up_path",
             "locations",
             "integration_users",
             "correction_prefix",
             "correction_prefix_on",
             "all_strings",
             "event_keys",
             "extra_keys",
             "filters"});
  CmdbConfig& cmdb = config.cmdb;
  if (!lane.has("environment"))
    lane.complain("environment", "missing; expected development, test or production");
  cmdb.environment = lane.choice("environment", {"development", "test", "production"}, "");
  cmdb.auth = lane.choice("auth", {"basic", "oauth_password", "oauth_client_credentials"}, "basic");
  read_user(lane, config, cmdb.auth != "oauth_client_credentials");
  if (cmdb.auth != "basic") {
    for (const auto* key : {"client_id", "client_secret_file"}) {
      if (!lane.has(key)) lane.complain(key, "missing; auth = \"" + cmdb.auth + "\" needs it");
    }
  }
  cmdb.client_id = lane.text("client_id");
  cmdb.client_secret_file = lane.path("client_secret_file");
  cmdb.usage_state = lane.text("usage_state");
  cmdb.look_up_path = lane.text("look_up_path");
  if (!cmdb.look_up_path.empty() && cmdb.look_up_path.front() != '/') {
    lane.complain("look_up_path", "expected a path such as /api/now/table/alm_hardware");
  }
  cmdb.locations = lane.text_map("locations");
  read_cmdb_wishes(lane, cmdb);
}

void read_cisco_lane(TableReader& lane, LaneConfig& config) {
  read_user(lane, config, true);
  read_cisco(lane, config.cisco);
}

struct Kind {
  std::string_view name;
  void (*read)(TableReader& lane, LaneConfig& config);
};
constexpr std::array kKinds = {
    Kind{"servicemobility", &read_servicemobility},
    Kind{"cmdb", &read_cmdb},
    Kind{"cisco", &read_cisco_lane},
    Kind{"tangoe", &read_tangoe},
};

std::string names_of_kinds() {
  std::string names;
  for (const Kind& kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

/// The kind that the lane names; if there is none, it is complained of.
const Kind* read_kind(TableReader& lane) {
  if (!lane.has("kind")) lane.complain("kind", "missing; expected one of: " + names_of_kinds());
  const std::string name = lane.text("kind");
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(),
                                         [&](const Kind& kind) { return kind.name == name; });
  if (found != kKinds.end()) return found;
  if (!name.empty()) lane.complain("kind", "expected one of: " + names_of_kinds());
  return nullptr;
}

LaneConfig read_lane(TableReader& lane) {
  LaneConfig config;
  config.name = lane.required_text("name");
  if (!config.name.empty() && !is_lane_name(config.name)) {
    lane.complain("name", "expected 1 to 32 characters of a-z, 0-9 and -");
  }
  const Kind* kind = read_kind(lane);
  if (kind == nullptr) return config;
  config.kind = kind->name;
  kind->read(lane, config);
  read_url(lane, config);
  read_trust(lane, config);
  return config;
}

}  // namespace

std::vector<LaneConfig> read_lanes(TableReader& root) {
  std::vector<LaneConfig> lanes;
  std::set<std::string> names;
  int cisco_lanes = 0;
  root.tables("lanes", [&](TableReader& lane) {
    lanes.push_back(read_lane(lane));
    if (lanes.size() == kLanesMax + 1)
      lane.complain("name", "more than " + std::to_string(kLanesMax) + " lanes");
    if (!names.insert(lanes.back().name).second) {
      lane.complain("name", "two lanes have this name; each needs its own");
    }
    if (lanes.back().kind == "cisco" && ++cisco_lanes == 2)
      lane.complain("kind", "two lanes of this kind would order everything twice; keep one");
  });
  return lanes;
}

}  // namespace handover::cli
