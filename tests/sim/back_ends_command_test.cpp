// Runs the program handover-sim itself.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "tests/sim/blocking_client.hpp"
#include "tests/sim/support.hpp"

extern char** environ;

namespace handover::sim {
namespace {

using namespace testing;

/// The program with its standard output on a pipe; killed in the end if it still runs.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    arguments.insert(arguments.begin(), HANDOVER_BINARY_DIR "/handover-sim");
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const int spawned =
        ::posix_spawn(&process_, pointers[0], &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    REQUIRE(spawned == 0);
  }
  ~Program() {
    std::fclose(output_);
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string line() {
    std::array<char, 1000> text{};
    if (std::fgets(text.data(), int(text.size()), output_) == nullptr) return {};
    std::string line(text.data());
    if (line.ends_with('\n')) line.pop_back();
    return line;
  }
  std::string rest() {
    std::string all;
    for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_))
      all += static_cast<char>(c);
    return all;
  }
  void signal(int number) { ::kill(process_, number); }
  /// The exit code; -1 if a signal ended it.
  int wait() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = 0;
  std::FILE* output_ = nullptr;
};

std::string after(const std::string& line, const std::string& beginning) {
  INFO(line);
  REQUIRE(line.starts_with(beginning));
  return line.substr(beginning.size());
}

const std::vector<std::string> kFreePorts = {"back-ends",   "--servicemobility", "127.0.0.1:0",
                                             "--cmdb",      "127.0.0.1:0",       "--cisco",
                                             "127.0.0.1:0", "--tangoe",          "127.0.0.1:0"};

std::vector<std::string> plus(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("back-ends command: it says where it listens, serves, and ends cleanly on SIGTERM",
          "[sim][command]") {
  Program program(
      plus(kFreePorts, {"--fault", "servicemobility:status_503:1", "--option",
                        "servicemobility:older_errors=false", "--token-lifetime", "5m"}));
  const std::string port = after(program.line(), "servicemobility listens on http://127.0.0.1:");
  after(program.line(), "cmdb listens on http://127.0.0.1:");
  after(program.line(), "cisco listens on http://127.0.0.1:");
  after(program.line(), "tangoe listens on http://127.0.0.1:");
  const std::string password_file = after(program.line(), "password file for all users: ");
  struct stat facts {};
  REQUIRE(::stat(password_file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  std::ifstream file(password_file);
  std::string password;
  std::getline(file, password);

  BlockingClient client(static_cast<std::uint16_t>(std::stoul(port)));
  const HttpRequest login =
      post("/createjwt", R"({"username":"tech.22","password":")" + password + R"("})");
  const auto refused = client.exchange(login);
  const auto let_in = client.exchange(login);
  program.signal(SIGTERM);

  CHECK(refused.response.status == 503);
  CHECK(body_of(refused.response).text_of("status") == "503");
  CHECK(let_in.response.status == 200);
  CHECK(program.wait() == 0);
  CHECK(::stat(password_file.c_str(), &facts) != 0);
}

TEST_CASE("back-ends command: SIGINT ends it cleanly too", "[sim][command]") {
  Program program(kFreePorts);
  for (int lines = 0; lines < 5; ++lines) program.line();
  program.signal(SIGINT);
  CHECK(program.wait() == 0);
}

TEST_CASE("back-ends command: wrong usage is exit code 2, unusable settings 4", "[sim][command]") {
  CHECK(Program({}).wait() == 2);
  CHECK(Program({"nonsense"}).wait() == 2);
  CHECK(Program({"back-ends", "--nonsense"}).wait() == 2);
  CHECK(Program(plus(kFreePorts, {"--fault", "servicemobility:nonsense:1"})).wait() == 2);
  CHECK(Program(plus(kFreePorts, {"--fault", "sap:lost_reply:1"})).wait() == 2);
  CHECK(Program(plus(kFreePorts, {"--option", "cmdb:nonsense=1"})).wait() == 2);
  CHECK(Program(plus(kFreePorts, {"--token-lifetime", "soon"})).wait() == 4);
  CHECK(Program(plus(kFreePorts, {"--password-file", "/nonexistent/file"})).wait() == 4);
  CHECK(Program({"back-ends", "--cmdb", "0.0.0.0:0"}).wait() == 4);
}

TEST_CASE("back-ends command: --help shows an example", "[sim][command]") {
  Program program({"back-ends", "--help"});
  const std::string all = program.rest();
  CHECK(all.find("handover-sim back-ends --servicemobility") != std::string::npos);
  CHECK(program.wait() == 0);
}

}  // namespace handover::sim
