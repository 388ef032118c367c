// A program under test that is run as an operator would run it, with what it says and how it ends.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace handover::test {

/// Runs until it ends by itself, or until the object does (SIGKILL).
class Program {
 public:
  /// `words`: the arguments of `handover`. What it writes goes to `output`.
  Program(std::vector<std::string> words, std::string output);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Waits for the end. The exit code, or minus the number of the signal; -1000 if it does not end
  /// in a minute.
  int wait();
  void terminate() const;
  [[nodiscard]] bool has_ended();
  /// What it has written so far.
  [[nodiscard]] std::string said() const;

 private:
  std::string output_;
  pid_t process_ = -1;
  int status_ = 0;
};

}  // namespace handover::test
