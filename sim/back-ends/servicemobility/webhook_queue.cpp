#include "sim/back-ends/servicemobility/webhook_queue.hpp"

#include <utility>

namespace handover::sim {
namespace {

// The ID of the webhook's definition.
constexpr const char* kSource = "5ad09380-8258-4d84-a440-e2d35043ae92";

}  // namespace

std::string WebhookQueue::make_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  std::string id(kForm);
  for (char& c : id) {
    if (c == 'x') c = kDigits[random_.below(kDigits.size())];
  }
  return id;
}

void WebhookQueue::push(std::string_view type, std::uint64_t rowver, Json object,
                        std::string_view token, WallTime now) {
  if (options_.url.empty()) return;
  const std::string place = options_.rowver ? std::to_string(rowver) : "";
  Json row = Json::object({{"rowver", place}});
  row.set(type, std::move(object));
  Json data = Json::object({{"rowver", place}});
  data.set("rows", Json::array({std::move(row)}));
  Json body = Json::object({{"id", make_id()}, {"type", type}, {"specversion", "1.0"}});
  body.set("source", kSource).set("subject", Json()).set("time", format_rfc3339(now));
  body.set("datacontenttype", "application/json").set("action", "").set("data", std::move(data));
  WebhookCall call;
  call.path = "/" + std::string(type) + "/";
  call.token = token;
  call.body = body.dump();
  call.again = strikes(options_.again_one_in);
  call.at_once = strikes(options_.at_once_one_in);
  call.late = strikes(options_.late_one_in);
  call.broken = strikes(options_.broken_one_in);
  call.changed = strikes(options_.changed_one_in);
  calls_.push_back(std::move(call));
  ++counts_.queued;
  if (on_queued_) on_queued_();
}

std::vector<WebhookCall> WebhookQueue::take() { return std::exchange(calls_, {}); }

}  // namespace handover::sim
