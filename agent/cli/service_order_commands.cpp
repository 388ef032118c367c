#include "agent/cli/service_order_commands.hpp"

#include <memory>

#include "agent/cli/format.hpp"
#include "agent/cli/items.hpp"

namespace handover::cli {
namespace {

constexpr const char* kOrders = "/v1/service-orders";

struct CreateArguments {
  std::string file;
  std::string purchase_order;
  std::vector<std::string> services;
  std::string bill_to;
  bool draft = false;
};

struct IdArguments {
  std::string id;
  std::string purchase_order;
  std::string file;
};

struct ListArguments {
  std::string state;
};

std::string path_of(const std::string& id, const char* step = "") {
  return std::string(kOrders) + "/" + escape_url(id) + step;
}

std::string word(const Json& object, std::string_view name) {
  return printable(object.text_of(name));
}

std::string line_text(const Json& line) {
  std::string text = "  " + word(line, "line_number") + "  " + word(line, "kind") + " " +
                     word(line, "product") + "  x" + word(line, "quantity");
  const std::string parent = word(line, "parent_line_id");
  text += "  id " + word(line, "line_id") + (parent == "0" ? "" : " of " + parent);
  if (const Json* serials = line.find("serial_numbers")) {
    for (const Json& serial : serials->items()) text += "  serial " + printable(serial.text());
  }
  return text + "\n";
}

std::string order_text(const Json& view) {
  std::string text = "service order " + word(view, "id") + ": " + word(view, "state") + "\n";
  text += "  purchase order " +
          (view.text_of("purchase_order").empty() ? "(none yet)" : word(view, "purchase_order")) +
          ", bill-to " + word(view, "bill_to") + "\n";
  if (const Json* order = view.find("order")) {
    if (const Json* lines = order->find("lines")) {
      for (const Json& line : lines->items()) text += line_text(line);
    }
  }
  const Json* delivery = view.find("delivery");
  if (delivery != nullptr && !delivery->text_of("why").empty())
    text += "  " + word(*delivery, "why") + "\n";
  if (const Json* findings = view.find("findings")) {
    for (const Json& finding : findings->items()) {
      const Json* refuses = finding.find("refuses");
      const bool stops = refuses != nullptr && refuses->boolean();
      text += std::string(stops ? "  must be corrected: " : "  warning: ") +
              word(finding, "pointer") + ": " + word(finding, "rule") + ": " +
              word(finding, "detail") + "\n";
    }
  }
  return text;
}

std::string next_step(const Json& view) {
  const std::string& state = view.text_of("state");
  const std::string id = word(view, "id");
  if (state == "draft" || state == "checked") {
    const std::string number =
        view.text_of("purchase_order").empty() ? " --purchase-order NUMBER" : "";
    return "Nothing is sent yet. To order it: handover service-order submit " + id + number + "\n";
  }
  if (state == "queued")
    return "To take it back before it is sent: handover service-order cancel " + id + "\n";
  return {};
}

Result<ExitCode> show(Session& session, const Json& view) {
  session.answer(view);
  session.out() << order_text(view) << std::flush;
  session.hints() << next_step(view);
  return ExitCode::kDone;
}

/// "CON-SNT-C98004K9@FOC1234A1B2", for equipment at the site.
Result<Json> typed_lines(const std::vector<std::string>& services) {
  std::vector<Json> lines;
  for (const auto& text : services) {
    TRY_ASSIGN(const TypedItem item, parse_item(text));
    if (item.serial.empty() || !item.batch.empty())
      return fail(
          wrong_usage("--service: expected SKU@SERIAL; links to products are given with --file"));
    lines.push_back(Json::object({{"kind", "service"},
                                  {"product", item.prod},
                                  {"quantity", Json::number(item.qty.to_string())},
                                  {"serial_numbers", Json::array({item.serial})}}));
  }
  return Json::array(std::move(lines));
}

Result<Json> read_order(Session& session, const CreateArguments& arguments) {
  if (arguments.services.empty() == arguments.file.empty())
    return fail(
        wrong_usage("give the lines with --service (once for each), or the order with --file"));
  Json order = Json::object();
  if (!arguments.file.empty()) {
    TRY_ASSIGN(const Json document, read_document(session, arguments.file));
    const Json* inner = document.find("order");
    order = inner != nullptr ? *inner : document;
    if (!order.is_object()) return fail(wrong_usage("--file: expected an object with the order"));
  } else {
    TRY_ASSIGN(Json lines, typed_lines(arguments.services));
    order.set("lines", std::move(lines));
  }
  if (!arguments.purchase_order.empty()) order.set("purchase_order", arguments.purchase_order);
  if (!arguments.bill_to.empty()) order.set("bill_to", arguments.bill_to);
  return order;
}

Result<ExitCode> create(Session& session, const CreateArguments& arguments) {
  TRY_ASSIGN(Json order, read_order(session, arguments));
  Json body = Json::object({{"order", std::move(order)}});
  if (arguments.draft) body.set("draft", Json(true));
  TRY_ASSIGN(const Json view, session.post(kOrders, body));
  return show(session, view);
}

Result<ExitCode> submit(Session& session, const IdArguments& arguments) {
  TRY_ASSIGN(const std::string id, session.find_id(kOrders, arguments.id));
  Json body = Json::object();
  if (!arguments.file.empty()) {
    TRY_ASSIGN(const Json document, read_document(session, arguments.file));
    const Json* inner = document.find("order");
    body.set("order", inner != nullptr ? *inner : document);
  }
  if (!arguments.purchase_order.empty()) {
    if (body.find("order") == nullptr) {
      TRY_ASSIGN(const Json view, session.get(path_of(id)));
      const Json* held = view.find("order");
      body.set("order", held != nullptr ? *held : Json::object());
    }
    Json order = *body.find("order");
    if (!order.is_object()) return fail(wrong_usage("--file: expected an object with the order"));
    order.set("purchase_order", arguments.purchase_order);
    body.set("order", std::move(order));
  }
  TRY_ASSIGN(const Json view, session.post(path_of(id, "/submit"), body));
  return show(session, view);
}

Result<ExitCode> cancel(Session& session, const std::string& typed) {
  TRY_ASSIGN(const std::string id, session.find_id(kOrders, typed));
  TRY_ASSIGN(const Json view, session.post(path_of(id, "/cancel")));
  return show(session, view);
}

Result<ExitCode> show_one(Session& session, const std::string& typed) {
  TRY_ASSIGN(const std::string id, session.find_id(kOrders, typed));
  TRY_ASSIGN(const Json view, session.get(path_of(id)));
  return show(session, view);
}

Result<ExitCode> list(Session& session, const ListArguments& arguments) {
  std::string target = kOrders;
  if (!arguments.state.empty()) target += "?state=" + escape_url(arguments.state);
  TRY_ASSIGN(auto items, session.get_all(target));
  Table table({{"ID", Table::Align::kLeft, 36},
               {"STATE", Table::Align::kLeft, 12},
               {"PURCHASE ORDER", Table::Align::kLeft, 20},
               {"CREATED"}});
  for (const Json& item : items) {
    table.add({item.text_of("id"), item.text_of("state"), item.text_of("purchase_order"),
               item.text_of("created_at")});
  }
  session.answer(Json::object({{"items", Json::array(std::move(items))}, {"next", Json()}}));
  if (table.empty()) {
    session.hints() << "No service orders.\n";
  } else {
    table.print(session.out());
  }
  return ExitCode::kDone;
}

void add_create(CLI::App& orders, Commands& commands) {
  CLI::App& command =
      commands.add(orders, {"create", "Order services; the order is checked before it is sent",
                            "  handover service-order create --purchase-order PO-4711 --service "
                            "CON-SNT-C98004K9@FOC1234A1B2\n"
                            "  handover service-order create --file order.json"});
  auto arguments = std::make_shared<CreateArguments>();
  command.add_option("--purchase-order", arguments->purchase_order,
                     "Its number; never used before for this bill-to");
  command
      .add_option("--service", arguments->services,
                  "SKU@SERIAL of equipment at the site, once for each unit")
      ->allow_extra_args(false);
  command.add_option("--bill-to", arguments->bill_to,
                     "Cisco's bill-to number; else the lane's own");
  command.add_option("--file", arguments->file,
                     "The order as JSON (docs/openapi.yaml, ServiceOrder); - reads standard input");
  command.add_flag("--draft", arguments->draft, "Keep it, and send nothing");
  commands.on_chosen(command,
                     [arguments](Session& session) { return create(session, *arguments); });
}

void add_submit(CLI::App& orders, Commands& commands) {
  CLI::App& command =
      commands.add(orders, {"submit", "Send a draft, such as one that an installation proposed",
                            "  handover service-order submit 1f2e --purchase-order PO-4711"});
  auto arguments = std::make_shared<IdArguments>();
  command.add_option("ID", arguments->id, "The order, or the last 4 or more characters of its id")
      ->required();
  command.add_option("--purchase-order", arguments->purchase_order,
                     "Its number, if it has none yet");
  command.add_option("--file", arguments->file,
                     "The corrected order as JSON, instead of the draft's");
  commands.on_chosen(command,
                     [arguments](Session& session) { return submit(session, *arguments); });
}

void add_by_id(CLI::App& orders, Commands& commands, const Commands::Words& words,
               Result<ExitCode> (*act)(Session& session, const std::string& id)) {
  CLI::App& command = commands.add(orders, words);
  auto id = std::make_shared<std::string>();
  command.add_option("ID", *id, "The order, or the last 4 or more characters of its id")
      ->required();
  commands.on_chosen(command, [id, act](Session& session) { return act(session, *id); });
}

void add_list(CLI::App& orders, Commands& commands) {
  CLI::App& command = commands.add(orders, {"list", "All service orders of this device",
                                            "  handover service-order list --state rejected"});
  auto arguments = std::make_shared<ListArguments>();
  command.add_option("--state", arguments->state,
                     "draft, checked, queued, sent, acknowledged, pending, accepted, rejected, "
                     "exception, failed, closed or cancelled");
  commands.on_chosen(command, [arguments](Session& session) { return list(session, *arguments); });
}

}  // namespace

void add_service_order_commands(CLI::App& program, Commands& commands) {
  CLI::App* orders = program.add_subcommand("service-order",
                                            "Order services from Cisco, and see what became of it");
  orders->require_subcommand(1);
  add_create(*orders, commands);
  add_submit(*orders, commands);
  add_by_id(*orders, commands,
            {"show", "One order: its state, its lines, and what Cisco said",
             "  handover service-order show 1f2e"},
            &show_one);
  add_list(*orders, commands);
  add_by_id(*orders, commands,
            {"cancel", "Take an order back that was not sent yet",
             "  handover service-order cancel 1f2e"},
            &cancel);
}

}  // namespace handover::cli
