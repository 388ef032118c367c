#include "agent/cli/program.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <sstream>

#include "agent/cli/asset_import_command.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/doctor.hpp"
#include "agent/cli/enroll_command.hpp"
#include "agent/cli/enrollment_make.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/init.hpp"
#include "agent/cli/intake_commands.hpp"
#include "agent/cli/open_command.hpp"
#include "agent/cli/record_commands.hpp"
#include "agent/cli/recording_commands.hpp"
#include "agent/cli/rescue.hpp"
#include "agent/cli/service_order_commands.hpp"
#include "agent/cli/status_commands.hpp"
#include "agent/cli/tangoe_commands.hpp"
#include "agent/cli/transfer_commands.hpp"

namespace handover::cli {
namespace {

Result<ExitCode> run_agent(Session& session) {
  TRY_ASSIGN(const Config* config, session.config());
  // The agent's exit codes are the same as ours.
  return static_cast<ExitCode>(session.world().run_agent(*config));
}

void add_agent_command(CLI::App& program, Commands& commands) {
  CLI::App& command =
      commands.add(program, {"agent", "Run the agent, until SIGTERM or SIGINT",
                             "  handover agent --config /etc/handover/handover.toml"});
  commands.on_chosen(command, run_agent);
}

using AddCommands = void (*)(CLI::App& program, Commands& commands);
constexpr std::array<AddCommands, 15> kCommands = {
    add_init_command,       add_agent_command,          add_transfer_commands,
    add_recording_commands, add_service_order_commands, add_asset_import_command,
    add_record_commands,    add_open_command,           add_status_commands,
    add_intake_commands,    add_doctor_command,         add_rescue_command,
    add_tangoe_commands,    add_enrollment_commands,    add_enroll_command};

int tell_wrong_usage(CLI::App& program, const CLI::ParseError& error, Session& session) {
  std::ostringstream out;
  std::ostringstream messages;
  const int code = program.exit(error, out, messages);
  session.world().out << (code == 0 ? out.str() : "");
  session.world().messages << messages.str() << (code == 0 ? "" : out.str());
  if (code != 0) session.answer(session.problem_for(wrong_usage(error.what())));
  return static_cast<int>(code == 0 ? ExitCode::kDone : ExitCode::kWrongUsage);
}

int tell(const Error& error, Session& session) {
  std::ostream& messages = session.world().messages;
  messages << std::flush << "handover: " << printable(error.detail) << "\n";
  const bool says_more = error.fields.size() > 1 ||
                         (error.fields.size() == 1 && error.fields[0].detail != error.detail);
  for (const auto& field : error.fields) {
    if (says_more)
      messages << "  " << printable(field.pointer) << ": " << printable(field.detail) << "\n";
  }
  session.answer(session.problem_for(error));
  return static_cast<int>(exit_code_of(error));
}

}  // namespace

int run_program(int argc, const char* const* argv, const World& world) {
  CLI::App program(
      "Records and forwards what a field technician hands over and uses, offline first",
      "handover");
  program.require_subcommand(1);
  program.footer(
      "Each command has --help with an example.\n"
      "Exit codes: 0 done, 1 refused by a rule, 2 wrong usage, 3 agent not reachable, 4 store or "
      "configuration unusable.");
  Commands commands;
  for (const AddCommands add : kCommands) add(program, commands);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    Session session(world, commands.options());
    return tell_wrong_usage(program, error, session);
  }
  Session session(world, commands.options());
  const Action* action = commands.chosen();
  const auto done =
      action != nullptr ? (*action)(session) : Result<ExitCode>(ExitCode::kWrongUsage);
  world.out << std::flush;
  return done ? static_cast<int>(*done) : tell(done.error(), session);
}

}  // namespace handover::cli
