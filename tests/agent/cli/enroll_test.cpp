#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/cli/config.hpp"
#include "agent/cli/enrollment_files.hpp"
#include "platform/posix/file_status.hpp"
#include "tests/agent/cli/fake_api.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// An office with its key, and a shell in it.
class Office {
 public:
  Office() {
    write_private("validation.keys", std::string(64, 'a') + "\n");
    write_private("password", "back-end-password\n");
    const auto made = shell.run({"enrollment", "company-key", "--out", folder.file("company.key")});
    REQUIRE(made.exit_code == 0);
    public_key = made.out.substr(made.out.find("Public key: ") + 12, 64);
  }

  void write_private(const std::string& name, const std::string& text) {
    REQUIRE(::chmod(folder.write(name, text).c_str(), 0600) == 0);
  }
  Outcome make(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {"enrollment",    "make",
                                        "--company",     "Example",
                                        "--company-key", folder.file("company.key"),
                                        "--key-ring",    folder.file("validation.keys"),
                                        "--user",        "tech.17",
                                        "--first-name",  "Anna",
                                        "--last-name",   "Berg",
                                        "--location",    "VAN-17",
                                        "--location",    "Depot",
                                        "--out",         folder.file("bundle")};
    command.insert(command.end(), more.begin(), more.end());
    Outcome made = shell.run(command);
    const auto place = made.out.find("Code: ");
    if (place != std::string::npos) code = made.out.substr(place + 6);
    return made;
  }
  Outcome enroll(const std::string& typed) {
    shell.input = typed;
    return shell.run({"enroll", folder.file("bundle"), "--dir", dir()});
  }
  [[nodiscard]] std::string dir() const { return folder.file("van-17"); }

  TemporaryFolder folder;
  Shell shell;
  std::string public_key;
  std::string code;
};

}  // namespace

TEST_CASE("enroll: a device that an agent can run with, from bundle and code", "[cli][enroll]") {
  Office office;
  const auto made =
      office.make({"--device-id", "van-17-a", "--servicemobility", "http://127.0.0.1:18080",
                   "--password-file", office.folder.file("password")});
  INFO(made.messages);
  REQUIRE(made.exit_code == 0);
  const auto enrolled = office.enroll(office.code);
  INFO(enrolled.messages);
  REQUIRE(enrolled.exit_code == 0);
  CHECK_THAT(enrolled.out, ContainsSubstring("tech.17 of Example"));

  const auto config = cli::load_config(office.dir() + "/handover.toml").value();
  CHECK(config.device_id == "van-17-a");
  CHECK(config.storage_location == "VAN-17");
  REQUIRE(config.lanes.size() == 1);
  CHECK(content(config.lanes[0].password_file) == "back-end-password\n");
  CHECK(content(config.key_ring_file) == std::string(64, 'a') + "\n");
  const auto enrollment = cli::read_enrollment(config).value();
  REQUIRE(enrollment);
  CHECK(enrollment->certificate.technician.last_name == "Berg");
  CHECK(enrollment->certificate.locations == std::vector<std::string>{"VAN-17", "Depot"});
  CHECK(enrollment->company_keys.file_text() == office.public_key + "\n");
  for (const auto& entry : std::filesystem::directory_iterator(office.dir())) {
    INFO(entry.path());
    CHECK(posix::file_status(entry.path()).value().mode == 0600);
  }
}

TEST_CASE("enroll: a mistyped code, and the code of another bundle", "[cli][enroll]") {
  Office office;
  REQUIRE(office.make().exit_code == 0);
  CHECK(office.enroll("0000 1111\n").exit_code == 2);
  const std::string code_of_the_first = office.code;
  std::filesystem::remove(office.folder.file("bundle"));
  REQUIRE(office.make().exit_code == 0);
  const auto refused = office.enroll(code_of_the_first);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.messages, ContainsSubstring("does not open this enrollment"));
  CHECK(!std::filesystem::exists(office.dir()));
}

TEST_CASE("enroll: nothing that is there is touched, and an expired bundle makes nothing",
          "[cli][enroll]") {
  Office office;
  REQUIRE(office.make({"--valid-days", "30"}).exit_code == 0);
  office.shell.clock.now += std::chrono::hours(24 * 31);
  const auto expired = office.enroll(office.code);
  CHECK(expired.exit_code == 1);
  CHECK_THAT(expired.messages, ContainsSubstring("expired"));
  CHECK(!std::filesystem::exists(office.dir()));

  office.shell.clock.now -= std::chrono::hours(24 * 31);
  REQUIRE(office.enroll(office.code).exit_code == 0);
  const std::string key = content(office.dir() + "/store.key");
  const auto again = office.enroll(office.code);
  CHECK(again.exit_code == 1);
  CHECK_THAT(again.messages, ContainsSubstring("a device is there already"));
  CHECK(content(office.dir() + "/store.key") == key);
}

TEST_CASE("enroll: renewal changes keys and certificate, and nothing else", "[cli][enroll]") {
  Office office;
  REQUIRE(office.make({"--device-id", "van-17-a"}).exit_code == 0);
  REQUIRE(office.enroll(office.code).exit_code == 0);
  const std::string config = office.dir() + "/handover.toml";
  const auto renew = [&] {
    office.shell.input = office.code;
    return office.shell.run(
        {"enroll", office.folder.file("bundle"), "--renew", "--config", config});
  };
  const auto kept = [&] {
    return content(config) + content(office.dir() + "/store.key") +
           content(office.dir() + "/api.token");
  };
  const std::string before = kept();
  const auto old = cli::read_enrollment(cli::load_config(config).value()).value();
  std::filesystem::remove(office.folder.file("bundle"));

  SECTION("by its own company") {
    office.shell.clock.now += std::chrono::hours(24 * 300);
    office.write_private("validation.keys", std::string(64, 'b') + "\n");
    REQUIRE(office.make({"--device-id", "van-17-a"}).exit_code == 0);
    const auto renewed = renew();
    INFO(renewed.messages);
    REQUIRE(renewed.exit_code == 0);
    const auto now = cli::read_enrollment(cli::load_config(config).value()).value();
    CHECK(now->certificate.valid_until > old->certificate.valid_until);
    CHECK(now->key.public_key() != old->key.public_key());
    CHECK(content(office.dir() + "/validation.keys") == std::string(64, 'b') + "\n");
  }
  SECTION("by another company, or for another device") {
    const std::string key = content(office.dir() + "/device.key");
    REQUIRE(office.make({"--device-id", "van-17-b"}).exit_code == 0);
    CHECK_THAT(renew().messages, ContainsSubstring("[device] id"));
    std::filesystem::remove(office.folder.file("bundle"));
    std::filesystem::remove(office.folder.file("company.key"));
    REQUIRE(
        office.shell.run({"enrollment", "company-key", "--out", office.folder.file("company.key")})
            .exit_code == 0);
    REQUIRE(office.make({"--device-id", "van-17-a"}).exit_code == 0);
    CHECK_THAT(renew().messages, ContainsSubstring("another company"));
    CHECK(content(office.dir() + "/device.key") == key);
  }
  CHECK(kept() == before);
}

TEST_CASE("enrollment make: no secret in the bundle, none said twice, none overwritten",
          "[cli][enroll]") {
  Office office;
  const auto made = office.make({"--cmdb", "http://127.0.0.1:18081/api/now/import/u_wwt_asset",
                                 "--password-file", office.folder.file("password")});
  REQUIRE(made.exit_code == 0);
  const std::string bundle = content(office.folder.file("bundle"));
  for (const auto& secret : {std::string("back-end-password"), std::string(64, 'a'),
                             office.code.substr(0, 4) + office.code.substr(5, 4)})
    CHECK(bundle.find(secret) == std::string::npos);
  CHECK(posix::file_status(office.folder.file("bundle")).value().mode == 0600);
  CHECK(made.messages.find(office.code.substr(0, 9)) == std::string::npos);
  CHECK(office.make().exit_code == 1);
  CHECK(content(office.folder.file("bundle")) == bundle);
  CHECK(office.shell.run({"enrollment", "company-key", "--out", office.folder.file("company.key")})
            .exit_code == 1);
}

TEST_CASE("enrollment make: wrong usage is named before anything is made", "[cli][enroll]") {
  Office office;
  CHECK(office.make({"--valid-days", "0"}).exit_code == 2);
  CHECK(office.make({"--password-file", office.folder.file("password")}).exit_code == 2);
  const auto bad = office.make({"--device-id", "bad\nid"});
  CHECK(bad.exit_code == 2);
  CHECK_THAT(bad.messages, ContainsSubstring("--device-id"));
  CHECK(!std::filesystem::exists(office.folder.file("bundle")));
}

TEST_CASE("enrollment files: what does not belong together is a configuration error",
          "[cli][enroll]") {
  Office office;
  REQUIRE(office.make().exit_code == 0);
  REQUIRE(office.enroll(office.code).exit_code == 0);
  auto config = cli::load_config(office.dir() + "/handover.toml").value();
  const auto words = [&] {
    const auto read = cli::read_enrollment(config);
    REQUIRE(!read);
    CHECK(read.error().code == Errc::kConfig);
    return read.error().detail;
  };
  SECTION("another technician") {
    config.technician.user_id = "tech.18";
    CHECK_THAT(words(), ContainsSubstring("user_id"));
  }
  SECTION("another device") {
    config.device_id = "another";
    CHECK_THAT(words(), ContainsSubstring("[device] id"));
  }
  SECTION("another key") {
    office.write_private("other.key", std::string(64, '1') + "\n");
    config.device_key_file = office.folder.file("other.key");
    CHECK_THAT(words(), ContainsSubstring("not the key"));
  }
  SECTION("another company") {
    office.write_private("other.keys", std::string(64, '1') + "\n");
    config.company_keys_file = office.folder.file("other.keys");
    CHECK_THAT(words(), ContainsSubstring("company_keys"));
  }
  SECTION("others may read the key") {
    REQUIRE(::chmod((office.dir() + "/device.key").c_str(), 0644) == 0);
    CHECK_THAT(words(), ContainsSubstring("chmod 600"));
  }
  SECTION("not enrolled") {
    config.certificate_file.clear();
    CHECK(!cli::read_enrollment(config).value());
  }
}

}  // namespace handover::test
