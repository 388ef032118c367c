#include "sim/back_ends_command.hpp"

#include <unistd.h>
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/back-ends/back_end_servers.hpp"

namespace handover::sim {
namespace {

constexpr int kUnusable = 4;
constexpr const char* kDemoPassword = "demo-password";
constexpr const char* kHelp =
    "Simulated ServiceMobility, CMDB, Cisco gateway and Tangoe on loopback sockets. They check\n"
    "what the real ones check, keep what they are sent, and misbehave as told. Look and steer\n"
    "while they run:\n"
    "  curl http://127.0.0.1:18080/_sim/state\n"
    "  curl -d '{\"kind\":\"lost_reply\",\"one_in\":10,\"path\":\"/seiapi\"}' "
    "http://127.0.0.1:18080/_sim/faults\n"
    "  curl -d '{\"clear\":true}' http://127.0.0.1:18080/_sim/faults\n"
    "  curl -d '{\"older_errors\":false}' http://127.0.0.1:18080/_sim/options\n"
    "Also /_sim/counts and POST /_sim/reset.";
constexpr const char* kExample =
    "Example:\n"
    "  handover-sim back-ends --servicemobility 127.0.0.1:18080 --cmdb 127.0.0.1:18081 --user "
    "tech.17 --user handover \\\n"
    "    --password-file demo.password --fault servicemobility:lost_reply:1/10 --fault "
    "cmdb:status_503:3 --seed 7\n"
    "Faults: lost_reply reset_before slow[=MS] html200 error200 truncated expired_tokens "
    "status_NNN[=SECONDS]\n"
    "  status_429 (also _retry_after, _reset, _bare) unknown_product (ServiceMobility) "
    "result_error (CMDB)\n";

struct Arguments {
  std::string servicemobility = "127.0.0.1:18080";
  std::string cmdb = "127.0.0.1:18081";
  std::string cisco = "127.0.0.1:18083";
  std::string tangoe = "127.0.0.1:18084";
  std::vector<std::string> users = {"tech.17", "tech.22", "handover"};
  std::string password_file;
  std::vector<std::string> faults;
  std::vector<std::string> options;
  std::uint64_t seed = 1;
  std::string token_lifetime_text = "600s";
};

/// The demo password in a file of its own, gone when the program ends.
class DemoPasswordFile {
 public:
  DemoPasswordFile() {
    std::string name = (std::filesystem::temp_directory_path() / "handover-sim-XXXXXX").string();
    const int file = ::mkstemp(name.data());  // Mode 0600, as the agent demands of a password file.
    if (file < 0) return;
    path_ = name;
    const std::string line = std::string(kDemoPassword) + "\n";
    if (::write(file, line.data(), line.size()) != ssize_t(line.size())) path_.clear();
    ::close(file);
  }
  ~DemoPasswordFile() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  DemoPasswordFile(const DemoPasswordFile&) = delete;
  DemoPasswordFile& operator=(const DemoPasswordFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> read_password(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return fail(Errc::kConfig,
                path + " cannot be read or is empty; its first line is the password");
  }
  return line;
}

/// "127.0.0.1:18080" or "[::1]:18080".
Result<ListenAddress> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  ListenAddress address;
  const std::string digits = colon == std::string::npos ? "" : text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return fail(Errc::kConfig, text + " is no address; expected one such as 127.0.0.1:18080");
  }
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

/// "600s", "10m", "1h" or "600" (seconds).
Result<std::chrono::seconds> parse_duration(const std::string& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  if (error == std::errc() && number <= 1'000'000) {
    if (unit.empty() || unit == "s") return std::chrono::seconds(number);
    if (unit == "m") return std::chrono::minutes(number);
    if (unit == "h") return std::chrono::hours(number);
  }
  return fail(Errc::kConfig, text + " is no duration; expected one such as 600s, 10m or 1h");
}

struct Addressed {
  BackEndName back_end = BackEndName::kServiceMobility;
  std::string rest;
};
Result<Addressed> split_back_end(const std::string& text) {
  const auto colon = text.find(':');
  Addressed addressed;
  TRY_ASSIGN(addressed.back_end, parse_back_end_name(text.substr(0, colon)));
  if (colon != std::string::npos) addressed.rest = text.substr(colon + 1);
  return addressed;
}

Result<void> set_option(BackEndServers& servers, const std::string& text) {
  TRY_ASSIGN(const Addressed addressed, split_back_end(text));
  const auto equals = addressed.rest.find('=');
  if (equals == std::string::npos) {
    return fail(Errc::kConfig, text + " sets nothing; expected BACK-END:NAME=VALUE");
  }
  const std::string written = addressed.rest.substr(equals + 1);
  auto value =
      parse_json(written);  // So that lists and objects can be given too; a plain word is text.
  Json option = Json::object();
  option.set(addressed.rest.substr(0, equals), value ? std::move(*value) : Json(written));
  return servers.configure(addressed.back_end, option);
}

Result<BackEndServersSettings> make_settings(const Arguments& arguments,
                                             const std::string& password) {
  BackEndServersSettings settings;
  TRY_ASSIGN(settings.servicemobility_address, parse_address(arguments.servicemobility));
  TRY_ASSIGN(settings.cmdb_address, parse_address(arguments.cmdb));
  TRY_ASSIGN(settings.cisco_address, parse_address(arguments.cisco));
  TRY_ASSIGN(settings.tangoe_address, parse_address(arguments.tangoe));
  TRY_ASSIGN(const std::chrono::seconds lifetime, parse_duration(arguments.token_lifetime_text));
  for (const auto& user : arguments.users) {
    settings.servicemobility.users[user] = password;
    settings.cmdb.users[user] = password;
    settings.cisco.users[user] = password;
    settings.tangoe.users[user] = password;
  }
  settings.cmdb.oauth.clients["handover"] = password;
  settings.servicemobility.token_lifetime = lifetime;
  settings.cmdb.oauth.access_lifetime = lifetime;
  settings.seed = arguments.seed;
  return settings;
}

/// Takes SIGINT and SIGTERM from its making on, so that none is missed between the first line of
/// output and the wait.
class StopSignal {
 public:
  void wait() {
    signals_.async_wait([](const boost::system::error_code&, int) {});
    io_.run();
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};
};

Result<void> run(const Arguments& arguments) {
  StopSignal stop;
  std::optional<DemoPasswordFile> demo_file;
  std::string password_file = arguments.password_file;
  if (password_file.empty()) password_file = demo_file.emplace().path();
  TRY_ASSIGN(const std::string password, read_password(password_file));
  TRY_ASSIGN(BackEndServersSettings settings, make_settings(arguments, password));
  TRY_ASSIGN(const auto servers, BackEndServers::start(std::move(settings)));
  for (const auto& option : arguments.options) RETURN_IF_ERROR(set_option(*servers, option));
  for (const auto& fault : arguments.faults) {
    TRY_ASSIGN(const Addressed addressed, split_back_end(fault));
    RETURN_IF_ERROR(servers->add_fault(addressed.back_end, addressed.rest));
  }
  for (const auto name : kBackEndNames) {
    std::cout << to_string(name) << " listens on " << servers->url(name) << "\n";
  }
  if (demo_file) std::cout << "password file for all users: " << password_file << "\n";
  std::cout << std::flush;
  stop.wait();
  return {};
}

}  // namespace

void add_back_ends_command(CLI::App& program, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = program.add_subcommand("back-ends", kHelp);
  command->footer(kExample);
  command
      ->add_option("--servicemobility", arguments->servicemobility,
                   "Where ServiceMobility listens; port 0: any")
      ->capture_default_str();
  command->add_option("--cmdb", arguments->cmdb, "Where the CMDB listens; port 0: any")
      ->capture_default_str();
  command->add_option("--cisco", arguments->cisco, "Where Cisco's relay listens; port 0: any")
      ->capture_default_str();
  command->add_option("--tangoe", arguments->tangoe, "Where Tangoe listens; port 0: any")
      ->capture_default_str();
  command->add_option("--user", arguments->users, "A user that all of them let in (repeatable)")
      ->capture_default_str();
  command->add_option("--password-file", arguments->password_file,
                      "The password of all users, and of the OAuth client \"handover\"; without it "
                      "a demo password is made");
  command->add_option(
      "--fault", arguments->faults,
      "BACK-END:KIND[=NUMBER]:WHEN[:PATH], WHEN being 1/N (by chance) or N (the next N)");
  command->add_option("--option", arguments->options,
                      "BACK-END:NAME=VALUE, as POST /_sim/options takes it");
  command->add_option("--seed", arguments->seed, "Of every choice by chance")
      ->capture_default_str();
  command
      ->add_option("--token-lifetime", arguments->token_lifetime_text,
                   "Of login tokens: 600s, 10m, 1h")
      ->capture_default_str();
  command->callback([arguments, &exit_code] {
    if (const auto done = run(*arguments); !done) {
      std::cerr << "handover-sim: " << done.error().detail << "\n";
      exit_code = done.error().code == Errc::kInvalid ? 2 : kUnusable;
    }
  });
}

}  // namespace handover::sim
