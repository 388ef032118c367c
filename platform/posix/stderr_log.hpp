// The log on standard error, for a supervisor to collect.
#pragma once

#include <unistd.h>

#include <string>

#include "platform/clock.hpp"
#include "platform/log.hpp"

namespace handover::posix {

/// `2026-11-22T10:26:53.000Z warning text` and a line feed. Control characters in `text` are
/// written as \xNN, so that text from outside can neither forge a line nor steer a terminal.
[[nodiscard]] std::string format_log_line(WallTime time, std::string_view level,
                                          std::string_view text);

/// Writes each message with one write(2). A message that cannot be written is lost: the log never
/// stops the work.
class StderrLog final : public Log {
 public:
  /// Lifetime: `clock` and the open `descriptor` outlive the log.
  explicit StderrLog(const Clock& clock, int descriptor = STDERR_FILENO)
      : clock_(clock), descriptor_(descriptor) {}

  void info(std::string_view line) override { write("info", line); }
  void warning(std::string_view line) override { write("warning", line); }

 private:
  void write(std::string_view level, std::string_view text);

  const Clock& clock_;
  int descriptor_;
};

}  // namespace handover::posix
