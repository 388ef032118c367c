// What the commands may touch besides their arguments and the files that the configuration names.
#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>

#include "agent/cli/config.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"

namespace handover::cli {

struct World {
  std::istream& in;
  std::ostream& out;  ///< Results, and with --json exactly one JSON document.
  std::ostream&
      messages;  ///< What is said to a person: what to do next, warnings, errors, progress.
  bool messages_on_terminal =
      false;  ///< A person looks at `messages`, so that a line can be drawn again.
  const Clock& clock;
  Entropy& entropy;
  std::function<std::string(const char* name)> environment;  ///< Empty: not set.
  std::function<void(milliseconds time)> pause;
  std::function<int(const Config& config)> run_agent;
};

/// Exit codes of the program. Values are an interface.
enum class ExitCode {
  kDone = 0,
  kRefused = 1,      ///< A rule forbids it, or what was asked for did not come about.
  kWrongUsage = 2,   ///< The command line cannot be understood.
  kUnreachable = 3,  ///< The agent does not answer.
  kUnusable = 4,     ///< The configuration, a key, or the store cannot be used.
};

}  // namespace handover::cli
