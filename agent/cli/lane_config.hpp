// The lanes of the configuration, [[lanes]]: one for each back-end. docs/back-ends/ describes every
// key.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/cli/cisco_config.hpp"
#include "agent/cli/tangoe_config.hpp"

namespace handover::cli {

class TableReader;

struct ServiceMobilityConfig {
  std::string transfer_type_outbound = "1001";
  std::string transfer_type_inbound = "1002";
  std::string transfer_path;  ///< Empty, like the two below: the back-end's own default.
  std::string usage_path;
  std::string login_path;
};

struct CmdbConfig {
  std::string environment;     ///< development | test | production
  std::string auth = "basic";  ///< basic | oauth_password | oauth_client_credentials
  std::string client_id;
  std::string client_secret_file;
  std::string usage_state;
  std::string look_up_path;
  std::map<std::string, std::string> locations;
};

struct LaneConfig {
  std::string name;
  std::string kind;  ///< servicemobility | cmdb | cisco | tangoe
  std::string url;
  std::string username;
  std::string password_file;
  std::string ca_file;
  std::vector<std::string> pinned_keys;
  ServiceMobilityConfig servicemobility;  ///< For that kind.
  CmdbConfig cmdb;                        ///< For that kind.
  CiscoConfig cisco;                      ///< For that kind.
  TangoeConfig tangoe;                    ///< For that kind.
};

/// Reads all [[lanes]] of the file; what is wrong becomes a complaint of the reader's.
[[nodiscard]] std::vector<LaneConfig> read_lanes(TableReader& root);

}  // namespace handover::cli
