// A client that sends exactly the bytes that a test gives it, over a real socket. Its calls give up
// after some seconds.
#pragma once

#include <string>
#include <string_view>

namespace handover::test {

struct RawAnswer {
  int status = 0;  ///< 0 if the connection ended first.
  std::string head;
  std::string body;
};

class RawClient {
 public:
  /// `address` as HttpServer::address() has it.
  explicit RawClient(const std::string& address);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  /// False if the server did not take all of it.
  bool send(std::string_view text);
  /// One answer; `with_body` is false for the answer to HEAD.
  RawAnswer read_answer(bool with_body = true);
  RawAnswer call(std::string_view text) {
    send(text);
    return read_answer();
  }
  /// True if the server ends the connection without sending anything more.
  bool at_end();
  /// Tells the server that nothing more will come.
  void finish_sending();

 private:
  bool read_some();

  int descriptor_;
  std::string unread_;
};

}  // namespace handover::test
