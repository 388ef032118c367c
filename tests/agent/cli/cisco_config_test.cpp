#include "agent/cli/cisco_config.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "agent/cli/config.hpp"

namespace handover::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::string kDevice =
    "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nfirst_name = \"Given\"\nlast_name = "
    "\"Family\"\nstorage_location = \"VAN-17\"\n";

const std::string kLane =
    "[[lanes]]\nname = \"cisco\"\nkind = \"cisco\"\nurl = \"https://relay.example\"\n"
    "username = \"tech.17\"\npassword_file = \"cisco.password\"\nusage = \"test\"\n"
    "buyer_duns = \"123456789\"\nbill_to_name = \"Partner\"\ncontact_name = \"Ada\"\n"
    "contact_email = \"b2b@partner.example\"\ncontact_phone = \"15550100\"\n";

Result<Config> parse(const std::string& lanes) {
  return parse_config(kDevice + lanes, "/etc/handover/handover.toml", "/etc/handover");
}

std::string without(std::string text, const std::string& key) {
  const auto start = text.find(key + " = ");
  REQUIRE(start != std::string::npos);
  return text.erase(start, text.find('\n', start) + 1 - start);
}

}  // namespace

TEST_CASE("cisco config: what is not said has its default", "[cli][config]") {
  const auto config = parse(kLane);
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  const CiscoConfig& cisco = config->lanes.at(0).cisco;
  CHECK(cisco.seller_duns == "364132837");
  CHECK(cisco.rnif_path == "/rnif");
  CHECK(cisco.acknowledge_time == std::chrono::hours(2));
  CHECK(cisco.perform_time == std::chrono::hours(24));
  CHECK(cisco.retry_count == 3);
  CHECK_FALSE(cisco.propose_orders);
  CHECK_FALSE(cisco.allow_best_guess);
  CHECK(cisco.pak_name == "PAKNumber");
}

TEST_CASE("cisco config: what is said is read", "[cli][config]") {
  const auto config = parse(
      kLane +
      "bill_to = \"42\"\nservices = { \"C9800-40-K9\" = \"CON-SNT-C98004K9\" }\n"
      "propose_orders = \"yes\"\nextra_names = [\"Novel\"]\nacknowledge_time = \"1h\"\n"
      "retry_count = 1\nsigning_key_file = \"k.pem\"\nsigning_certificate_file = \"c.pem\"\n");
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  const CiscoConfig& cisco = config->lanes.at(0).cisco;
  CHECK(cisco.bill_to == "42");
  CHECK(cisco.services.at("C9800-40-K9") == "CON-SNT-C98004K9");
  CHECK(cisco.propose_orders);
  CHECK(cisco.extra_names.contains("Novel"));
  CHECK(cisco.acknowledge_time == std::chrono::hours(1));
  CHECK(cisco.signing_key_file == "/etc/handover/k.pem");
}

TEST_CASE("cisco config: what is wrong is told with its key", "[cli][config]") {
  struct Wrong {
    std::string text;
    std::string expected;
  };
  const std::vector<Wrong> table = {
      {without(kLane, "usage"), "usage"},
      {without(kLane, "buyer_duns"), "buyer_duns"},
      {without(kLane, "buyer_duns") + "buyer_duns = \"12345678\"\n", "nine digits"},
      {without(kLane, "password_file"), "password_file"},
      {without(kLane, "contact_phone"), "contact_phone"},
      {kLane + "bill_to = \"12A\"\n", "digits"},
      {kLane + "retry_count = 21\n", "retry_count"},
      {kLane + "pak_name = \"PAK Number\"\n", "pak_name"},
      {kLane + "rnif_path = \"rnif\"\n", "rnif_path"},
      {kLane + "signing_key_file = \"k.pem\"\n", "signing_certificate_file"},
      {kLane + "micalg = \"md5\"\n", "micalg"},
      {kLane + "propose_order = \"yes\"\n", "propose_orders"},
      {kLane + kLane, "two lanes"},
  };
  for (const Wrong& wrong : table) {
    INFO(wrong.text);
    const auto config = parse(wrong.text);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Errc::kConfig);
    CHECK_THAT(config.error().detail, ContainsSubstring(wrong.expected));
  }
}

}  // namespace handover::cli
