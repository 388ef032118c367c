// The configuration of a Tangoe lane. docs/back-ends/tangoe.md describes every key.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace handover::cli {

class TableReader;
struct LaneConfig;

/// One [[lanes.items]]: which products are telecom items, and how they become Tangoe's.
struct TangoeItemsConfig {
  std::vector<std::string> products;
  std::string service_type;
  std::string number = "serial";  ///< serial | batch | asset_tag
  std::vector<std::string> adds;  ///< receipt | load
  std::map<std::string, std::string> new_item;
  std::map<std::string, std::string> new_item_custom;
};

struct TangoeConfig {
  bool secured = true;
  bool set_assigned_to = true;
  bool set_location = true;
  std::map<std::string, std::string> employees;
  std::map<std::string, std::string> locations;
  std::vector<TangoeItemsConfig> items;
};

/// Reads what is Tangoe's own of a [[lanes]]; what is wrong becomes a complaint of the reader's.
void read_tangoe(TableReader& lane, LaneConfig& config);

}  // namespace handover::cli
