#include "agent/cli/recording_commands.hpp"

#include <memory>

#include "agent/cli/items.hpp"
#include "agent/cli/record_text.hpp"
#include "agent/cli/transfer_text.hpp"

namespace handover::cli {
namespace {

struct UsageArguments {
  std::string ref_module;
  std::string ref_id;
  std::string location;
  std::string site;
  std::vector<std::string> in;
  std::vector<std::string> out;
  std::vector<std::string> count;
};

struct EventArguments {
  std::string event;
  std::string location;
  std::string stockroom;
  std::string type;
  std::vector<std::string> items;
  std::string file;
};

struct StockArguments {
  std::string location;
  std::string query;
};

Result<void> add_items(Json& items, const std::vector<std::string>& texts,
                       std::string_view quantity_name, ZeroQuantity zero) {
  for (const auto& text : texts) {
    TRY_ASSIGN(const TypedItem item, parse_item(text, zero));
    items.push_back(item_json(item, quantity_name));
  }
  return {};
}

Result<ExitCode> show_recorded(Session& session, const Json& record) {
  session.answer(record);
  session.out() << record_text(record) << std::flush;
  session.world().messages << warnings_text(record);
  return ExitCode::kDone;
}

Result<ExitCode> record_usage(Session& session, const UsageArguments& arguments) {
  Json items = Json::array();
  RETURN_IF_ERROR(add_items(items, arguments.in, "InQty", ZeroQuantity::kRefused));
  RETURN_IF_ERROR(add_items(items, arguments.out, "OutQty", ZeroQuantity::kRefused));
  RETURN_IF_ERROR(add_items(items, arguments.count, "InventoryQty", ZeroQuantity::kAllowed));
  if (items.items().empty())
    return fail(wrong_usage("give at least one item with --in, --out or --count"));
  TRY_ASSIGN(const Config* config, session.config());
  const std::string& location =
      arguments.location.empty() ? config->storage_location : arguments.location;
  Json locations = Json::array();
  locations.push_back(Json::object({{"StorageLocationID", location}, {"Items", std::move(items)}}));
  Json body = Json::object({{"usage", Json::object({{"RefModule", arguments.ref_module},
                                                    {"RefObjID", arguments.ref_id},
                                                    {"StorageLocations", std::move(locations)}})}});
  if (!arguments.site.empty()) body.set("site", arguments.site);
  TRY_ASSIGN(const Json record, session.post("/v1/usages", body));
  return show_recorded(session, record);
}

Result<Json> read_units(Session& session, const EventArguments& arguments) {
  if (arguments.items.empty() == arguments.file.empty()) {
    return fail(wrong_usage("give the units with --item (once for each), or with --file"));
  }
  if (!arguments.file.empty()) return read_document(session, arguments.file);
  Json units = Json::array();
  for (const auto& text : arguments.items) {
    TRY_ASSIGN(const TypedItem item, parse_item(text));
    if (item.serial.empty() || !item.batch.empty() || item.qty != crypto::Quantity::one()) {
      return fail(wrong_usage("an asset event is about serialized units; expected PROD@SERIAL"));
    }
    Json unit =
        Json::object({{"serialNumber", item.serial}, {"manufacturerPartNumber", item.prod}});
    if (!arguments.type.empty()) unit.set("type", arguments.type);
    units.push_back(std::move(unit));
  }
  return units;
}

Result<ExitCode> record_event(Session& session, const EventArguments& arguments) {
  TRY_ASSIGN(Json units, read_units(session, arguments));
  TRY_ASSIGN(const Config* config, session.config());
  const std::string& location =
      arguments.location.empty() ? config->storage_location : arguments.location;
  const Json body = Json::object({{"event", arguments.event},
                                  {"location", location},
                                  {"stockroom", arguments.stockroom},
                                  {"items", std::move(units)}});
  TRY_ASSIGN(const Json record, session.post("/v1/asset-events", body));
  return show_recorded(session, record);
}

Result<ExitCode> show_stock(Session& session, const StockArguments& arguments) {
  std::string target = "/v1/stock";
  const auto add = [&target](const char* name, const std::string& value) {
    if (value.empty()) return;
    target += (target.find('?') == std::string::npos ? "?" : "&") + std::string(name) + "=" +
              escape_url(value);
  };
  add("location", arguments.location);
  add("query", arguments.query);
  TRY_ASSIGN(auto items, session.get_all(target));
  Table table({{"LOCATION", Table::Align::kLeft, 14},
               {"PRODUCT", Table::Align::kLeft, 24},
               {"QTY", Table::Align::kRight},
               {"SERIAL", Table::Align::kLeft, 20},
               {"BATCH"}});
  for (const Json& item : items) {
    table.add({item.text_of("location"), item.text_of("ProdNum"), item.text_of("Qty"),
               item.text_of("SerialNum"), item.text_of("BatchNum")});
  }
  session.answer(Json::object({{"items", Json::array(std::move(items))}, {"next", Json()}}));
  if (table.empty()) {
    session.hints() << "Nothing in stock that fits.\n";
  } else {
    table.print(session.out());
  }
  return ExitCode::kDone;
}

void add_usage(CLI::App& program, Commands& commands) {
  CLI::App* usage = program.add_subcommand(
      "usage", "Items added to or taken from a storage location, other than by a transfer");
  usage->require_subcommand(1);
  CLI::App& command = commands.add(
      *usage, {"record", "Record a usage",
               "  handover usage record --ref-module 1002 --ref-id WO-4711 --out "
               "WS-C3850-48U-S@FCW1950C12F --site \"c/o Customer\"\n"
               "  handover usage record --ref-module 1005 --ref-id PI-7 --count CAB-6A:12"});
  auto arguments = std::make_shared<UsageArguments>();
  command
      .add_option("--ref-module", arguments->ref_module,
                  "1001 load, 1002 work order, 1004 full count, 1005 partial count, 1006 "
                  "disposition, 1007 automatic, 1008 manual adjustment")
      ->required();
  command
      .add_option("--ref-id", arguments->ref_id,
                  "What it was for, such as the number of the work order")
      ->required();
  command.add_option("--location", arguments->location, "Storage location; else this device's own");
  command.add_option("--site", arguments->site,
                     "Where serialized units are installed, for the CMDB");
  const char* form = "PROD[:QTY][@SERIAL][#BATCH], once for each line";
  command.add_option("--in", arguments->in, std::string("Added: ") + form)->allow_extra_args(false);
  command.add_option("--out", arguments->out, std::string("Taken: ") + form)
      ->allow_extra_args(false);
  command.add_option("--count", arguments->count, std::string("Counted (0 too): ") + form)
      ->allow_extra_args(false);
  commands.on_chosen(command,
                     [arguments](Session& session) { return record_usage(session, *arguments); });
}

void add_asset_event(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program,
      {"asset-event", "Record what happened to serialized units, for the CMDB",
       "  handover asset-event receipt --stockroom \"Van 17\" --item WS-C3850-48U-S@FCW1950C12F"});
  auto arguments = std::make_shared<EventArguments>();
  command
      .add_option("EVENT", arguments->event,
                  "receipt, correction, shipment, return_shipped, return_received or removal")
      ->required();
  command.add_option("--location", arguments->location,
                     "Where the units are; else this device's storage location");
  command.add_option("--stockroom", arguments->stockroom, "The CMDB's stockroom")->required();
  command.add_option("--item", arguments->items, "PROD@SERIAL, once for each unit")
      ->allow_extra_args(false);
  command.add_option("--type", arguments->type, "The units' type, if the CMDB needs one");
  command.add_option("--file", arguments->file,
                     "Units as JSON: a list with serialNumber, manufacturerPartNumber, asset_tag, "
                     "type; - reads standard input");
  commands.on_chosen(command,
                     [arguments](Session& session) { return record_event(session, *arguments); });
}

void add_stock(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(program, {"stock", "What this device believes is in stock",
                                             "  handover stock --location VAN-17 --query C3850"});
  auto arguments = std::make_shared<StockArguments>();
  command.add_option("--location", arguments->location, "Only this storage location");
  command.add_option("--query", arguments->query, "Only what holds this text");
  commands.on_chosen(command,
                     [arguments](Session& session) { return show_stock(session, *arguments); });
}

}  // namespace

void add_recording_commands(CLI::App& program, Commands& commands) {
  add_usage(program, commands);
  add_asset_event(program, commands);
  add_stock(program, commands);
}

}  // namespace handover::cli
