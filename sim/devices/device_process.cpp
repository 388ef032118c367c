#include "sim/devices/device_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
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

Result<int> run_program(const std::vector<std::string>& words, const std::string& output_file) {
  TRY_ASSIGN(const pid_t process, spawn(words, output_file));
  return wait_for(process);
}

Result<std::unique_ptr<DeviceProcess>> DeviceProcess::make(DeviceSettings settings) {
  std::unique_ptr<DeviceProcess> device(new DeviceProcess(std::move(settings)));
  RETURN_IF_ERROR(device->initialise());
  if (device->settings_.init_words.empty()) RETURN_IF_ERROR(device->write_config());
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
         << "[api]\nlisten = \"unix:handover.sock\"\ntoken_file = \"api.token\"\n\n"
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
