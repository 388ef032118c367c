// What is configured of one CMDB lane. docs/back-ends/cmdb.md describes each setting.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/backends/cmdb/asset_update.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::backends {

/// Which units of one kind of event the customer wants. Each list that is not empty must hold the
/// unit's own value, compared without regard to case and width; an entry that ends in '*' stands
/// for all that begin so.
struct EventFilter {
  std::vector<std::string> customer_parts;  ///< Manufacturer's or customer's part numbers.
  std::vector<std::string> inventory_organizations;
  std::vector<std::string> material_designators;
  std::vector<std::string> structures;  ///< master, standalone
  std::vector<std::string> serialized;  ///< yes, no
};

/// Data point -> key on the wire, in the order in which they are sent.
using ExtraKeys = std::vector<std::pair<std::string, std::string>>;

struct CmdbSettings {
  enum class Auth { kBasic, kOAuthPassword, kOAuthClientCredentials };

  std::string path;  ///< The path part of the lane's URL: where records are posted.
  /// development, test or production; a record planned for one is never sent to another.
  std::string environment;
  Auth auth = Auth::kBasic;
  std::string username;
  std::function<Result<Secret>()> read_password;
  std::string oauth_path = "/oauth_token.do";  ///< From the root of the server.
  std::string client_id;
  std::function<Result<Secret>()> read_client_secret;
  /// The word agreed with the customer for an installed unit. Empty: installations wait.
  std::string usage_state;
  /// Storage location -> the CMDB's label; others are sent as typed.
  std::map<std::string, std::string> locations;
  /// Such as /api/now/table/alm_hardware. Empty: reads are not granted.
  std::string look_up_path;
  /// The users through whom handover and its peers write. If there are any, and reads are granted,
  /// a unit that somebody else has changed since the record was made is held for a person.
  std::vector<std::string> integration_users;
  std::string correction_prefix = "Update";
  bool prefix_on_name = true;    ///< Whether a correction's name has the prefix.
  bool prefix_on_serial = true;  ///< Whether its serialNumber has it.
  bool all_strings = false;      ///< Write null as "", for staging tables that take text only.
  bool event_keys = false;  ///< Add eventId, eventTimeUtc and workOrder, where the customer agreed.
  std::map<AssetEvent, ExtraKeys> extra_keys;
  std::map<AssetEvent, EventFilter> filters;
};

}  // namespace handover::backends
