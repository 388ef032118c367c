// The lanes of the configuration, [[lanes]]: one for each back-end. docs/back-ends/ describes every
// key.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/cisco_config.hpp"
#include "agent/cli/cmdb_config.hpp"
#include "agent/cli/tangoe_config.hpp"

namespace handover::cli {

class TableReader;

struct ServiceMobilityConfig {
  std::string transfer_type_outbound = "1001";
  std::string transfer_type_inbound = "1002";
  std::string transfer_path;  ///< Empty, like the two below: the back-end's own default.
  std::string usage_path;
  std::string login_path;
  bool evidence = false;
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
