#include "agent/cli/tangoe_commands.hpp"

#include <CLI/Option.hpp>
#include <iterator>
#include <memory>
#include <optional>

#include "agent/backends/tangoe/item_collector.hpp"
#include "agent/backends/tangoe/item_json.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/tangoe_client.hpp"
#include "agent/cli/tangoe_found.hpp"
#include "agent/cli/tangoe_text.hpp"

namespace handover::cli {
namespace {

namespace tangoe = backends::tangoe;
using tangoe::InventoryItem;
using tangoe::Purpose;
using tangoe::Reading;

constexpr unsigned kPageMax = 1000;
constexpr unsigned kLogMax = 1000;

struct Arguments {
  std::string lane;
  std::string service_type;
  std::string number;
  std::vector<std::string> fields;
  std::vector<std::string> customs;
  bool from_input = false;
  std::string from_date;
  std::string to_date;
  unsigned page = 50;
  unsigned most = 0;
};

struct NameValue {
  std::string name;
  std::string value;
};
Result<NameValue> split(const std::string& typed) {
  const auto equals = typed.find('=');
  if (equals == 0 || equals == std::string::npos) {
    return fail(wrong_usage(typed + " sets nothing; expected NAME=VALUE"));
  }
  return NameValue{typed.substr(0, equals), typed.substr(equals + 1)};
}

Result<InventoryItem> read_input(Session& session) {
  std::istream& in = session.world().in;
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  TRY_ASSIGN(const Json object, parse_json(text));
  return tangoe::item_from_json(object);
}

Result<void> set_custom(InventoryItem& item, const std::string& typed) {
  TRY_ASSIGN(const NameValue pair, split(typed));
  item.add_custom(pair.name, pair.value);
  return {};
}

/// The item that the arguments describe, without its service type.
Result<InventoryItem> typed_item(Session& session, const Arguments& arguments) {
  InventoryItem item;
  if (arguments.from_input) {
    TRY_ASSIGN(item, read_input(session));
  }
  for (const std::string& typed : arguments.fields) {
    TRY_ASSIGN(const NameValue pair, split(typed));
    const auto index = tangoe::field_index(pair.name);
    const bool is_text = index && pair.name != "circuitMappings" && pair.name != "customFields";
    if (!is_text) {
      return fail(wrong_usage(pair.name + " is no field to set so; lists come with --stdin"));
    }
    item.set_at(*index, pair.value);
  }
  for (const std::string& typed : arguments.customs) RETURN_IF_ERROR(set_custom(item, typed));
  if (!arguments.number.empty()) item.set("inventoryNumber", arguments.number);
  return item;
}

Result<ExitCode> show_types(Session& session, const Arguments& arguments) {
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  TRY_ASSIGN(const Reading reading,
             client->ask(tangoe::get_service_types_request(), "GetServiceTypes"));
  const auto types = tangoe::read_service_types(*reading.payload);
  Json list = Json::array();
  for (const auto& type : types) list.push_back(tangoe::to_json(type));
  session.answer(Json::object({{"items", std::move(list)}}));
  service_types_table(types).print(session.out());
  return ExitCode::kDone;
}

Result<ExitCode> show_custom_fields(Session& session, const Arguments& arguments) {
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  TRY_ASSIGN(const std::string type, client->service_type_id(arguments.service_type));
  TRY_ASSIGN(const Reading reading,
             client->ask(tangoe::get_custom_fields_request(type), "GetCustomFields"));
  const auto fields = tangoe::read_custom_fields(*reading.payload);
  Json list = Json::array();
  for (const auto& field : fields) list.push_back(tangoe::to_json(field));
  session.answer(Json::object({{"items", std::move(list)}}));
  custom_fields_table(fields).print(session.out());
  return ExitCode::kDone;
}

Result<ExitCode> show_item(Session& session, const Arguments& arguments) {
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  TRY_ASSIGN(const std::string type, client->service_type_id(arguments.service_type));
  TRY_ASSIGN(const Reading reading,
             client->ask(tangoe::get_inventory_item_request({type, arguments.number}),
                         "GetInventoryItem"));
  const auto item = tangoe::read_inventory_item(*reading.payload);
  if (!item) return fail(Errc::kRefused, "Tangoe has no such item");
  session.answer(tangoe::to_json(*item));
  session.out() << item_text(*item) << std::flush;
  return ExitCode::kDone;
}

/// Only where the items themselves do not go to the same screen.
void show_progress(Session& session, const tangoe::ItemCollector& collector) {
  if (!session.json() || !session.world().messages_on_terminal || !collector.total()) return;
  session.world().messages << "\r" << progress_bar(collector.count(), *collector.total())
                           << (collector.done() ? "\n" : "") << std::flush;
}

Result<ExitCode> find_items(Session& session, const Arguments& arguments) {
  TRY_ASSIGN(InventoryItem filter, typed_item(session, arguments));
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  TRY_ASSIGN(std::string type, client->service_type_id(arguments.service_type));
  filter.set("serviceTypeID", std::move(type));
  RETURN_IF_ERROR(tangoe::check(filter, Purpose::kFilter));

  tangoe::ItemCollector collector(arguments.page);
  FoundItems found(session, arguments.most);
  do {
    const auto reading = client->ask(
        tangoe::find_inventory_item_request(filter, collector.next_page()), "FindInventoryItem");
    if (!reading && collector.count() == 0) return fail(reading.error());
    if (!reading) return found.break_off(collector, reading.error());
    found.say(collector.add(tangoe::read_found_page(*reading->payload)));
    show_progress(session, collector);
  } while (!collector.done() && !found.is_enough());
  found.end(collector);
  return ExitCode::kDone;
}

Result<ExitCode> show_log(Session& session, const Arguments& arguments) {
  tangoe::LogQuery query;
  const bool by_item = !arguments.number.empty();
  const bool by_date = !arguments.from_date.empty();
  if (by_item != !arguments.service_type.empty()) {
    return fail(wrong_usage("NUMBER and --service-type belong together"));
  }
  if (by_date != !arguments.to_date.empty()) {
    return fail(wrong_usage("--from and --to belong together"));
  }
  if (!by_item && !by_date) {
    return fail(wrong_usage("say an item, or --from and --to"));
  }
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  if (by_item) {
    TRY_ASSIGN(std::string type, client->service_type_id(arguments.service_type));
    query.item = tangoe::ItemKey{std::move(type), arguments.number};
  }
  query.from_date = arguments.from_date;
  query.to_date = arguments.to_date;
  if (arguments.most != 0) query.records_max = arguments.most;
  TRY_ASSIGN(const Reading reading,
             client->ask(tangoe::get_inventory_log_request(query), "GetInventoryLog"));
  const auto entries = tangoe::read_log_items(*reading.payload);
  Json list = Json::array();
  for (const auto& entry : entries) list.push_back(tangoe::to_json(entry));
  session.answer(Json::object({{"items", std::move(list)}}));
  log_table(entries).print(session.out());
  return ExitCode::kDone;
}

/// After a lost answer: what Tangoe shows says whether it was applied.
Result<void> look_after(TangoeClient& client, const InventoryItem& item, const Reading& lost) {
  const std::string* renamed = item.find("newInventoryNumber");
  const tangoe::ItemKey key{item.text_of("serviceTypeID"),
                            renamed != nullptr ? *renamed : item.text_of("inventoryNumber")};
  TRY_ASSIGN(const Reading reading,
             client.call(tangoe::get_inventory_item_request(key), "GetInventoryItem"));
  const auto found = reading.kind == Reading::Kind::kDone
                         ? tangoe::read_inventory_item(*reading.payload)
                         : std::nullopt;
  if (found && tangoe::shows(*found, item)) return {};
  return fail(
      Errc::kUnreachable,
      lost.why + "; Tangoe does not show it. Look with `handover tangoe get`, then repeat it");
}

Result<ExitCode> change_item(Session& session, const Arguments& arguments, bool add) {
  TRY_ASSIGN(InventoryItem item, typed_item(session, arguments));
  TRY_ASSIGN(const auto client, TangoeClient::open(session, arguments.lane));
  if (!arguments.service_type.empty()) {
    TRY_ASSIGN(std::string type, client->service_type_id(arguments.service_type));
    item.set("serviceTypeID", std::move(type));
  }
  RETURN_IF_ERROR(tangoe::check(item, add ? Purpose::kAdd : Purpose::kEdit));
  TRY_ASSIGN(const Reading reading, client->call(add ? tangoe::add_inventory_item_request(item)
                                                     : tangoe::edit_inventory_item_request(item),
                                                 add ? "AddInventoryItem" : "EditInventoryItem"));
  if (reading.kind == Reading::Kind::kUnclear) {
    RETURN_IF_ERROR(look_after(*client, item, reading));
    session.hints() << "The answer was lost, but Tangoe shows it.\n";
  } else if (reading.kind != Reading::Kind::kDone) {
    return fail(error_of(reading));
  }
  const std::string id = reading.payload ? tangoe::read_inventory_id(*reading.payload) : "";
  Json document = Json::object({{"done", Json(true)}});
  if (!id.empty()) document.set("inventoryID", Json(id));
  session.answer(document);
  session.out() << (add ? "Added" : "Changed") << (id.empty() ? "" : ", id " + printable(id))
                << "\n";
  return ExitCode::kDone;
}

using Run = Result<ExitCode> (*)(Session& session, const Arguments& arguments);

std::shared_ptr<Arguments> add_command(CLI::App& tangoe, Commands& commands,
                                       const Commands::Words& words, Run run, CLI::App*& command) {
  auto arguments = std::make_shared<Arguments>();
  command = &commands.add(tangoe, words);
  command->add_option("--lane", arguments->lane, "The Tangoe lane; needed where there are several");
  commands.on_chosen(*command,
                     [arguments, run](Session& session) { return run(session, *arguments); });
  return arguments;
}

CLI::Option* add_service_type(CLI::App& command, Arguments& arguments) {
  return command.add_option("--service-type", arguments.service_type,
                            "Its name as Tangoe spells it, or its id");
}

void add_values(CLI::App& command, Arguments& arguments, const char* name, const char* what) {
  command.add_option(name, arguments.fields, what);
  command.add_option("--custom", arguments.customs, "NAME=VALUE of a custom field (repeatable)");
  command.add_flag("--stdin", arguments.from_input,
                   "Fields as JSON from standard input, as `get --json` shows them");
}

void add_reading_commands(CLI::App& tangoe, Commands& commands) {
  CLI::App* command = nullptr;
  add_command(tangoe, commands, {"types", "List the service types", "  handover tangoe types"},
              show_types, command);

  auto fields = add_command(
      tangoe, commands,
      {"fields", "List the custom fields of a service type, and which of them an add needs",
       "  handover tangoe fields --service-type Wireless"},
      show_custom_fields, command);
  add_service_type(*command, *fields)->required();

  auto get = add_command(tangoe, commands,
                         {"get", "Show an item with all its fields",
                          "  handover tangoe get 555-0100 --service-type Wireless"},
                         show_item, command);
  command->add_option("NUMBER", get->number, "The inventory number")->required();
  add_service_type(*command, *get)->required();

  auto find =
      add_command(tangoe, commands,
                  {"find", "List the items of a service type, all pages",
                   "  handover tangoe find --service-type Wireless --where vendor=Verizon --json"},
                  find_items, command);
  add_service_type(*command, *find)->required();
  add_values(*command, *find, "--where", "FIELD=VALUE that the items must have (repeatable)");
  command->add_option("--page", find->page, "Items asked for at a time")
      ->check(CLI::Range(2U, kPageMax))
      ->capture_default_str();
  command->add_option("--most", find->most, "No more items than these; 0: all");

  auto log = add_command(tangoe, commands,
                         {"log", "Show what was changed, newest entries only",
                          "  handover tangoe log 555-0100 --service-type Wireless\n"
                          "  handover tangoe log --from 11/01/2026 --to 11/30/2026 --most 200"},
                         show_log, command);
  command->add_option("NUMBER", log->number, "The inventory number");
  add_service_type(*command, *log);
  command->add_option("--from", log->from_date, "The first day, mm/dd/yyyy");
  command->add_option("--to", log->to_date, "The last day, mm/dd/yyyy");
  command->add_option("--most", log->most, "So many entries; Tangoe's own default is 50")
      ->check(CLI::Range(1U, kLogMax));
}

void add_changing_command(CLI::App& tangoe, Commands& commands, const Commands::Words& words,
                          Run run) {
  CLI::App* command = nullptr;
  auto arguments = add_command(tangoe, commands, words, run, command);
  command->add_option("NUMBER", arguments->number, "The inventory number");
  add_service_type(*command, *arguments);
  add_values(*command, *arguments, "--set", "FIELD=VALUE (repeatable)");
}

}  // namespace

void add_tangoe_commands(CLI::App& program, Commands& commands) {
  CLI::App* tangoe = program.add_subcommand(
      "tangoe", "Ask and change Tangoe directly, with the settings of its lane");
  tangoe->require_subcommand(1);
  add_reading_commands(*tangoe, commands);
  add_changing_command(
      *tangoe, commands,
      {"add", "Add an item",
       "  handover tangoe add 555-0100 --service-type Wireless --set costCenterNo=4100 "
       "--set vendor=Verizon \\\n    --set dateActivated=11/26/2026 --set status=true"},
      [](Session& session, const Arguments& arguments) {
        return change_item(session, arguments, true);
      });
  add_changing_command(*tangoe, commands,
                       {"edit", "Change fields of an item; all others stay as they are",
                        "  handover tangoe edit 555-0100 --service-type Wireless "
                        "--set assignedTo=E1017"},
                       [](Session& session, const Arguments& arguments) {
                         return change_item(session, arguments, false);
                       });
}

}  // namespace handover::cli
