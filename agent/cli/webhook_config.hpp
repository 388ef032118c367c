// What makes an agent a site agent: [webhook], where ServiceMobility calls it, and [polling], from
// where it reads the exports. docs/back-ends/servicemobility-webhook.md describes every key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/time.hpp"

namespace handover::cli {

class TableReader;

// Of the files that WebhookConfig names: `handover init` copies none that the agent would not read.
constexpr std::size_t kWebhookSecretBytesMax = 16384;
constexpr std::size_t kCertificateBytesMax = std::size_t{256} << 10;  // The whole chain.

struct WebhookConfig {
  std::string listen;            ///< IP:PORT
  std::string certificate_file;  ///< Empty: plain HTTP, on a loopback address alone.
  std::string key_file;
  std::string path;
  std::string token_keys_file;
  bool check_tokens = true;
  milliseconds token_leeway{60'000};
};

struct PollingConfig {
  std::string url;
  std::string username;
  std::string password_file;
  std::string login_path;  ///< Empty: the back-end's own default.
  std::string ca_file;
  std::vector<std::string> pinned_keys;
  std::vector<std::string> exports;
  milliseconds every{300'000};
  std::int64_t limit = 100;
};

struct SiteConfig {
  std::string transfer_type_outbound = "1001";
  std::string transfer_type_inbound = "1002";
  std::optional<WebhookConfig> webhook;
  std::optional<PollingConfig> polling;
};

/// Reads both sections of a site agent; what is wrong becomes a complaint of the reader's.
[[nodiscard]] SiteConfig read_site(TableReader& root);

}  // namespace handover::cli
