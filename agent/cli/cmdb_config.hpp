// The keys of a lane of the kind cmdb. docs/back-ends/cmdb.md describes them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/backends/cmdb/cmdb_settings.hpp"

namespace handover::cli {

class TableReader;

struct CmdbConfig {
  std::string environment;     ///< development | test | production
  std::string auth = "basic";  ///< basic | oauth_password | oauth_client_credentials
  std::string client_id;
  std::string client_secret_file;
  std::string usage_state;
  std::string look_up_path;
  std::vector<std::string> integration_users;
  std::string correction_prefix = "Update";
  bool prefix_on_name = true;
  bool prefix_on_serial = true;
  bool all_strings = false;
  bool event_keys = false;
  std::map<std::string, std::string> locations;
  std::map<backends::AssetEvent, backends::ExtraKeys> extra_keys;
  std::map<backends::AssetEvent, backends::EventFilter> filters;
};

/// Reads the keys that say what the customer's CMDB wants, and how it is written.
void read_cmdb_wishes(TableReader& lane, CmdbConfig& config);

}  // namespace handover::cli
