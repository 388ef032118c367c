#include "agent/cli/webhook_config.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "agent/cli/config.hpp"

namespace handover::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::string kSite = "[device]\nid = \"site-1\"\nrole = \"site\"\n";
const std::string kTls = "certificate_file = \"w.crt\"\nkey_file = \"w.key\"\n";
const std::string kKeys = "token_keys_file = \"w.keys\"\n";
const std::string kPolling =
    "[polling]\nurl = \"https://sm.example/x\"\nusername = \"u\"\npassword_file = \"p\"\n";

Result<Config> parse(const std::string& text) {
  return parse_config(text, "/etc/handover/handover.toml", "/etc/handover");
}
std::string refusal(const std::string& text) {
  const auto config = parse(text);
  return config ? "none" : config.error().detail;
}

}  // namespace

TEST_CASE("site config: a site agent needs no technician and no place of its own",
          "[cli][config]") {
  const auto config = parse(kSite + "[webhook]\n" + kKeys);
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  CHECK(config->technician.user_id == "site-1");
  CHECK(config->storage_location == "site-1");
  REQUIRE(config->site);
  REQUIRE(config->site->webhook);
  const WebhookConfig& webhook = *config->site->webhook;
  CHECK(webhook.listen == "127.0.0.1:7018");
  CHECK(webhook.token_keys_file == "/etc/handover/w.keys");
  CHECK(webhook.check_tokens);
  CHECK(webhook.token_leeway == std::chrono::minutes(1));
  CHECK_FALSE(config->site->polling);
  CHECK(config->site->transfer_type_outbound == "1001");
}

TEST_CASE("site config: what is said is read", "[cli][config]") {
  const auto config =
      parse(kSite + "[webhook]\nlisten = \"192.0.2.7:8443\"\npath = \"/sm\"\n" + kTls + kKeys +
            "token_leeway = \"8h\"\ntransfer_types = { outbound = \"O\", inbound = \"I\" }\n" +
            kPolling + "exports = [\"LoadInventory\"]\nevery = \"30s\"\nlimit = 7\n");
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  CHECK(config->site->webhook->listen == "192.0.2.7:8443");
  CHECK(config->site->webhook->path == "/sm");
  CHECK(config->site->webhook->token_leeway == std::chrono::hours(8));
  CHECK(config->site->transfer_type_inbound == "I");
  CHECK(config->site->polling->exports == std::vector<std::string>{"LoadInventory"});
  CHECK(config->site->polling->every == std::chrono::seconds(30));
  CHECK(config->site->polling->limit == 7);
}

TEST_CASE("site config: an address that others reach needs TLS and tokens", "[cli][config]") {
  const std::string open = kSite + "[webhook]\nlisten = \"192.0.2.7:8443\"\n";
  CHECK_THAT(refusal(open + kKeys), ContainsSubstring("needs TLS"));
  CHECK_THAT(refusal(kSite + "[webhook]\nlisten = \"0.0.0.0:8443\"\n" + kKeys),
             ContainsSubstring("needs TLS"));
  CHECK_THAT(refusal(kSite + "[webhook]\nlisten = \"[::]:8443\"\n" + kKeys),
             ContainsSubstring("needs TLS"));
  CHECK_THAT(refusal(open + kTls + "token_check = \"never\"\n"),
             ContainsSubstring("only for a loopback address"));
  CHECK(refusal(open + kTls + kKeys) == "none");
  CHECK(refusal(kSite + "[webhook]\nlisten = \"[::1]:8443\"\ntoken_check = \"never\"\n") == "none");
}

TEST_CASE("site config: what is missing or wrong is named", "[cli][config]") {
  const std::string webhook = kSite + "[webhook]\n";
  CHECK_THAT(refusal(kSite), ContainsSubstring("[webhook], [polling] or both"));
  CHECK_THAT(refusal(webhook), ContainsSubstring("token_keys_file"));
  CHECK_THAT(refusal(webhook + kKeys + "key_file = \"w.key\"\n"),
             ContainsSubstring("certificate_file"));
  CHECK_THAT(refusal(webhook + kKeys + "listen = \"example.com:443\"\n"),
             ContainsSubstring("listen"));
  CHECK_THAT(refusal(webhook + kKeys + "path = \"sm/\"\n"), ContainsSubstring("path"));
  CHECK_THAT(refusal(webhook + kKeys + "token_leeway = \"800h\"\n"), ContainsSubstring("744h"));
  CHECK_THAT(refusal(webhook + kKeys + "token_check = \"sometimes\"\n"),
             ContainsSubstring("token_check"));
  CHECK_THAT(refusal(webhook + kKeys + "nonsense = 1\n"), ContainsSubstring("nonsense"));
  CHECK_THAT(refusal(kSite + kPolling + "exports = [\"WorkOrder\"]\n"),
             ContainsSubstring("exports"));
  CHECK_THAT(refusal(kSite + kPolling + "every = \"1ms\"\n"), ContainsSubstring("1s to 24h"));
  std::string polling = kSite + "[polling]\nurl = \"http://sm.example\"\n";
  CHECK_THAT(refusal(polling), ContainsSubstring("plain http"));
  polling = kSite + "[polling]\nurl = \"https://sm.example\"\n";
  CHECK_THAT(refusal(polling), ContainsSubstring("username"));
  CHECK_THAT(refusal(polling + "username = \"u\"\n"), ContainsSubstring("password_file"));
}

TEST_CASE("site config: a handheld takes nothing in, and still needs its technician",
          "[cli][config]") {
  const std::string handheld =
      "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nstorage_location = \"VAN-17\"\n";
  CHECK(refusal(handheld) == "none");
  CHECK_THAT(refusal(handheld + "[webhook]\n" + kKeys), ContainsSubstring("role = \"site\""));
  CHECK_THAT(refusal(handheld + kPolling), ContainsSubstring("role = \"site\""));
  CHECK_THAT(refusal("[device]\nid = \"van-17-a\"\n"), ContainsSubstring("user_id"));
  CHECK_THAT(refusal("[device]\nid = \"a\"\nrole = \"boss\"\n"), ContainsSubstring("role"));
}

}  // namespace handover::cli
