#include "tests/agent/cli/fake_api.hpp"

#include <sys/stat.h>

#include "agent/cli/program.hpp"
#include "platform/assert.hpp"

namespace handover::test {

Outcome Shell::run(std::vector<std::string> arguments) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream messages;
  const cli::World world{.in = in,
                         .out = out,
                         .messages = messages,
                         .messages_on_terminal = terminal,
                         .clock = clock,
                         .entropy = entropy_,
                         .environment = [this](const char* name) { return environment[name]; },
                         .pause = [this](milliseconds) { ++pauses; },
                         .run_agent =
                             [&out](const cli::Config& config) {
                               out << "agent of " << config.device_id << "\n";
                               return 0;
                             }};
  std::vector<const char*> argv = {"handover"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  Outcome outcome;
  outcome.exit_code = cli::run_program(static_cast<int>(argv.size()), argv.data(), world);
  outcome.out = out.str();
  outcome.messages = messages.str();
  return outcome;
}

FakeApi::FakeApi() : work_(context_.get_executor()) {
  config_ = folder_.write(
      "handover.toml",
      "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nfirst_name = \"Given\"\n"
      "last_name = \"Family\"\nstorage_location = \"VAN-17\"\n[api]\nlisten = \"unix:s\"\n");
  const std::string token = folder_.write("api.token", "test-token\n");
  INVARIANT(::chmod(token.c_str(), 0600) == 0);
  auto server = net::HttpServer::listen(
      context_.get_executor(), "unix:" + folder_.file("s"), {},
      [this](HttpRequest request, net::Reply reply) { handle(std::move(request), reply); });
  INVARIANT(server.has_value());
  server_ = std::move(*server);
  thread_ = std::thread([this] { context_.run(); });
}

FakeApi::~FakeApi() {
  context_.stop();
  thread_.join();
}

void FakeApi::answer(const std::string& call, int status, const std::string& body) {
  const std::lock_guard lock(mutex_);
  steps_[call].push_back({false, status, body});
}

void FakeApi::lose_answer(const std::string& call) {
  const std::lock_guard lock(mutex_);
  steps_[call].push_back({true, 0, ""});
}

std::vector<HttpRequest> FakeApi::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

HttpRequest FakeApi::last() {
  const auto all = requests();
  INVARIANT(!all.empty());
  return all.back();
}

void FakeApi::handle(HttpRequest request, const net::Reply& reply) {
  const std::lock_guard lock(mutex_);
  if (request.target == "/v1/events") {
    // A stream that breaks off at once: whoever follows it looks, waits, and begins anew.
    HttpResponse stream(200);
    stream.body = "retry: 1000\n\nid: 1\n\n";
    return reply(std::move(stream));
  }
  auto& steps = steps_[request.method + " " + request.target];
  requests_.push_back(std::move(request));
  Step step{
      false, 404,
      R"({"type":"urn:handover:problem:not-found","title":"no","status":404,"detail":"not scripted"})"};
  if (!steps.empty()) step = steps.front();
  if (steps.size() > 1) steps.pop_front();
  if (step.lost) return;  // An uncalled reply closes the connection.
  HttpResponse response(step.status);
  response.headers.push_back({"Content-Type", "application/json"});
  if (!tag.empty()) response.headers.push_back({"ETag", tag});
  response.body = step.body;
  reply(std::move(response));
}

}  // namespace handover::test
