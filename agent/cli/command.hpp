// How a command is added to the program.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

#include "agent/cli/session.hpp"

namespace handover::cli {

/// What a command does. An Error is told to the person, and its code becomes the exit code.
using Action = std::function<Result<ExitCode>(Session& session)>;

class Commands {
 public:
  struct Words {
    const char* name;
    const char* description;
    const char* example;
  };

  /// Adds a command with --config, --json, and an example in its help. Lifetime: `parent` outlives
  /// this.
  CLI::App& add(CLI::App& parent, const Words& words);
  /// What happens if `command` is chosen, and none below it.
  void on_chosen(CLI::App& command, Action action);

  /// The action of the command that was parsed, or nullptr.
  [[nodiscard]] const Action* chosen() const;
  [[nodiscard]] CommonOptions& options() { return options_; }

 private:
  CommonOptions options_;
  std::vector<std::pair<CLI::App*, Action>> actions_;
};

}  // namespace handover::cli
