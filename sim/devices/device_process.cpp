#include "sim/devices/device_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "platform/posix/private_file.hpp"

extern char** environ;

namespace handover::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStartTime{20};

Result<pid_t> spawn(const std::vector<std::string>& words, const std::string& output_file) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  // Listening sockets of this process must not live on in the agent: a back-end that goes down has
  // to be down.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = -1;
  const int failed =
      posix_spawn(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail(Errc::kConfig, words[0] + ": cannot be started; build it first");
  return process;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool has_ended(pid_t process) {
  int status = 0;
  return ::waitpid(process, &status, WNOHANG) == process;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string end_of(const std::string& file) {
  const std::string all = text_of(file);
  return all.size() > 600 ? all.substr(all.size() - 600) : all;
}

}  // namespace

std::string program_folder() {
  if (const char* folder = std::getenv("HANDOVER_PROGRAMS")) return folder;
  return fs::read_symlink("/proc/self/exe").parent_path().string();
}

std::string servicemobility_lane_toml(const std::string& url, const std::string& user) {
  return "[[lanes]]\nname = \"servicemobility\"\nkind = \"servicemobility\"\nurl = \"" + url +
         "\"\nusername = \"" + user + "\"\npassword_file = \"back-end.password\"\n";
}

std::string lanes_toml(const SimulatedLanes& lanes) {
  return servicemobility_lane_toml(lanes.servicemobility_url, lanes.servicemobility_user) + "\n" +
         cmdb_lane_toml(lanes);
}

std::string cmdb_lane_toml(const SimulatedLanes& lanes) {
  std::string text =
      "[[lanes]]\nname = \"cmdb\"\nkind = \"cmdb\"\nenvironment = \"test\"\nurl = \"" +
      lanes.cmdb_url + "/api/now/import/u_wwt_asset\"\nusername = \"" + lanes.cmdb_user +
      "\"\npassword_file = \"back-end.password\"\nusage_state = \"inuse\"\n";
  if (lanes.look_up) text += "look_up_path = \"/api/now/table/alm_hardware\"\n";
  return text;
}

std::string cisco_lane_toml(const std::string& url) {
  return "\n[[lanes]]\nname = \"cisco\"\nkind = \"cisco\"\nurl = \"" + url +
         "\"\nusername = \"handover\"\npassword_file = \"back-end.password\"\nusage = \"test\"\n"
         "buyer_duns = \"123456789\"\nbill_to = \"1234567\"\nbill_to_name = \"Partner\"\n"
         "contact_name = \"Ada\"\ncontact_email = \"b2b@partner.example\"\n"
         "contact_phone = \"15550100\"\npropose_orders = \"yes\"\npoll_first = \"100ms\"\n"
         "services = { \"C9800-40-K9\" = \"CON-SNT-C98004K9\" }\n";
}

std::string tangoe_lane_toml(const std::string& url) {
  return "\n[[lanes]]\nname = \"tangoe\"\nkind = \"tangoe\"\nurl = \"" + url +
         "/asentinelws/services/\"\nusername = \"handover\"\n"
         "password_file = \"back-end.password\"\n"
         "employees = { \"tech.17\" = \"E1017\", \"tech.22\" = \"E1022\" }\n"
         "[[lanes.items]]\nproducts = [\"IPHONE-*\"]\nservice_type = \"Wireless\"\n";
}

Result<std::string> unused_loopback_address() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = socket >= 0 && ::bind(socket, generic, size) == 0 &&
                     ::getsockname(socket, generic, &size) == 0;
  if (socket >= 0) ::close(socket);
  if (!bound) return fail(Errc::kIo, "no loopback port is to be had");
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

Result<int> run_program(const std::vector<std::string>& words, const std::string& output_file) {
  TRY_ASSIGN(const pid_t process, spawn(words, output_file));
  return wait_for(process);
}

Result<std::unique_ptr<DeviceProcess>> DeviceProcess::make(DeviceSettings settings) {
  std::unique_ptr<DeviceProcess> device(new DeviceProcess(std::move(settings)));
  RETURN_IF_ERROR(device->initialise());
  if (device->settings_.init_words.empty()) RETURN_IF_ERROR(device->write_config());
  if (!device->settings_.company_key.empty()) RETURN_IF_ERROR(device->enroll());
  return device;
}

DeviceProcess::~DeviceProcess() { stop(); }

Result<void> DeviceProcess::initialise() {
  const std::string output = settings_.directory + ".init.log";
  std::vector<std::string> words = {program_folder() + "/handover", "init", "--dir",
                                    settings_.directory};
  const std::vector<std::string>& chosen = settings_.init_words;
  if (chosen.empty()) {
    words.insert(words.end(),
                 {"--user", settings_.user, "--first-name", settings_.first_name, "--last-name",
                  settings_.last_name, "--location", settings_.location});
    if (!settings_.key_ring.empty()) words.insert(words.end(), {"--key-ring", settings_.key_ring});
  }
  words.insert(words.end(), chosen.begin(), chosen.end());
  TRY_ASSIGN(const int code, run_program(words, output));
  const std::string said = end_of(output);
  fs::remove(output);
  if (code != 0)
    return fail(Errc::kConfig, "handover init ended with " + std::to_string(code) + ": " + said);
  return {};
}

Result<void> DeviceProcess::write_config() const {
  std::ofstream config(config_file(), std::ios::trunc);
  config << "[device]\nid = \"" << settings_.location << "-a\"\nuser_id = \"" << settings_.user
         << "\"\nfirst_name = \"" << settings_.first_name << "\"\nlast_name = \""
         << settings_.last_name << "\"\nstorage_location = \"" << settings_.location
         << "\"\n\n[store]\npath = \"handover.db\"\nkey_file = \"store.key\"\n\n"
         << "[api]\ntoken_file = \"api.token\"\n"
         << (settings_.page_address.empty()
                 ? "listen = \"unix:handover.sock\"\n\n"
                 : "listen = \"" + settings_.page_address + "\"\npage = true\n\n")
         << (settings_.company_key.empty() ? "" : "[enrollment]\n\n")
         << "[validation]\nkey_ring = \"validation.keys\"\n\n[stock]\npolicy = \""
         << settings_.stock_policy << "\"\n\n"
         << settings_.lanes_toml << "\n[sync]\nretry_first = \"" << settings_.retry_first
         << "\"\nretry_cap = \"" << settings_.retry_cap
         << "\"\nin_flight_max = " << settings_.in_flight_max << "\n";
  config.close();
  if (!config) return fail(Errc::kConfig, config_file() + ": cannot be written");
  const std::string password_file = settings_.directory + "/back-end.password";
  if (fs::exists(password_file)) return {};
  return posix::create_private_file(password_file, "demo-password\n");
}

/// As the office and then the technician do it. The bundle and its code are gone afterwards.
Result<void> DeviceProcess::enroll() const {
  const std::string bundle = settings_.directory + ".bundle";
  const std::string code_file = settings_.directory + ".code";
  const std::string said = settings_.directory + ".enroll.log";
  const std::string program = program_folder() + "/handover";
  TRY_ASSIGN(const int made, run_program({program,         "enrollment",
                                          "make",          "--json",
                                          "--company",     "Demo Company",
                                          "--company-key", settings_.company_key,
                                          "--key-ring",    key_ring_file(),
                                          "--user",        settings_.user,
                                          "--first-name",  settings_.first_name,
                                          "--last-name",   settings_.last_name,
                                          "--location",    settings_.location,
                                          "--device-id",   settings_.location + "-a",
                                          "--out",         bundle},
                                         said));
  if (made != 0) return fail(Errc::kConfig, "handover enrollment make: " + end_of(said));
  const std::string answer = text_of(said);
  TRY_ASSIGN(const Json document, parse_json(answer.substr(answer.find('{'))));
  RETURN_IF_ERROR(posix::create_private_file(code_file, document.text_of("code") + "\n"));
  TRY_ASSIGN(const int enrolled, run_program({program, "enroll", bundle, "--renew", "--code-file",
                                              code_file, "--config", config_file()},
                                             said));
  if (enrolled != 0) return fail(Errc::kConfig, "handover enroll: " + end_of(said));
  for (const auto& file : {bundle, code_file, said}) fs::remove(file);
  return {};
}

Result<CommandOutcome> DeviceProcess::run(std::vector<std::string> words) const {
  const std::string output = settings_.directory + ".command.log";
  words.insert(words.begin(), program_folder() + "/handover");
  words.insert(words.end(), {"--config", config_file()});
  TRY_ASSIGN(const pid_t process, spawn(words, output));
  CommandOutcome outcome;
  outcome.exit_code = wait_for(process);
  outcome.said = text_of(output);
  fs::remove(output);
  return outcome;
}

Result<void> DeviceProcess::launch() {
  client_.reset();
  TRY_ASSIGN(process_, spawn({program_folder() + "/handover", "agent", "--config", config_file()},
                             log_file()));
  return {};
}

Result<void> DeviceProcess::start() {
  RETURN_IF_ERROR(launch());
  const auto deadline = std::chrono::steady_clock::now() + kStartTime;
  while (std::chrono::steady_clock::now() < deadline) {
    if (has_ended(process_)) {
      process_ = -1;
      return fail(Errc::kUnreachable, "the agent ended: " + end_of(log_file()));
    }
    const auto answer = call("GET", "/v1/status");
    if (answer && answer->ok()) return {};
    client_.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill_now();
  return fail(Errc::kUnreachable, "the agent does not answer: " + end_of(log_file()));
}

int DeviceProcess::stop() {
  if (process_ <= 0) return 0;
  client_.reset();
  ::kill(process_, SIGTERM);
  return wait_for(std::exchange(process_, -1));
}

void DeviceProcess::kill_now() {
  if (process_ <= 0) return;
  client_.reset();
  ::kill(process_, SIGKILL);
  (void)wait_for(std::exchange(process_, -1));
}

Result<net::LocalClient> DeviceProcess::connect() const {
  TRY_ASSIGN(const Secret token,
             posix::read_private_file(settings_.directory + "/api.token", 4096));
  return net::LocalClient::make(address(), posix::without_trailing_newline(token));
}

Result<Answer> DeviceProcess::call(const std::string& method, const std::string& target,
                                   const Json& body, const std::string& key) {
  if (client_ == nullptr) {
    TRY_ASSIGN(auto client, connect());
    client_ = std::make_unique<net::LocalClient>(std::move(client));
  }
  HttpRequest request(method, target);
  if (!body.is_null()) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body.dump();
  }
  if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
  TRY_ASSIGN(const HttpResponse response, client_->call(std::move(request)));
  Answer answer;
  answer.status = response.status;
  if (auto parsed =
          parse_json(response.body, {.bytes_max = std::size_t{64} << 20, .depth_max = 64})) {
    answer.body = std::move(*parsed);
  }
  return answer;
}

}  // namespace handover::sim
