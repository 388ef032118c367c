#include "agent/cli/init.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/key_ring.hpp"
#include "platform/posix/file_status.hpp"
#include "tests/agent/cli/fake_api.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<std::string> arguments(const std::string& dir,
                                   const std::vector<std::string>& more = {}) {
  std::vector<std::string> all = {"init",    "--dir",        dir,     "--user",
                                  "tech.17", "--first-name", "Given", "--last-name",
                                  "Family",  "--location",   "VAN-17"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

unsigned mode(const std::string& path) { return posix::file_status(path).value().mode; }

std::string private_file(const TemporaryFolder& folder, const std::string& name,
                         const std::string& text) {
  const std::string path = folder.write(name, text);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  return path;
}

std::size_t entries(const std::string& dir) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir), {}));
}

}  // namespace

TEST_CASE("init: a new device has all it needs, for its owner's eyes only", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;

  const auto made = shell.run(arguments(dir));

  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  CHECK(mode(dir) == 0700);
  for (const auto* name :
       {"handover.toml", "store.key", "api.token", "validation.keys", "handover.db"}) {
    INFO(name);
    CHECK(mode(dir + "/" + name) == 0600);
  }
  CHECK(entries(dir) == 5);
  CHECK(content(dir + "/store.key").size() == 65);
  CHECK(crypto::KeyRing::parse(content(dir + "/validation.keys")));
  CHECK(content(dir + "/store.key") != content(dir + "/validation.keys"));
  const auto config = cli::load_config(dir + "/handover.toml");
  REQUIRE(config);
  CHECK(config->technician.last_name == "Family");
  CHECK(config->lanes.empty());
  CHECK_THAT(made.messages,
             ContainsSubstring("--key-ring") && ContainsSubstring("handover agent --config"));
}

TEST_CASE("init: what one that was cut off left is named, whole, with what to do", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;
  REQUIRE(shell.run(arguments(dir)).exit_code == 0);
  const std::string key = content(dir + "/store.key");
  std::filesystem::remove(dir + "/handover.toml");

  const auto refused = shell.run(arguments(dir));

  CHECK(refused.exit_code == 1);
  for (const auto* name : {"store.key", "api.token", "validation.keys", "handover.db"}) {
    INFO(name);
    CHECK_THAT(refused.messages, ContainsSubstring(dir + "/" + name));
  }
  CHECK_THAT(refused.messages, ContainsSubstring("If no agent ever ran with them") &&
                                   ContainsSubstring("rm " + dir + "/handover.db"));
  CHECK(content(dir + "/store.key") == key);
  CHECK(entries(dir) == 4);
}

TEST_CASE("init: a device that is there is named as one", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;
  REQUIRE(shell.run(arguments(dir)).exit_code == 0);

  const auto refused = shell.run(arguments(dir));

  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.messages,
             ContainsSubstring("a device is there already") && !ContainsSubstring("rm "));
}

TEST_CASE("init: names that cannot be shown are refused before anything is made", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  for (const std::string name : {"tech\x1b[31m", "tech\n17", "tech\u202E17", "tech\xff"}) {
    auto all = arguments(dir);
    all[4] = name;
    Shell shell;
    const auto refused = shell.run(all);
    INFO(refused.messages);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.messages, ContainsSubstring("--user holds a character"));
    CHECK_FALSE(std::filesystem::exists(dir));
  }
}

TEST_CASE("init: where the folder cannot be made the place is unusable, not forbidden",
          "[cli][init]") {
  const TemporaryFolder folder;
  Shell shell;

  const auto failed = shell.run(arguments(folder.file("no/such/folder")));

  CHECK(failed.exit_code == 4);
  CHECK_THAT(failed.messages, ContainsSubstring("cannot create folder"));
}

TEST_CASE("init: the doctor finds a new device well", "[cli][init][doctor]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;
  shell.clock.now = parse_rfc3339("2099-01-01T00:00:00Z").value();
  REQUIRE(shell.run(arguments(dir)).exit_code == 0);

  const auto well = shell.run({"doctor", "--config", dir + "/handover.toml"});

  INFO(well.out + well.messages);
  CHECK(well.exit_code == 0);
  CHECK_THAT(well.out, ContainsSubstring("opens with its key"));
}

TEST_CASE("init: the doctor says what is wrong and what to do", "[cli][init][doctor]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;
  REQUIRE(shell.run(arguments(dir)).exit_code == 0);
  REQUIRE(::chmod((dir + "/api.token").c_str(), 0644) == 0);
  std::ofstream(dir + "/store.key") << "no key\n";
  shell.clock.now = parse_rfc3339("1970-01-01T00:00:09Z").value();

  const auto ill = shell.run({"doctor", "--config", dir + "/handover.toml", "--json"});

  CHECK(ill.exit_code == 4);
  CHECK_THAT(ill.out, ContainsSubstring("chmod 600") && ContainsSubstring("64 hex digits") &&
                          ContainsSubstring("set the date"));
  CHECK_THAT(ill.out, !ContainsSubstring("no key\""));
  CHECK(parse_json(ill.out));
}

TEST_CASE("init: the company's keys are copied, and lanes are ready to use", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-22");
  const std::string ring =
      private_file(folder, "ring", std::string(64, 'a') + "\n" + std::string(64, 'b') + "\n");
  const std::string password = private_file(folder, "password", "secret-word\n");
  Shell shell;

  const auto made = shell.run(arguments(
      dir, {"--key-ring", ring, "--servicemobility", "http://127.0.0.1:18080", "--cmdb",
            "http://127.0.0.1:18081/api/now/import/u_wwt_asset", "--password-file", password,
            "--cmdb-usage-state", "inuse", "--back-end-user", "handover", "--json"}));

  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  CHECK(parse_json(made.out).value().text_of("key_ring") == "copied");
  CHECK(content(dir + "/validation.keys") == content(ring));
  const auto config = cli::load_config(dir + "/handover.toml");
  REQUIRE(config);
  REQUIRE(config->lanes.size() == 2);
  CHECK(config->lanes[0].username == "handover");
  CHECK(content(config->lanes[1].password_file) == "secret-word\n");
  CHECK(mode(config->lanes[1].password_file) == 0600);
  CHECK(config->lanes[1].cmdb.usage_state == "inuse");
  CHECK(content(dir + "/handover.toml").find("secret-word") == std::string::npos);
}

TEST_CASE("init: names that mean something in TOML are kept as they are", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("d");
  Shell shell;

  const auto made = shell.run({"init", "--dir", dir, "--user", "o\"brien\\7", "--first-name", "Zoë",
                               "--last-name", "#x", "--location", "VAN 17"});

  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  const auto config = cli::load_config(dir + "/handover.toml");
  REQUIRE(config);
  CHECK(config->technician.user_id == "o\"brien\\7");
  CHECK(config->technician.first_name == "Zoë");
}

TEST_CASE("init: nothing that is there is ever overwritten", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  Shell shell;
  REQUIRE(shell.run(arguments(dir)).exit_code == 0);
  const std::string key = content(dir + "/store.key");

  const auto again = shell.run(arguments(dir, {"--json"}));

  CHECK(again.exit_code == 1);
  CHECK(parse_json(again.out).value().text_of("type") == "urn:handover:problem:already-exists");
  CHECK(content(dir + "/store.key") == key);
}

TEST_CASE("init: one file in the way keeps all the others from being made", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  REQUIRE(std::filesystem::create_directory(dir));
  // A link that leads nowhere is in the way too.
  std::filesystem::create_symlink(folder.file("nowhere"), dir + "/handover.db");
  Shell shell;

  CHECK(shell.run(arguments(dir)).exit_code == 1);

  CHECK(entries(dir) == 1);
  CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
}

TEST_CASE("init: after an error half way nothing is left behind", "[cli][init]") {
  const TemporaryFolder folder;
  // In the way of the store alone: SQLite takes no path of more than 512 bytes.
  const std::string deep = folder.file(std::string(250, 'a') + "/" + std::string(250, 'b'));
  REQUIRE(std::filesystem::create_directories(deep));
  Shell shell;

  const auto failed = shell.run(arguments(deep + "/van-17", {"--listen", "127.0.0.1:18999"}));

  INFO(failed.messages);
  CHECK(failed.exit_code == 4);
  CHECK(entries(deep) == 0);
}

TEST_CASE("init: a site agent is ready by one command, with copies of what its webhook needs",
          "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("site");
  const Identity identity = make_self_signed();
  const std::string keys = private_file(folder, "keys", std::string(32, 'k') + "\n");
  const std::string password = private_file(folder, "password", "secret-word\n");
  Shell shell;

  const auto made = shell.run({"init",
                               "--role",
                               "site",
                               "--dir",
                               dir,
                               "--device-id",
                               "site-1",
                               "--webhook",
                               "192.0.2.7:8443",
                               "--webhook-path",
                               "/servicemobility",
                               "--certificate",
                               folder.write("crt", identity.certificate_pem),
                               "--certificate-key",
                               private_file(folder, "key", identity.key_pem),
                               "--token-keys",
                               keys,
                               "--polling",
                               "https://tenant.example",
                               "--cmdb",
                               "https://x.example/api/now/import/u_wwt_asset",
                               "--back-end-user",
                               "handover",
                               "--password-file",
                               password});

  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(made.messages,
             ContainsSubstring("https://192.0.2.7:8443/servicemobility/InventoryUsage/") &&
                 !ContainsSubstring("--key-ring"));
  const auto config = cli::load_config(dir + "/handover.toml");
  REQUIRE(config);
  REQUIRE(config->site);
  REQUIRE(config->site->webhook);
  CHECK(content(config->site->webhook->certificate_file) == identity.certificate_pem);
  CHECK(content(config->site->webhook->key_file) == identity.key_pem);
  CHECK(content(config->site->webhook->token_keys_file) == content(keys));
  CHECK(mode(config->site->webhook->key_file) == 0600);
  REQUIRE(config->site->polling);
  CHECK(content(config->site->polling->password_file) == "secret-word\n");
  REQUIRE(config->lanes.size() == 1);
  CHECK(config->lanes[0].username == "handover");
  CHECK(config->technician.user_id == "site-1");
}

TEST_CASE("init: the examples of a site agent's file are those of the agent", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string keys = private_file(folder, "keys", std::string(32, 'k') + "\n");
  Shell shell;
  const auto made = shell.run({"init", "--role", "site", "--dir", folder.file("site"), "--webhook",
                               "127.0.0.1:7018", "--token-keys", keys});
  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  std::string text = content(folder.file("site/handover.toml"));
  REQUIRE(text.find("# [polling]\n# url") != std::string::npos);
  for (const std::string_view line : {"[polling]\n", "url", "username", "password_file"}) {
    const auto from = text.find("# " + std::string(line), text.find("[webhook]"));
    REQUIRE(from != std::string::npos);
    text.erase(from, 2);
  }
  const auto config = cli::parse_config(text, "handover.toml", folder.file("site"));
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  CHECK(config->site->polling);
}

TEST_CASE("init: the doctor reads a site's keys as long as the agent does", "[cli][init][doctor]") {
  const TemporaryFolder folder;
  const std::string config = folder.file("site/handover.toml");
  Shell shell;
  const std::string keys = private_file(folder, "keys", std::string(32, 'k') + "\n");
  REQUIRE(shell
              .run({"init", "--role", "site", "--dir", folder.file("site"), "--webhook",
                    "127.0.0.1:7018", "--token-keys", keys})
              .exit_code == 0);
  const auto doctor_of = [&](std::size_t bytes) {
    const auto loaded = cli::load_config(config);
    std::ofstream(loaded->site->webhook->token_keys_file) << std::string(bytes, 'k') << "\n";
    return shell.run({"doctor", "--config", config}).out;
  };

  CHECK_THAT(doctor_of(cli::kWebhookSecretBytesMax - 1),
             ContainsSubstring("ok       webhook, token keys"));
  CHECK_THAT(doctor_of(cli::kWebhookSecretBytesMax),
             ContainsSubstring("problem  webhook, token keys"));
}

TEST_CASE("init: what a site agent misses, or a role does not have, is said by its option",
          "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("site");
  const Identity identity = make_self_signed();
  const std::string certificate = folder.write("crt", identity.certificate_pem);
  const std::string key = private_file(folder, "key", identity.key_pem);
  const std::string other = private_file(folder, "other", make_self_signed().key_pem);
  const std::string keys = private_file(folder, "keys", std::string(32, 'k') + "\n");
  const std::string weak = private_file(folder, "weak", "too short\n");
  Shell shell;
  const auto refused = [&](int code, const char* words, const std::vector<std::string>& more) {
    std::vector<std::string> all = {"init", "--role", "site", "--dir", dir};
    all.insert(all.end(), more.begin(), more.end());
    const auto ended = shell.run(all);
    INFO(ended.messages);
    CHECK(ended.exit_code == code);
    CHECK_THAT(ended.messages, ContainsSubstring(words));
  };

  refused(2, "--webhook, --polling", {});
  refused(2, "--token-keys", {"--webhook", "127.0.0.1:0"});
  refused(2, "--polling URL", {"--servicemobility", "https://x.example"});
  refused(2, "belongs to --webhook",
          {"--polling", "https://x.example", "--back-end-user", "u", "--token-keys", keys});
  refused(2, "--back-end-user", {"--polling", "https://x.example", "--password-file", keys});
  refused(2, "belong together",
          {"--webhook", "127.0.0.1:0", "--token-keys", keys, "--certificate", certificate});
  refused(2, "needs TLS", {"--webhook", "192.0.2.7:8443", "--token-keys", keys});
  refused(4, "weak", {"--webhook", "127.0.0.1:0", "--token-keys", weak});
  refused(4, "other",
          {"--webhook", "192.0.2.7:8443", "--token-keys", keys, "--certificate", certificate,
           "--certificate-key", other});
  refused(2, "--role", {"--role", "office"});
  CHECK_THAT(shell.run({"init", "--dir", dir, "--user", "tech.17"}).messages,
             ContainsSubstring("--first-name, --last-name, --location"));
  CHECK_THAT(shell.run(arguments(dir, {"--webhook", "127.0.0.1:0"})).messages,
             ContainsSubstring("--role site"));
  CHECK_FALSE(std::filesystem::exists(dir));
}

TEST_CASE("init: what cannot be made is refused before anything is", "[cli][init]") {
  const TemporaryFolder folder;
  const std::string dir = folder.file("van-17");
  const std::string readable = folder.write("ring", std::string(64, 'a') + "\n");
  REQUIRE(::chmod(readable.c_str(), 0644) == 0);
  const std::string broken = private_file(folder, "broken", "abc\n");
  Shell shell;

  CHECK(shell.run(arguments(dir, {"--key-ring", readable})).exit_code == 4);
  CHECK(shell.run(arguments(dir, {"--key-ring", broken})).exit_code == 4);
  CHECK(shell.run(arguments(dir, {"--listen", "0.0.0.0:80"})).exit_code == 2);
  CHECK(shell.run(arguments(dir, {"--cmdb", "https://x.example/t"})).exit_code == 2);
  CHECK(shell.run(arguments(dir, {"--password-file", broken})).exit_code == 2);
  CHECK(shell.run(arguments(folder.file("no/such/folder"))).exit_code != 0);
  CHECK_FALSE(std::filesystem::exists(dir));
}

}  // namespace handover::test
