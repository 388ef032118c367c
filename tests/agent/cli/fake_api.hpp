// An agent's API that answers what a test tells it to, on a Unix socket, and a command line to talk
// to it.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "agent/cli/world.hpp"
#include "platform/asio/http_server.hpp"
#include "platform/posix/os_entropy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override { return {}; }
  [[nodiscard]] WallTime wall_now() const override { return now; }
  WallTime now = parse_rfc3339("2026-11-22T10:00:00Z").value();
};

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string messages;
};

/// The program, run inside the test. Waiting takes no time.
class Shell {
 public:
  /// `arguments` without the program's name.
  Outcome run(std::vector<std::string> arguments);

  std::string input;
  std::map<std::string, std::string> environment;
  bool terminal = false;
  FixedClock clock;
  int pauses = 0;

 private:
  posix::OsEntropy entropy_;
};

class FakeApi {
 public:
  FakeApi();
  ~FakeApi();
  FakeApi(const FakeApi&) = delete;
  FakeApi& operator=(const FakeApi&) = delete;

  /// Answers for "METHOD /path?query", in this order; the last one is given again and again.
  void answer(const std::string& call, int status, const std::string& body);
  /// Closes the connection without an answer, once.
  void lose_answer(const std::string& call);

  [[nodiscard]] std::vector<HttpRequest> requests();
  [[nodiscard]] HttpRequest last();
  /// The configuration of the device.
  [[nodiscard]] const std::string& config() const { return config_; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  std::string tag;  ///< The ETag of every answer, if there is one. To be set before the first.

 private:
  struct Step {
    bool lost = false;
    int status = 200;
    std::string body;
  };
  void handle(HttpRequest request, const net::Reply& reply);

  TemporaryFolder folder_;
  std::string config_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<net::HttpServer> server_;
  std::mutex mutex_;  // The server has a thread of its own.
  std::map<std::string, std::deque<Step>> steps_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

}  // namespace handover::test
