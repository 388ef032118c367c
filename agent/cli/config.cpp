#include "agent/cli/config.hpp"

#include "agent/cli/config_reader.hpp"
#include "crypto/identifier.hpp"
#include "platform/asio/local_client.hpp"
#include "platform/asio/url.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{256} << 10;
constexpr std::size_t kDeviceIdMax = 64;
constexpr milliseconds kRetryFirstLeast{10};
constexpr milliseconds kRetryFirstMost{3'600'000};
constexpr milliseconds kRetryCapMost{86'400'000};

void read_device(TableReader& device, Config& config) {
  config.device_id = device.required_text("id");
  // Nobody carries a site agent: it needs no technician and no place, and has its own name for
  // both.
  const bool site = device.choice("role", {"handheld", "site"}, "handheld") == "site";
  if (site) config.site.emplace();
  const auto text = [&](const char* key) {
    return site ? device.text(key, config.device_id) : device.required_text(key);
  };
  config.technician.user_id = text("user_id");
  config.technician.first_name = device.text("first_name");
  config.technician.last_name = device.text("last_name");
  config.storage_location = text("storage_location");
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
  config.page = api.flag("page", false);
  // A browser reaches no unix socket, and the page's origin is one address.
  if (config.page && !config.listen.starts_with("127.0.0.1:")) {
    api.complain("page", "a browser needs a port: set listen = \"127.0.0.1:7017\"");
  }
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

void read_root(const toml::table& table, Config& config, Findings& findings) {
  TableReader root(table, "", findings);
  root.only({"device", "store", "api", "validation", "enrollment", "stock", "lanes", "sync",
             "webhook", "polling"});
  if (!root.has("device"))
    root.complain("device", "missing; see the example of: handover init --help");
  root.table("device", {"id", "role", "user_id", "first_name", "last_name", "storage_location"},
             [&](TableReader& device) { read_device(device, config); });
  root.table("store", {"path", "key_file"}, [&](TableReader& store) {
    config.store_path = store.path("path", "handover.db");
    config.store_key_file = store.path("key_file", "store.key");
  });
  root.table("api", {"listen", "token_file", "page"},
             [&](TableReader& api) { read_api(api, config, findings); });
  root.table("validation", {"key_ring"}, [&](TableReader& validation) {
    config.key_ring_file = validation.path("key_ring", "validation.keys");
  });
  root.table("enrollment", {"certificate", "key_file", "company_keys"},
             [&](TableReader& enrollment) {
               if (!root.has("enrollment")) return;
               config.certificate_file = enrollment.path("certificate", "device.certificate");
               config.device_key_file = enrollment.path("key_file", "device.key");
               config.company_keys_file = enrollment.path("company_keys", "company.keys");
             });
  root.table("stock", {"policy"}, [&](TableReader& stock) {
    const bool enforce = stock.choice("policy", {"warn", "enforce"}, "warn") == "enforce";
    config.stock_policy =
        enforce ? recording::StockPolicy::kEnforce : recording::StockPolicy::kWarn;
  });
  root.table("sync", {"retry_first", "retry_cap", "in_flight_max"},
             [&](TableReader& sync) { read_sync(sync, config); });
  config.lanes = read_lanes(root);
  if (config.site) config.site = read_site(root);
  for (const auto* section : {"webhook", "polling"}) {
    if (root.has(section) && !config.site)
      root.complain(section, "only an agent with [device] role = \"site\" has it");
  }
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
