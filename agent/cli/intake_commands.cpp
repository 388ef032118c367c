#include "agent/cli/intake_commands.hpp"

#include <memory>

#include "agent/cli/format.hpp"

namespace handover::cli {
namespace {

constexpr const char* kSetAside = "/v1/intake/set-aside";

struct DiscardArguments {
  std::string id;
  std::string reason;
};

Result<ExitCode> list(Session& session) {
  TRY_ASSIGN(const std::vector<Json> rows, session.get_all(kSetAside));
  Json items = Json::array();
  for (const Json& row : rows) items.push_back(row);
  session.answer(Json::object({{"items", std::move(items)}}));
  if (rows.empty()) session.hints() << "No rows are set aside.\n";
  for (const Json& row : rows) {
    session.out() << printable(row.text_of("id")) << "  " << printable(row.text_of("type")) << ", "
                  << short_time(row.find("since")) << "\n"
                  << wrap(printable(row.text_of("reason")), "    ");
  }
  return ExitCode::kDone;
}

Result<ExitCode> discard(Session& session, const DiscardArguments& arguments) {
  TRY_ASSIGN(const Json record,
             session.post(std::string(kSetAside) + "/" + escape_url(arguments.id) + "/discard",
                          Json::object({{"reason", arguments.reason}})));
  session.answer(record);
  session.out() << "Discarded; kept as record " << short_id(record.text_of("id")) << "\n";
  return ExitCode::kDone;
}

}  // namespace

void add_intake_commands(CLI::App& program, Commands& commands) {
  CLI::App* intake =
      program.add_subcommand("intake", "Rows that a site agent took in and could not read");
  intake->require_subcommand(1);
  CLI::App& rows = commands.add(*intake, {"set-aside", "List them, and why; --json shows the rows",
                                          "  handover intake set-aside --json"});
  commands.on_chosen(rows, [](Session& session) { return list(session); });
  CLI::App& one = commands.add(
      *intake, {"discard", "Give a row up; it is kept as a record, with the reason",
                "  handover intake discard 3 --reason \"entered by hand, ticket 4711\""});
  auto arguments = std::make_shared<DiscardArguments>();
  one.add_option("ID", arguments->id, "The number of the row")->required();
  one.add_option("--reason", arguments->reason, "Why; it is kept with the record")->required();
  commands.on_chosen(one, [arguments](Session& session) { return discard(session, *arguments); });
}

}  // namespace handover::cli
