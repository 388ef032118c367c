#include "agent/cli/command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Option.hpp>

namespace handover::cli {

CLI::App& Commands::add(CLI::App& parent, const Words& words) {
  CLI::App* command = parent.add_subcommand(words.name, words.description);
  command->footer(std::string("Example:\n") + words.example);
  command->add_option(
      "--config", options_.config,
      "The configuration; else $HANDOVER_CONFIG, ./handover.toml, /etc/handover/handover.toml");
  command->add_flag("--json", options_.json, "One JSON document on standard output");
  return *command;
}

void Commands::on_chosen(CLI::App& command, Action action) {
  actions_.emplace_back(&command, std::move(action));
}

const Action* Commands::chosen() const {
  for (const auto& [command, action] : actions_) {
    if (command->parsed() && command->get_subcommands().empty()) return &action;
  }
  return nullptr;
}

}  // namespace handover::cli
