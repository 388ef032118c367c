// An HttpServer that runs on a thread of its own while the test talks to it.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "platform/asio/http_server.hpp"

namespace handover::test {

/// Answers with what the request was: "METHOD TARGET BODY".
inline net::HttpHandler echo() {
  return [](const HttpRequest& request, const net::Reply& reply) {
    HttpResponse response(200);
    response.body = request.method + " " + request.target + " " + request.body;
    reply(std::move(response));
  };
}

class ServerFixture {
 public:
  explicit ServerFixture(net::HttpHandler handler = echo(), net::ServerLimits limits = {},
                         const std::string& address = "127.0.0.1:0")
      : server(std::move(
            net::HttpServer::listen(context.get_executor(), address, limits, std::move(handler))
                .value())),
        thread_([this] { context.run(); }) {}
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;
  ~ServerFixture() {
    run([this] { server.reset(); });
    work_.reset();
    context.stop();
    thread_.join();
  }

  /// Runs `task` on the server's thread, and waits for it.
  void run(std::function<void()> task) {
    std::promise<void> done;
    boost::asio::post(context, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  [[nodiscard]] const std::string& address() const { return server->address(); }

  boost::asio::io_context context;
  std::unique_ptr<net::HttpServer> server;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context.get_executor()};
  std::thread thread_;
};

}  // namespace handover::test
