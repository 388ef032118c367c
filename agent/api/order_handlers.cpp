// The calls about service orders, one function each.
#include "agent/api/api.hpp"
#include "agent/api/page.hpp"
#include "agent/api/problem.hpp"
#include "agent/domain/field_reader.hpp"

namespace handover::api {
namespace {

using recording::OrderView;

Json findings_json(const std::vector<OrderFinding>& findings) {
  Json list = Json::array();
  for (const OrderFinding& finding : findings) {
    list.push_back(Json::object({{"pointer", finding.pointer},
                                 {"rule", finding.rule},
                                 {"detail", finding.detail},
                                 {"refuses", Json(finding.refuses)}}));
  }
  return list;
}

/// The order in a body, read after the body's own members.
struct OrderBody {
  std::optional<ServiceOrder> order;
  bool draft = false;
};
Result<OrderBody> read_body(const Call& call, bool may_lack_order) {
  OrderBody read;
  if (may_lack_order && call.request().body.empty()) return read;
  TRY_ASSIGN(const Json body, call.body());
  Complaints complaints;
  FieldReader reader(body, "", complaints);
  if (may_lack_order) {
    reader.only({"order"});
  } else {
    reader.only({"order", "draft"});
  }
  const Json* order = reader.find("order");
  if (order == nullptr && !may_lack_order) reader.complain("order", "missing; expected an object");
  const Json* draft = reader.find("draft");
  if (draft != nullptr && !draft->is_boolean())
    reader.complain("draft", "wrong type; expected true or false");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  read.draft = draft != nullptr && draft->boolean();
  if (order != nullptr) {
    TRY_ASSIGN(read.order, parse_service_order(*order));
  }
  return read;
}

}  // namespace

Result<Json> Api::order_json(const OrderView& view) const {
  const auto& row = view.row;
  Json json = Json::object({{"id", row.id},
                            {"state", to_string(view.state)},
                            {"purchase_order", text_or_null(row.purchase_order)},
                            {"bill_to", text_or_null(row.bill_to)},
                            {"proposed_by", text_or_null(row.proposed_by)},
                            {"created_at", format_rfc3339(row.created_at)},
                            {"record_id", text_or_null(row.record_id)},
                            {"order", view.order},
                            {"findings", findings_json(view.findings)}});
  Json delivery;
  Json progress;
  if (view.delivery) {
    TRY_ASSIGN(delivery, lane_book_.delivery_json(*view.delivery));
    const Json known = forwarding::progress_of(*view.delivery);
    if (!known.is_null()) progress = OrderProgress::from_json(known).to_json();
  }
  json.set("progress", std::move(progress));
  json.set("delivery", std::move(delivery));
  return json;
}

Result<HttpResponse> Api::order_answer(int status, const OrderView& view) {
  TRY_ASSIGN(const Json json, order_json(view));
  HttpResponse response = json_answer(status, json);
  if (status == 201) response.headers.push_back({"Location", "/v1/service-orders/" + view.row.id});
  return response;
}

Result<HttpResponse> Api::post_service_order(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const OrderBody body, read_body(call, false));
  TRY_ASSIGN(const OrderView view, body.draft ? world_.orders.create_draft(*body.order)
                                              : world_.orders.create(*body.order));
  wake_lanes();
  return order_answer(201, view);
}

Result<HttpResponse> Api::list_service_orders(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({"state", "limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(std::int64_t after, call.after());
  std::optional<OrderState> wanted;
  if (const std::string text = call.parameter("state"); !text.empty()) {
    wanted = parse_order_state(text);
    if (!wanted) {
      return fail(Error::invalid("?state",
                                 "expected one of: draft, checked, queued, sent, acknowledged, "
                                 "pending, accepted, rejected, exception, failed, closed, "
                                 "cancelled"));
    }
  }
  // An order's state follows from its rules and its delivery, so it is no column to ask for.
  constexpr std::int64_t kRowsAtOnce = 100;
  Page page(limit);
  std::int64_t found = 0;
  while (found < limit) {
    TRY_ASSIGN(auto rows, world_.store.service_orders.list(after, kRowsAtOnce));
    if (rows.empty()) break;
    for (auto& row : rows) {
      after = row.number;
      TRY_ASSIGN(const OrderView view, world_.orders.view_of(std::move(row)));
      if (wanted && view.state != *wanted) continue;
      TRY_ASSIGN(const Json json, order_json(view));
      if (!page.add(json, Json(std::to_string(after))) || ++found == limit) return page.answer();
    }
  }
  return page.answer();
}

Result<HttpResponse> Api::get_service_order(const Call& call,
                                            const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const OrderView view, world_.orders.show(arguments[0]));
  return order_answer(200, view);
}

Result<HttpResponse> Api::post_order_submit(const Call& call,
                                            const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const OrderBody body, read_body(call, true));
  TRY_ASSIGN(const OrderView view, world_.orders.submit(arguments[0], body.order));
  wake_lanes();
  return order_answer(200, view);
}

Result<HttpResponse> Api::post_order_cancel(const Call& call,
                                            const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.expect_no_body());
  TRY_ASSIGN(const OrderView view, world_.orders.cancel(arguments[0]));
  return order_answer(200, view);
}

}  // namespace handover::api
