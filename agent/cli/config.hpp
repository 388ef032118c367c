// The configuration file (TOML). docs/operating.md describes every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/lane_config.hpp"
#include "agent/cli/webhook_config.hpp"
#include "agent/domain/transfer.hpp"
#include "agent/recording/stock_keeper.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::cli {

/// All file names are absolute, or relative to the working directory: those in the file have been
/// resolved against its folder.
struct Config {
  std::string file;

  std::string device_id;
  Technician technician;
  std::string storage_location;

  std::string store_path;
  std::string store_key_file;

  std::string listen;  ///< unix:PATH or 127.0.0.1:PORT
  std::string token_file;
  bool page = false;  ///< Serve the handheld page.

  std::string key_ring_file;

  std::string certificate_file;  ///< Empty, like the two below: the device is not enrolled.
  std::string device_key_file;
  std::string company_keys_file;

  recording::StockPolicy stock_policy = recording::StockPolicy::kWarn;
  std::vector<LaneConfig> lanes;
  std::optional<SiteConfig> site;  ///< Of the role site alone.

  milliseconds retry_first{2000};
  milliseconds retry_cap{300000};
  std::int64_t in_flight_max = 8;
};

/// Reads and checks the whole file. Errors: kConfig, naming the file, the line where there is one,
/// the key and what was expected; an unknown key is an error that names the nearest known one.
[[nodiscard]] Result<Config> load_config(const std::string& path);
/// The same from text; `directory` is where relative file names start.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::string& file,
                                          const std::string& directory);

}  // namespace handover::cli
