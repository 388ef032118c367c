#include "agent/cli/config.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace handover::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

constexpr const char* kDevice =
    "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nfirst_name = \"Given\"\nlast_name = "
    "\"Family\"\n"
    "storage_location = \"VAN-17\"\n";

const std::string kServiceMobility =
    "[[lanes]]\nname = \"servicemobility\"\nkind = \"servicemobility\"\nurl = "
    "\"http://127.0.0.1:18080\"\n"
    "username = \"tech.17\"\npassword_file = \"sm.password\"\n";

const std::string kCmdb =
    "[[lanes]]\nname = \"cmdb\"\nkind = \"cmdb\"\nenvironment = \"test\"\n"
    "url = \"https://cmdb.example.com/api/now/import/u_wwt_asset\"\nusername = "
    "\"handover\"\npassword_file = \"cmdb.password\"\n";

Result<Config> parse(const std::string& more) {
  return parse_config(std::string(kDevice) + more, "/etc/handover/handover.toml", "/etc/handover");
}

std::string complaint(const std::string& more) {
  const auto config = parse(more);
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kConfig);
  return config.error().detail;
}

struct Wrong {
  std::string text;
  std::string expected;
};

}  // namespace

TEST_CASE("config: [enrollment] has its files by default, and none without the section",
          "[cli][config]") {
  CHECK(parse("")->certificate_file.empty());
  const auto config = parse("[enrollment]\nkey_file = \"keys/device.key\"\n");
  REQUIRE(config);
  CHECK(config->certificate_file == "/etc/handover/device.certificate");
  CHECK(config->device_key_file == "/etc/handover/keys/device.key");
  CHECK(config->company_keys_file == "/etc/handover/company.keys");
  CHECK_THAT(complaint("[enrollment]\ncompany_key = \"x\"\n"), ContainsSubstring("company_keys"));
}

TEST_CASE("config: the paths of a ServiceMobility lane are read, and checked", "[cli][config]") {
  const auto config = parse(kServiceMobility +
                            "transfer_path = \"/in/transfer?t=1\"\nusage_path = \"/in/usage\"\n"
                            "login_path = \"/login\"\n");

  REQUIRE(config);
  const auto& settings = config->lanes.at(0).servicemobility;
  CHECK(settings.transfer_path == "/in/transfer?t=1");
  CHECK(settings.usage_path == "/in/usage");
  CHECK(settings.login_path == "/login");
  CHECK(parse(kServiceMobility)->lanes.at(0).servicemobility.usage_path.empty());
  for (const auto* key : {"transfer_path", "usage_path", "login_path"}) {
    for (const std::string& wrong :
         {std::string("in/usage"), std::string("/a b"), std::string("/a#b"), std::string("/é"),
          std::string("http://host/"), "/" + std::string(200, 'a')}) {
      CAPTURE(key, wrong);
      CHECK_THAT(complaint(kServiceMobility + key + " = \"" + wrong + "\"\n"),
                 ContainsSubstring(std::string("lanes[1].") + key + ": expected a path such as"));
    }
  }
  CHECK_THAT(complaint(kServiceMobility + "usage_pat = \"/x\"\n"),
             ContainsSubstring("did you mean usage_path?"));
}

TEST_CASE("config: the example of the interface is read", "[cli][config]") {
  const auto config = parse(
      "[store]\npath = \"handover.db\"\nkey_file = \"/run/keys/store.key\"\n"
      "[api]\nlisten = \"unix:handover.sock\"\ntoken_file = \"api.token\"\n"
      "[validation]\nkey_ring = \"validation.keys\"\n[stock]\npolicy = \"enforce\"\n" +
      kServiceMobility + "transfer_types = { outbound = \"7\", inbound = \"8\" }\n" + kCmdb +
      "usage_state = \"inuse\"\nlook_up_path = \"/api/now/table/alm_hardware\"\nlocations = { "
      "VAN-17 = \"Van 17\" }\n"
      "[sync]\nretry_first = \"250ms\"\nretry_cap = \"1h\"\nin_flight_max = 64\n");

  REQUIRE(config);
  CHECK(config->technician.user_id == "tech.17");
  CHECK(config->store_path == "/etc/handover/handover.db");
  CHECK(config->store_key_file == "/run/keys/store.key");
  CHECK(config->listen == "unix:/etc/handover/handover.sock");
  CHECK(config->stock_policy == recording::StockPolicy::kEnforce);
  REQUIRE(config->lanes.size() == 2);
  CHECK(config->lanes[0].servicemobility.transfer_type_inbound == "8");
  CHECK(config->lanes[0].password_file == "/etc/handover/sm.password");
  CHECK(config->lanes[1].cmdb.locations.at("VAN-17") == "Van 17");
  CHECK(config->lanes[1].cmdb.environment == "test");
  CHECK(config->retry_first == milliseconds(250));
  CHECK(config->retry_cap == std::chrono::hours(1));
  CHECK(config->in_flight_max == 64);
}

TEST_CASE("config: what is left out has the values that init writes", "[cli][config]") {
  const auto config = parse("");

  REQUIRE(config);
  CHECK(config->listen == "unix:/etc/handover/handover.sock");
  CHECK(config->token_file == "/etc/handover/api.token");
  CHECK(config->key_ring_file == "/etc/handover/validation.keys");
  CHECK(config->stock_policy == recording::StockPolicy::kWarn);
  CHECK(config->retry_first == std::chrono::seconds(2));
  CHECK(config->retry_cap == std::chrono::minutes(5));
}

TEST_CASE("config: each wrong key, type and range has a complaint that says what was expected",
          "[cli][config]") {
  const auto wrong = GENERATE(
      Wrong{"[stor]\n", "stor: unknown key; did you mean store?"},
      Wrong{"[store]\npaht = \"x\"\n", ":8: store.paht: unknown key; did you mean path?"},
      Wrong{"[store]\nzzzzzzzz = 1\n",
            "store.zzzzzzzz: unknown key; expected one of: path, key_file"},
      Wrong{"[store]\npath = 7\n", ":8: store.path: expected a text in quotes"},
      Wrong{"[store]\npath = \"\"\n", "store.path: empty"},
      Wrong{"[[store]]\npath = \"a\"\n", "store: expected a table"},
      Wrong{"[api]\nlisten = \"0.0.0.0:7017\"\n",
            "api.listen: the address must be unix:PATH, 127.0.0.1:PORT or [::1]:PORT"},
      Wrong{"[api]\nlisten = \"127.0.0.1:70000\"\n", "api.listen: the port must be"},
      Wrong{"[api]\nlisten = \"unix:\"\n", "api.listen"},
      Wrong{"[api]\nlisten = \"unix:" + std::string(120, 'x') + "\"\n",
            "api.listen: the path of the socket has"},
      Wrong{"[stock]\npolicy = \"strict\"\n", "stock.policy: expected one of: warn, enforce"},
      Wrong{"[sync]\nin_flight_max = 0\n",
            "sync.in_flight_max: expected a whole number from 1 to 64"},
      Wrong{"[sync]\nin_flight_max = 65\n", "from 1 to 64"},
      Wrong{"[sync]\nin_flight_max = 8.5\n", "from 1 to 64"},
      Wrong{"[sync]\nretry_first = \"5ms\"\n", "sync.retry_first: expected 10ms to 1h"},
      Wrong{"[sync]\nretry_first = \"61m\"\n", "sync.retry_first: expected 10ms to 1h"},
      Wrong{"[sync]\nretry_first = 2\n", "sync.retry_first: expected a duration in quotes"},
      Wrong{"[sync]\nretry_first = \"2 s\"\n", "sync.retry_first: expected a duration in quotes"},
      Wrong{"[sync]\nretry_first = \"-2s\"\n", "sync.retry_first: expected a duration in quotes"},
      Wrong{"[sync]\nretry_first = \"99999999999999999999s\"\n",
            "sync.retry_first: expected a duration in quotes"},
      Wrong{"[sync]\nretry_first = \"10s\"\nretry_cap = \"9s\"\n",
            "sync.retry_cap: shorter than retry_first"},
      Wrong{"[sync]\nretry_cap = \"25h\"\n", "sync.retry_cap: expected at most 24h"},
      Wrong{"[lanes]\nname = \"a\"\n", "lanes: expected [[lanes]] in double brackets"},
      Wrong{"not toml at all", ":7"});

  INFO(wrong.text);
  CHECK_THAT(complaint(wrong.text),
             ContainsSubstring(wrong.expected) && StartsWith("/etc/handover/handover.toml"));
}

TEST_CASE("config: each wrong setting of a lane has a complaint that says what was expected",
          "[cli][config]") {
  const auto wrong = GENERATE(
      Wrong{"[[lanes]]\nname = \"a\"\n", "lanes[1].kind: missing"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"tangoo\"\n",
            "lanes[1].kind: expected one of: servicemobility, cmdb"},
      Wrong{"[[lanes]]\nkind = \"cmdb\"\n", "lanes[1].name: missing"},
      Wrong{"[[lanes]]\nname = \"Upper\"\nkind = \"cmdb\"\n",
            "lanes[1].name: expected 1 to 32 characters"},
      Wrong{"[[lanes]]\nname = \"" + std::string(33, 'a') + "\"\nkind = \"cmdb\"\n",
            "lanes[1].name: expected 1 to 32"},
      Wrong{kServiceMobility + kServiceMobility, ":14: lanes[2].name: two lanes have this name"},
      Wrong{kServiceMobility + "environment = \"test\"\n", "lanes[1].environment: unknown key"},
      Wrong{kServiceMobility + "usrname = \"x\"\n", "did you mean username?"},
      Wrong{kServiceMobility + "transfer_types = { out = \"1\" }\n",
            "lanes[1].transfer_types.out: unknown key"},
      Wrong{kServiceMobility + "transfer_types = { outbound = 1001 }\n",
            "lanes[1].transfer_types.outbound: expected a text"},
      Wrong{kServiceMobility + "pinned_keys = [\"sha256/" + std::string(43, 'A') + "=\"]\n",
            "lanes[1].pinned_keys: one key alone"},
      Wrong{kServiceMobility + "pinned_keys = [\"a\", \"b\"]\n",
            "lanes[1].pinned_keys: expected sha256/"},
      Wrong{kServiceMobility + "pinned_keys = \"a\"\n", "lanes[1].pinned_keys: expected a list"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"servicemobility\"\nurl = "
            "\"https://x.example\"\nusername = \"u\"\n",
            "lanes[1].password_file: missing"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"servicemobility\"\nurl = "
            "\"https://x.example\"\npassword_file = \"p\"\n",
            "lanes[1].username: missing"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"servicemobility\"\nusername = \"u\"\npassword_file "
            "= \"p\"\n",
            "lanes[1].url: missing"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"servicemobility\"\nurl = "
            "\"http://x.example\"\nusername = \"u\"\npassword_file = \"p\"\n",
            "lanes[1].url: plain http is only for a loopback address"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"servicemobility\"\nurl = \"ftp://x\"\nusername = "
            "\"u\"\npassword_file = \"p\"\n",
            "lanes[1].url: the URL must begin with https://"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"cmdb\"\nurl = \"https://x.example/t\"\nusername = "
            "\"u\"\npassword_file = \"p\"\n",
            "lanes[1].environment: missing"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"cmdb\"\nenvironment = \"live\"\n",
            "lanes[1].environment: expected one of"},
      Wrong{"[[lanes]]\nname = \"a\"\nkind = \"cmdb\"\nenvironment = \"test\"\nurl = "
            "\"https://x.example\"\nusername = \"u\"\npassword_file = \"p\"\n",
            "lanes[1].url: the path is missing"},
      Wrong{kCmdb + "auth = \"kerberos\"\n", "lanes[1].auth: expected one of"},
      Wrong{kCmdb + "auth = \"oauth_password\"\n",
            "lanes[1].client_id: missing; auth = \"oauth_password\" needs it"},
      Wrong{kCmdb + "look_up_path = \"api\"\n", "lanes[1].look_up_path: expected a path"},
      Wrong{kCmdb + "locations = \"x\"\n", "lanes[1].locations: expected a table"},
      Wrong{kCmdb + "locations = { A = 1 }\n", "lanes[1].locations.A: expected a text in quotes"});

  INFO(wrong.text);
  CHECK_THAT(complaint(wrong.text), ContainsSubstring(wrong.expected));
}

TEST_CASE("config: a client of its own needs no user name", "[cli][config]") {
  const auto config = parse(
      "[[lanes]]\nname = \"cmdb\"\nkind = \"cmdb\"\nenvironment = \"production\"\nurl = "
      "\"https://cmdb.example.com/t\"\n"
      "auth = \"oauth_client_credentials\"\nclient_id = \"handover\"\nclient_secret_file = "
      "\"client.secret\"\n");

  REQUIRE(config);
  CHECK(config->lanes[0].cmdb.client_secret_file == "/etc/handover/client.secret");
}

TEST_CASE("config: a device without an identity is refused", "[cli][config]") {
  const auto none = parse_config("", "handover.toml", "");
  const auto no_user =
      parse_config("[device]\nid = \"a\"\nstorage_location = \"b\"\n", "handover.toml", "");
  const auto control =
      parse_config("[device]\nid = \"a\"\nuser_id = \"b\\u0007\"\nstorage_location = \"b\"\n",
                   "handover.toml", "");

  REQUIRE_FALSE(none);
  CHECK_THAT(none.error().detail, ContainsSubstring("device: missing"));
  REQUIRE_FALSE(no_user);
  CHECK_THAT(no_user.error().detail, StartsWith("handover.toml:1: device.user_id: missing"));
  REQUIRE_FALSE(control);
  CHECK_THAT(control.error().detail, StartsWith("handover.toml:3: device.user_id: "));
}

TEST_CASE("config: files are found beside the configuration", "[cli][config]") {
  const test::TemporaryFolder folder;
  const auto config = load_config(folder.write("handover.toml", kDevice));

  REQUIRE(config);
  CHECK(config->store_path == folder.file("handover.db"));
}

TEST_CASE("config: a missing file says how to make one, and one that is too large is not read",
          "[cli][config]") {
  const test::TemporaryFolder folder;
  const auto missing = load_config(folder.file("handover.toml"));
  const auto large = load_config(folder.write("large.toml", std::string(300'000, '#')));

  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::kConfig);
  CHECK_THAT(missing.error().detail, ContainsSubstring("handover init"));
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Errc::kConfig);
}

}  // namespace handover::cli
