#include "agent/cli/open_command.hpp"

namespace handover::cli {
namespace {

/// The link is the command's result and goes to its output alone: it lets whoever has it in, once.
Result<ExitCode> open_page(Session& session) {
  TRY_ASSIGN(const Json ticket, session.post("/v1/page/tickets"));
  session.answer(ticket);
  session.out() << ticket.text_of("url") << "\n" << std::flush;
  session.hints()
      << "Open this link in a browser on this device, within five minutes. It opens one "
         "page, once;\nfor another page or browser, run this command again.\n";
  return ExitCode::kDone;
}

}  // namespace

void add_open_command(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program, {"open", "Print the link that opens the handheld page in a browser on this device",
                "  handover open\n  xdg-open \"$(handover open 2>/dev/null)\""});
  commands.on_chosen(command, [](Session& session) { return open_page(session); });
}

}  // namespace handover::cli
