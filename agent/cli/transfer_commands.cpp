#include "agent/cli/transfer_commands.hpp"

#include <array>
#include <memory>

#include "agent/cli/format.hpp"
#include "agent/cli/items.hpp"
#include "agent/cli/scan_commands.hpp"
#include "agent/cli/transfer_text.hpp"

namespace handover::cli {
namespace {

constexpr const char* kTransfers = "/v1/transfers";
constexpr std::size_t kTypedCodeMax = 64;

struct StartArguments {
  bool outbound = true;
  std::string from;
  std::string to;
  std::string with;
  std::vector<std::string> items;
  std::string file;
  std::string flex;
};

struct IdArguments {
  std::string id;
  std::vector<std::string> code;  // One word, or the groups as they were said.
};

std::string path_of(const std::string& id, const char* step = "") {
  return std::string(kTransfers) + "/" + escape_url(id) + step;
}

/// "tech.22" or "tech.22,Given,Family".
Result<Json> parse_technician(const std::string& text) {
  std::array<std::string, 3> parts;
  std::size_t place = 0;
  for (const char c : text) {
    if (c == ',' && ++place == parts.size()) break;
    if (c != ',') parts[place] += c;
  }
  if (place == parts.size() || parts[0].empty()) {
    return fail(wrong_usage("--with: expected USERID or USERID,GIVEN,FAMILY"));
  }
  return Json::object({{"UserID", parts[0]}, {"FirstName", parts[1]}, {"LastName", parts[2]}});
}

Result<Json> read_items(Session& session, const StartArguments& arguments) {
  if (arguments.items.empty() == arguments.file.empty()) {
    return fail(wrong_usage("give the items with --item (once for each), or with --file"));
  }
  if (!arguments.file.empty()) {
    TRY_ASSIGN(const Json document, read_document(session, arguments.file));
    const Json* items = document.find("Items");
    return items != nullptr ? *items : document;
  }
  Json items = Json::array();
  for (const auto& text : arguments.items) {
    TRY_ASSIGN(const TypedItem item, parse_item(text));
    items.push_back(item_json(item, "Qty"));
  }
  return items;
}

Result<ExitCode> start(Session& session, const StartArguments& arguments) {
  TRY_ASSIGN(Json technician, parse_technician(arguments.with));
  TRY_ASSIGN(Json items, read_items(session, arguments));
  TRY_ASSIGN(const Config* config, session.config());
  const auto own_unless = [&](const std::string& typed) {
    return typed.empty() ? config->storage_location : typed;
  };
  Json transfer = Json::object(
      {{"FromStorageLocation", arguments.outbound ? own_unless(arguments.from) : arguments.from},
       {"ToStorageLocation", arguments.outbound ? arguments.to : own_unless(arguments.to)},
       {"TransferTech", std::move(technician)},
       {"Items", std::move(items)}});
  if (!arguments.flex.empty()) {
    TRY_ASSIGN(Json flex, read_document(session, arguments.flex));
    transfer.set("FlexAttrs", std::move(flex));
  }
  const Json body = Json::object({{"direction", arguments.outbound ? "outbound" : "inbound"},
                                  {"transfer", std::move(transfer)}});
  TRY_ASSIGN(const Json view, session.post(kTransfers, body));
  return show_transfer(session, view);
}

/// The code from the command line, or from standard input for "-".
Result<std::string> read_code(Session& session, const std::vector<std::string>& typed) {
  std::string code;
  if (typed != std::vector<std::string>{"-"}) {
    for (const auto& group : typed) code += (code.empty() ? "" : " ") + group;
    return code;
  }
  char c = 0;
  while (session.world().in.get(c) && c != '\n' && code.size() < kTypedCodeMax) code += c;
  if (code.empty()) return fail(wrong_usage("standard input has no code"));
  return code;
}

/// Says where the two lists may differ. The other technician reads his own checks from `handover
/// transfer show`.
Result<void> explain_mismatch(Session& session, const std::string& id, const Json& problem) {
  TRY_ASSIGN(const Json view, session.get(path_of(id)));
  TRY_ASSIGN(const Config* config, session.config());
  const Json* checks = problem.find("line_checks");
  std::ostream& hints = session.hints();
  if (checks != nullptr && !checks->items().empty()) {
    hints << "Read these check digits to each other. Where they differ, so do your lists:\n"
          << line_checks_text(*checks, view, config->technician.user_id)
          << "The other device shows its own with: handover transfer show ID --checks\n";
  }
  const std::string& tries = problem.text_of("tries_left");
  if (!tries.empty()) hints << "Tries left: " << printable(tries) << "\n";
  if (view.text_of("state") == "dead") hints << next_step_text(view);
  return {};
}

Result<ExitCode> enter_code(Session& session, const IdArguments& arguments) {
  TRY_ASSIGN(const std::string code, read_code(session, arguments.code));
  TRY_ASSIGN(const std::string id, session.find_id(kTransfers, arguments.id));
  TRY_ASSIGN(const Answer answer,
             session.call("POST", path_of(id, "/code"), Json::object({{"code", code}})));
  if (!answer.refused()) return show_transfer(session, answer.body);
  Error refusal = session.refusal_of(answer);
  if (answer.body.find("line_checks") != nullptr && !session.json()) {
    RETURN_IF_ERROR(explain_mismatch(session, id, answer.body));
  }
  return fail(std::move(refusal));
}

Result<ExitCode> show_one(Session& session, const std::string& typed, bool checks) {
  TRY_ASSIGN(const std::string id, session.find_id(kTransfers, typed));
  TRY_ASSIGN(const Json view, session.get(path_of(id)));
  const Json* list = view.find("line_checks");
  if (checks && list != nullptr && !list->items().empty()) {
    TRY_ASSIGN(const Config* config, session.config());
    session.out() << "Line checks:\n" << line_checks_text(*list, view, config->technician.user_id);
  }
  if (checks && (list == nullptr || list->items().empty())) {
    session.hints()
        << "There are no line checks: this device has no code to compute them from yet.\n";
  }
  return show_transfer(session, view);
}

Result<ExitCode> take_step(Session& session, const std::string& typed, const char* step) {
  TRY_ASSIGN(const std::string id, session.find_id(kTransfers, typed));
  TRY_ASSIGN(const Json view, session.post(path_of(id, step)));
  return show_transfer(session, view);
}

Result<ExitCode> list(Session& session, const std::string& state) {
  TRY_ASSIGN(auto transfers,
             session.get_all(kTransfers + (state.empty() ? "" : "?state=" + escape_url(state))));
  Table table(
      {{"ID"}, {"STATE"}, {"CHANGED (UTC)"}, {"WITH", Table::Align::kLeft, 16}, {"FROM -> TO"}});
  for (const Json& view : transfers) {
    const Json* transfer = view.find("transfer");
    const Json* technician = transfer != nullptr ? transfer->find("TransferTech") : nullptr;
    if (technician == nullptr) continue;
    table.add({short_id(view.text_of("id")), view.text_of("state"),
               short_time(view.find("changed_at")), technician->text_of("UserID"),
               transfer->text_of("FromStorageLocation") + " -> " +
                   transfer->text_of("ToStorageLocation")});
  }
  session.answer(Json::object({{"items", Json::array(std::move(transfers))}, {"next", Json()}}));
  if (table.empty()) {
    session.hints() << "No transfers.\n";
  } else {
    table.print(session.out());
  }
  return ExitCode::kDone;
}

void add_start(CLI::App& transfer, Commands& commands, bool outbound) {
  static constexpr Commands::Words kSend = {
      "send", "Hand items over: makes the sender code to tell the receiver",
      "  handover transfer send --to VAN-22 --with tech.22,Given,Family --item "
      "WS-C3850-48U-S@FCW1950C12F --item CAB-6A:2"};
  static constexpr Commands::Words kReceive = {
      "receive", "Take items over: records what is received, until the sender's code is entered",
      "  handover transfer receive --from VAN-17 --with tech.17 --item WS-C3850-48U-S@FCW1950C12F "
      "--item CAB-6A:2"};
  CLI::App& command = commands.add(transfer, outbound ? kSend : kReceive);
  auto arguments = std::make_shared<StartArguments>();
  arguments->outbound = outbound;
  auto* from = command.add_option(
      "--from", arguments->from,
      outbound ? "Storage location; else this device's own" : "The sender's storage location");
  auto* to = command.add_option(
      "--to", arguments->to,
      outbound ? "The receiver's storage location" : "Storage location; else this device's own");
  (outbound ? to : from)->required();
  command
      .add_option("--with", arguments->with, "The other technician: USERID or USERID,GIVEN,FAMILY")
      ->required();
  command
      .add_option("--item", arguments->items,
                  "PROD[:QTY][@SERIAL][#BATCH], once for each line; QTY is 1 if left out")
      ->allow_extra_args(false);
  command.add_option(
      "--file", arguments->file,
      "Items as JSON: a list with ProdNum, Qty, SerialNum, BatchNum; - reads standard input");
  command.add_option("--flex", arguments->flex,
                     "FlexAttrs as JSON: {\"FORM\": {\"ATTRIBUTE\": [\"value\"]}}");
  commands.on_chosen(command, [arguments](Session& session) { return start(session, *arguments); });
}

void add_code(CLI::App& transfer, Commands& commands) {
  CLI::App& command =
      commands.add(transfer, {"code", "Enter the code that the other technician said",
                              "  handover transfer code 1f2e3d4c 4839 3584\n"
                              "  echo 48393584 | handover transfer code 1f2e3d4c -   (keeps it out "
                              "of the list of processes)"});
  auto arguments = std::make_shared<IdArguments>();
  command
      .add_option("ID", arguments->id, "The transfer, or the last 4 or more characters of its id")
      ->required();
  command
      .add_option("CODE", arguments->code,
                  "As it was said, in groups or as one; - reads standard input")
      ->required();
  commands.on_chosen(command,
                     [arguments](Session& session) { return enter_code(session, *arguments); });
}

void add_show(CLI::App& transfer, Commands& commands) {
  CLI::App& command = commands.add(transfer, {"show", "Show a transfer and what to do next",
                                              "  handover transfer show 1f2e3d4c --checks"});
  auto arguments = std::make_shared<IdArguments>();
  auto checks = std::make_shared<bool>(false);
  command
      .add_option("ID", arguments->id, "The transfer, or the last 4 or more characters of its id")
      ->required();
  command.add_flag("--checks", *checks,
                   "Also the line checks, to compare after a code did not match");
  commands.on_chosen(command, [arguments, checks](Session& session) {
    return show_one(session, arguments->id, *checks);
  });
}

void add_step(CLI::App& transfer, Commands& commands, const Commands::Words& words,
              const char* step) {
  CLI::App& command = commands.add(transfer, words);
  auto arguments = std::make_shared<IdArguments>();
  command
      .add_option("ID", arguments->id, "The transfer, or the last 4 or more characters of its id")
      ->required();
  commands.on_chosen(command, [arguments, step](Session& session) {
    return take_step(session, arguments->id, step);
  });
}

void add_list(CLI::App& transfer, Commands& commands) {
  CLI::App& command = commands.add(transfer, {"list", "List transfers, newest last",
                                              "  handover transfer list --state offered"});
  auto state = std::make_shared<std::string>();
  command.add_option("--state", *state, "offered, recorded, completed, cancelled or dead");
  commands.on_chosen(command, [state](Session& session) { return list(session, *state); });
}

}  // namespace

Result<ExitCode> show_transfer(Session& session, const Json& view) {
  session.answer(view);
  session.out() << transfer_text(view) << changes_text(view) << std::flush;
  session.world().messages << warnings_text(view);
  session.hints() << next_step_text(view);
  return ExitCode::kDone;
}

void add_transfer_commands(CLI::App& program, Commands& commands) {
  CLI::App* transfer = program.add_subcommand(
      "transfer", "Hand items over to another technician, or take them over");
  transfer->require_subcommand(1);
  add_start(*transfer, commands, true);
  add_start(*transfer, commands, false);
  add_code(*transfer, commands);
  add_show(*transfer, commands);
  add_step(*transfer, commands,
           {"offer", "Sender: make a new code, with five new tries",
            "  handover transfer offer 1f2e3d4c"},
           "/offer");
  add_step(*transfer, commands,
           {"cancel", "Give up a transfer whose half here is not complete",
            "  handover transfer cancel 1f2e3d4c"},
           "/cancel");
  add_list(*transfer, commands);
  add_scan_commands(*transfer, commands);
}

}  // namespace handover::cli
