#include "agent/cli/record_commands.hpp"

#include <memory>

#include "agent/cli/record_text.hpp"
#include "agent/cli/record_watch.hpp"

namespace handover::cli {
namespace {

constexpr const char* kRecords = "/v1/records";

struct ListArguments {
  std::string lane;
  std::string state;
  bool watch = false;
};

struct DecideArguments {
  std::string id;
  std::string lane;
  std::string reason;
};

std::string list_target(const ListArguments& arguments) {
  std::string query;
  if (!arguments.lane.empty()) query += "&lane=" + escape_url(arguments.lane);
  if (!arguments.state.empty()) query += "&state=" + escape_url(arguments.state);
  if (!query.empty()) query.front() = '?';
  return kRecords + query;
}

Result<ExitCode> list(Session& session, const ListArguments& arguments) {
  const std::string target = list_target(arguments);
  if (arguments.watch && session.json()) {
    return fail(
        wrong_usage("--watch never ends, and --json is one document; read GET /v1/events instead"));
  }
  if (arguments.watch) return watch_records(session, {arguments.lane, arguments.state});
  TRY_ASSIGN(auto records, session.get_all(target));
  const Table table = records_table(records);
  session.answer(Json::object({{"items", Json::array(std::move(records))}, {"next", Json()}}));
  if (table.empty()) {
    session.hints() << "No records.\n";
  } else {
    table.print(session.out());
  }
  return ExitCode::kDone;
}

Result<ExitCode> show(Session& session, const Json& record) {
  session.answer(record);
  session.out() << record_text(record) << std::flush;
  session.hints() << record_advice_text(record);
  return ExitCode::kDone;
}

Result<ExitCode> show_one(Session& session, const std::string& typed) {
  TRY_ASSIGN(const std::string id, session.find_id(kRecords, typed));
  TRY_ASSIGN(const Json record, session.get(kRecords + ("/" + escape_url(id))));
  return show(session, record);
}

Result<ExitCode> decide(Session& session, const DecideArguments& arguments, const char* step) {
  TRY_ASSIGN(const std::string id, session.find_id(kRecords, arguments.id));
  Json body = Json::object();
  if (!arguments.reason.empty()) body.set("reason", arguments.reason);
  const std::string target =
      kRecords + ("/" + escape_url(id)) + "/deliveries/" + escape_url(arguments.lane) + "/" + step;
  TRY_ASSIGN(const Json answer, session.post(target, body));
  return show(session, answer);
}

void add_records(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program, {"records", "List records and where their deliveries are, newest last",
                "  handover records --state quarantined\n  handover records --lane cmdb --watch"});
  auto arguments = std::make_shared<ListArguments>();
  command.add_option("--lane", arguments->lane, "Only records with a delivery on this lane");
  command.add_option("--state", arguments->state,
                     "Only those with one that is pending, in_flight, unknown, delivered, "
                     "quarantined, superseded, discarded or not_wanted");
  command.add_flag("--watch", arguments->watch, "Go on, and show what changes");
  commands.on_chosen(command, [arguments](Session& session) { return list(session, *arguments); });

  CLI::App& one = commands.add(
      command,
      {"show", "Show a record: for each back-end the state, since when, why, and who must act",
       "  handover records show 1f2e3d4c"});
  auto id = std::make_shared<std::string>();
  one.add_option("ID", *id, "The record, or the last 4 or more characters of its id")->required();
  commands.on_chosen(one, [id](Session& session) { return show_one(session, *id); });
}

void add_decision(CLI::App& record, Commands& commands, const Commands::Words& words,
                  bool with_reason) {
  CLI::App& command = commands.add(record, words);
  auto arguments = std::make_shared<DecideArguments>();
  command.add_option("ID", arguments->id, "The record, or the last 4 or more characters of its id")
      ->required();
  command.add_option("LANE", arguments->lane, "The lane whose delivery it is about")->required();
  if (with_reason)
    command.add_option("--reason", arguments->reason, "Why; it is kept with the record")
        ->required();
  const char* step = words.name;
  commands.on_chosen(
      command, [arguments, step](Session& session) { return decide(session, *arguments, step); });
}

}  // namespace

void add_record_commands(CLI::App& program, Commands& commands) {
  add_records(program, commands);
  CLI::App* record =
      program.add_subcommand("record", "Decide about a delivery that waits for a person");
  record->require_subcommand(1);
  add_decision(*record, commands,
               {"retry", "Send a quarantined delivery again",
                "  handover record retry 1f2e3d4c servicemobility"},
               false);
  add_decision(
      *record, commands,
      {"discard", "Give up a delivery; the record and the reason are kept",
       "  handover record discard 1f2e3d4c cmdb --reason \"entered by hand, ticket 4711\""},
      true);
}

}  // namespace handover::cli
