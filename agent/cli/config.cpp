#include "agent/cli/config.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>

#include "agent/domain/field_reader.hpp"
#include "crypto/identifier.hpp"
#include "platform/asio/local_client.hpp"
#include "platform/asio/url.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

using Names = std::initializer_list<std::string_view>;

constexpr std::size_t kFileBytesMax = std::size_t{256} << 10;
constexpr std::size_t kLaneNameMax = 32;
constexpr std::size_t kDeviceIdMax = 64;
constexpr milliseconds kRetryFirstLeast{10};
constexpr milliseconds kRetryFirstMost{3'600'000};
constexpr milliseconds kRetryCapMost{86'400'000};

std::string join(Names names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

bool is_one_of(std::string_view text, Names names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// "250ms", "2s", "5m" or "1h".
std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kNumberMax = 1'000'000'000;
  if (error != std::errc() || number < 0 || number > kNumberMax) return std::nullopt;
  if (unit == "ms") return milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return std::nullopt;
}

/// What is wrong with one file. The first complaint is the one that is told.
struct Findings {
  std::string file;
  std::string directory;
  std::optional<Error> first;

  void add(const toml::source_region& where, const std::string& key, const std::string& what) {
    if (first) return;
    const std::string line = where.begin.line > 0 ? ":" + std::to_string(where.begin.line) : "";
    first = Error(Errc::kConfig, file + line + ": " + (key.empty() ? "" : key + ": ") + what);
  }
  [[nodiscard]] std::string resolve(const std::string& name) const {
    if (name.empty() || name.front() == '/' || directory.empty()) return name;
    return directory + "/" + name;
  }
};

/// One table of the file. What is wrong becomes a complaint and reads as the default, so that a
/// section reads top-down.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string path, Findings& findings)
      : table_(table), path_(std::move(path)), findings_(findings) {}

  void only(Names names) {
    for (const auto& [key, value] : table_) {
      if (is_one_of(key.str(), names)) continue;
      const std::string near = nearest_name(key.str(), names);
      findings_.add(key.source(), path_ + std::string(key.str()).substr(0, 80),
                    near.empty() ? "unknown key; expected one of: " + join(names)
                                 : "unknown key; did you mean " + near + "?");
    }
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  std::string text(std::string_view key, const std::string& otherwise = {}) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    if (const auto* value = node->as_string(); value != nullptr && !value->get().empty())
      return value->get();
    complain(key, node->is_string() ? "empty; expected a text" : "expected a text in quotes");
    return otherwise;
  }
  std::string required_text(std::string_view key) {
    if (!has(key)) complain(key, "missing");
    return text(key);
  }
  /// The name of a file, resolved against the folder of the configuration.
  std::string path(std::string_view key, const std::string& otherwise = {}) {
    return findings_.resolve(text(key, otherwise));
  }
  std::string choice(std::string_view key, Names choices, const std::string& otherwise) {
    std::string value = text(key, otherwise);
    if (value.empty() || is_one_of(value, choices)) return value;
    complain(key, "expected one of: " + join(choices));
    return otherwise;
  }
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most,
                       std::int64_t otherwise) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto* value = node->as_integer();
    if (value != nullptr && value->get() >= least && value->get() <= most) return value->get();
    complain(key, "expected a whole number from " + std::to_string(least) + " to " +
                      std::to_string(most));
    return otherwise;
  }
  milliseconds duration(std::string_view key, milliseconds otherwise) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto* value = node->as_string();
    const auto parsed = value != nullptr ? parse_duration(value->get()) : std::nullopt;
    if (parsed) return *parsed;
    complain(key, "expected a duration in quotes, such as \"250ms\", \"2s\", \"5m\" or \"1h\"");
    return otherwise;
  }
  std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = table_.get(key);
    std::vector<std::string> read;
    if (node == nullptr) return read;
    const toml::array* list = node->as_array();
    if (list == nullptr) complain(key, "expected a list of texts in quotes");
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto* value = (*list)[i].as_string();
      if (value == nullptr) complain(key, "expected a list of texts in quotes");
      read.push_back(value != nullptr ? value->get() : std::string());
    }
    return read;
  }
  std::map<std::string, std::string> text_map(std::string_view key) {
    std::map<std::string, std::string> read;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return read;
    const toml::table* pairs = node->as_table();
    if (pairs == nullptr) {
      complain(key, "expected a table such as { VAN-17 = \"Van 17\" }");
      return read;
    }
    TableReader reader(*pairs, path_ + std::string(key) + ".", findings_);
    for (const auto& [name, value] : *pairs)
      read[std::string(name.str())] = reader.text(name.str());
    return read;
  }
  /// Reads a table below this one; an absent one reads as empty.
  void table(std::string_view key, Names names, const std::function<void(TableReader&)>& read) {
    static const toml::table kEmpty;
    const toml::node* node = table_.get(key);
    const toml::table* below = node != nullptr ? node->as_table() : &kEmpty;
    if (below == nullptr) {
      complain(key, "expected a table");
      return;
    }
    TableReader reader(*below, path_ + std::string(key) + ".", findings_);
    reader.only(names);
    read(reader);
  }

  void complain(std::string_view key, const std::string& what) {
    const toml::node* node = table_.get(key);
    findings_.add(node != nullptr ? node->source() : table_.source(), path_ + std::string(key),
                  what);
  }
  /// Complains with the words of the error, if there is one.
  template <typename T>
  void check(std::string_view key, const Result<T>& result) {
    if (!result) complain(key, result.error().detail);
  }

 private:
  const toml::table& table_;
  std::string path_;
  Findings& findings_;
};

void read_device(TableReader& device, Config& config) {
  config.device_id = device.required_text("id");
  config.technician.user_id = device.required_text("user_id");
  config.technician.first_name = device.text("first_name");
  config.technician.last_name = device.text("last_name");
  config.storage_location = device.required_text("storage_location");
  // The three that every record and every validation code is built on.
  if (!config.device_id.empty()) {
    device.check("id", crypto::canonical_identifier(config.device_id, kDeviceIdMax));
  }
  if (!config.technician.user_id.empty()) {
    device.check("user_id", crypto::canonical_identifier(config.technician.user_id));
  }
  if (!config.storage_location.empty()) {
    device.check("storage_location", crypto::canonical_identifier(config.storage_location));
  }
}

void read_api(TableReader& api, Config& config, const Findings& findings) {
  constexpr std::string_view kUnix = "unix:";
  config.listen = api.text("listen", "unix:handover.sock");
  config.token_file = api.path("token_file", "api.token");
  if (config.listen.starts_with(kUnix)) {
    config.listen = std::string(kUnix) + findings.resolve(config.listen.substr(kUnix.size()));
  }
  api.check("listen", net::LocalClient::make(config.listen, Secret()));
}

void read_sync(TableReader& sync, Config& config) {
  config.retry_first = sync.duration("retry_first", config.retry_first);
  config.retry_cap = sync.duration("retry_cap", config.retry_cap);
  config.in_flight_max = sync.integer("in_flight_max", 1, 64, config.in_flight_max);
  if (config.retry_first < kRetryFirstLeast || config.retry_first > kRetryFirstMost) {
    sync.complain("retry_first", "expected 10ms to 1h");
  }
  if (config.retry_cap < config.retry_first) sync.complain("retry_cap", "shorter than retry_first");
  if (config.retry_cap > kRetryCapMost) sync.complain("retry_cap", "expected at most 24h");
}

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
             "transfer_types", "transfer_path", "usage_path", "login_path"});
  read_user(lane, config, true);
  config.servicemobility.transfer_path = read_url_path(lane, "transfer_path");
  config.servicemobility.usage_path = read_url_path(lane, "usage_path");
  config.servicemobility.login_path = read_url_path(lane, "login_path");
  lane.table("transfer_types", {"outbound", "inbound"}, [&config](TableReader& types) {
    auto& settings = config.servicemobility;
    settings.transfer_type_outbound = types.text("outbound", settings.transfer_type_outbound);
    settings.transfer_type_inbound = types.text("inbound", settings.transfer_type_inbound);
  });
}

void read_cmdb(TableReader& lane, LaneConfig& config) {
  lane.only({"name", "kind", "url", "username", "password_file", "ca_file", "pinned_keys",
             "environment", "auth", "client_id", "client_secret_file", "usage_state",
             "look_up_path", "locations"});
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
}

LaneConfig read_lane(TableReader& lane) {
  LaneConfig config;
  config.name = lane.required_text("name");
  if (!config.name.empty() && !is_lane_name(config.name)) {
    lane.complain("name", "expected 1 to 32 characters of a-z, 0-9 and -");
  }
  if (!lane.has("kind")) lane.complain("kind", "missing; expected one of: servicemobility, cmdb");
  config.kind = lane.choice("kind", {"servicemobility", "cmdb"}, "");
  if (config.kind.empty()) return config;
  if (config.kind == "servicemobility") read_servicemobility(lane, config);
  if (config.kind == "cmdb") read_cmdb(lane, config);
  read_url(lane, config);
  read_trust(lane, config);
  return config;
}

void read_lanes(const toml::table& root, Config& config, Findings& findings) {
  const toml::node* node = root.get("lanes");
  if (node == nullptr) return;
  const toml::array* lanes = node->as_array();
  if (lanes == nullptr) {
    findings.add(node->source(), "lanes", "expected [[lanes]] in double brackets");
    return;
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < lanes->size(); ++i) {
    const toml::table* table = (*lanes)[i].as_table();
    const std::string path = "lanes[" + std::to_string(i + 1) + "]";
    if (table == nullptr) {
      findings.add(node->source(), path, "expected a table");
      continue;
    }
    TableReader lane(*table, path + ".", findings);
    config.lanes.push_back(read_lane(lane));
    if (!names.insert(config.lanes.back().name).second) {
      lane.complain("name", "two lanes have this name; each needs its own");
    }
  }
}

void read_root(const toml::table& table, Config& config, Findings& findings) {
  TableReader root(table, "", findings);
  root.only({"device", "store", "api", "validation", "stock", "lanes", "sync"});
  if (!root.has("device"))
    root.complain("device", "missing; see the example of: handover init --help");
  root.table("device", {"id", "user_id", "first_name", "last_name", "storage_location"},
             [&](TableReader& device) { read_device(device, config); });
  root.table("store", {"path", "key_file"}, [&](TableReader& store) {
    config.store_path = store.path("path", "handover.db");
    config.store_key_file = store.path("key_file", "store.key");
  });
  root.table("api", {"listen", "token_file"},
             [&](TableReader& api) { read_api(api, config, findings); });
  root.table("validation", {"key_ring"}, [&](TableReader& validation) {
    config.key_ring_file = validation.path("key_ring", "validation.keys");
  });
  root.table("stock", {"policy"}, [&](TableReader& stock) {
    const bool enforce = stock.choice("policy", {"warn", "enforce"}, "warn") == "enforce";
    config.stock_policy =
        enforce ? recording::StockPolicy::kEnforce : recording::StockPolicy::kWarn;
  });
  root.table("sync", {"retry_first", "retry_cap", "in_flight_max"},
             [&](TableReader& sync) { read_sync(sync, config); });
  read_lanes(table, config, findings);
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& file,
                            const std::string& directory) {
  Config config;
  config.file = file;
  Findings findings{file, directory, {}};
  try {
    const toml::table table = toml::parse(text, file);
    read_root(table, config, findings);
  } catch (const toml::parse_error& error) {
    // The description names what was expected, and never repeats more of the file than a character
    // or a key.
    findings.add(error.source(), "", std::string(error.description()));
  }
  if (findings.first) return fail(std::move(*findings.first));
  return config;
}

Result<Config> load_config(const std::string& path) {
  auto text = posix::read_text_file(path, kFileBytesMax);
  if (!text && text.error().code == Errc::kNotFound) {
    return fail(Errc::kConfig,
                "there is no configuration " + path + "; make one with: handover init");
  }
  if (!text) return fail(Errc::kConfig, text.error().detail);
  const auto slash = path.find_last_of('/');
  return parse_config(*text, path,
                      slash == std::string::npos ? "" : path.substr(0, slash + (slash == 0)));
}

}  // namespace handover::cli
