#include "agent/intake/site.hpp"

#include "platform/assert.hpp"

namespace handover::intake {
namespace {

Json time_or_null(std::int64_t milliseconds_since_1970) {
  if (milliseconds_since_1970 == 0) return {};
  return format_rfc3339(WallTime(milliseconds(milliseconds_since_1970)));
}

std::string metric(const char* name, const char* help, const char* type) {
  return std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string sample(const char* name, const std::string& labels, std::int64_t value) {
  return std::string(name) + labels + " " + std::to_string(value) + "\n";
}

}  // namespace

Site::Site(const World& world, SiteSettings settings, const std::function<void()>& taken_in)
    : world_(world),
      settings_(std::move(settings)),
      intake_({world.store, world.recorder, world.clock}, settings_.rows) {
  if (settings_.webhook) {
    const Webhook::World webhook{world.store, intake_, world.clock, world.log};
    webhook_ = std::make_unique<Webhook>(webhook, *settings_.webhook, taken_in);
  }
  if (settings_.exports) {
    INVARIANT(settings_.export_login != nullptr && settings_.export_transport != nullptr);
    const ExportLoop::World loop{world.store,    intake_,       world.scheduler, world.clock,
                                 world.schedule, world.entropy, world.log};
    exports_ = std::make_unique<ExportLoop>(loop, *settings_.exports, *settings_.export_login,
                                            *settings_.export_transport, taken_in);
  }
}

Result<void> Site::start() {
  TRY_ASSIGN(const std::int64_t read,
             world_.store.committer.write([&] { return intake_.look_again(); }));
  if (read > 0) {
    world_.log.info("intake: " + std::to_string(read) +
                    " rows that were set aside could be read now, and became records");
  }
  if (!exports_) return {};
  RETURN_IF_ERROR(exports_->recover());
  exports_->wake();
  return {};
}

void Site::handle(const HttpRequest& request, Webhook::Reply reply) {
  INVARIANT(webhook_ != nullptr);
  webhook_->handle(request, std::move(reply));
}

void Site::on_network_restored() {
  if (!exports_) return;
  if (const auto due = exports_->sync_now(); !due)
    world_.log.warning("reading exports: " + due.error().detail);
}

Result<void> Site::sync_now() {
  if (!exports_) return {};
  return exports_->sync_now();
}

Json Site::webhook_json() const {
  if (!webhook_) return {};
  const Refusals& refusals = webhook_->refusals();
  Json refused = Json::object();
  for (std::size_t i = 0; i < kRefusalNames.size(); ++i) {
    refused.set(kRefusalNames.at(i), Json(refusals.counts.at(i)));
  }
  Json webhook = Json::object({{"listens_at", listens_at_}});
  webhook.set("checks_tokens", Json(webhook_->settings().check_tokens));
  webhook.set("refused", std::move(refused));
  webhook.set("last_refusal_at",
              refusals.last_at ? Json(format_rfc3339(*refusals.last_at)) : Json());
  webhook.set("last_refusal", refusals.last_why.empty() ? Json() : Json(refusals.last_why));
  return webhook;
}

Result<Json> Site::exports_json() const {
  Json exports = Json::array();
  if (!exports_) return exports;
  for (const RowType type : exports_->settings().types) {
    TRY_ASSIGN(const auto cursor, world_.store.intake.cursor(to_string(type)));
    Json json = Json::object({{"type", to_string(type)}, {"rowver", cursor.rowver}});
    json.set("read_at", time_or_null(cursor.read_at.value_or(0)));
    json.set("next_try_at", format_rfc3339(world_.schedule.to_wall(cursor.next_try_at)));
    json.set("failures", Json(cursor.failures));
    json.set("last_error", cursor.last_error.empty() ? Json() : Json(cursor.last_error));
    exports.push_back(std::move(json));
  }
  return exports;
}

Result<Json> Site::status() const {
  TRY_ASSIGN(const IntakeCounts counts, intake_.counts());
  TRY_ASSIGN(Json exports, exports_json());
  Json status = Json::object();
  status.set("payloads", Json(counts.payloads));
  status.set("payloads_repeated", Json(counts.payloads_repeated));
  status.set("payloads_conflicting", Json(counts.payloads_conflicting));
  status.set("rows", Json(counts.rows));
  status.set("rows_repeated", Json(counts.rows_repeated));
  status.set("records", Json(counts.records));
  status.set("without_lane", Json(counts.without_lane));
  status.set("set_aside", Json(counts.set_aside));
  status.set("last_payload_at", time_or_null(counts.last_payload_at));
  status.set("webhook", webhook_json());
  status.set("exports", std::move(exports));
  return status;
}

Result<std::string> Site::metrics() const {
  TRY_ASSIGN(const IntakeCounts counts, intake_.counts());
  std::string text = metric("handover_intake_payloads_total",
                            "Webhook payloads taken in, by what they were.", "counter");
  text += sample("handover_intake_payloads_total", "{kind=\"new\"}", counts.payloads);
  text += sample("handover_intake_payloads_total", "{kind=\"repeated\"}", counts.payloads_repeated);
  text += metric("handover_intake_rows_total", "Rows taken in, by what they were.", "counter");
  text += sample("handover_intake_rows_total", "{kind=\"record\"}", counts.records);
  text += sample("handover_intake_rows_total", "{kind=\"repeated\"}", counts.rows_repeated);
  text += metric("handover_intake_set_aside", "Rows that wait for a person.", "gauge");
  text += sample("handover_intake_set_aside", "", counts.set_aside);
  if (webhook_) {
    text += metric("handover_webhook_refused_total", "Calls that were turned away since the start.",
                   "counter");
    for (std::size_t i = 0; i < kRefusalNames.size(); ++i) {
      text += sample("handover_webhook_refused_total",
                     "{reason=\"" + std::string(kRefusalNames.at(i)) + "\"}",
                     webhook_->refusals().counts.at(i));
    }
  }
  if (!exports_) return text;
  text += metric("handover_export_failures", "Failures in a row of reading an export.", "gauge");
  for (const RowType type : exports_->settings().types) {
    TRY_ASSIGN(const auto cursor, world_.store.intake.cursor(to_string(type)));
    text += sample("handover_export_failures", "{type=\"" + std::string(to_string(type)) + "\"}",
                   cursor.failures);
  }
  return text;
}

Result<Json> Site::set_aside_json(std::int64_t after, std::int64_t limit) const {
  TRY_ASSIGN(const auto rows, world_.store.intake.list_set_aside(after, limit));
  Json list = Json::array();
  for (const auto& row : rows) {
    Json json = Json::object({{"id", std::to_string(row.id)}, {"type", row.type}});
    json.set("since", format_rfc3339(row.since));
    json.set("reason", row.reason);
    for (const auto& [name, text] : {std::pair{"origin", &row.origin}, {"object", &row.object}}) {
      auto parsed = parse_json(*text, kStoredJsonLimits);
      json.set(name, parsed ? std::move(*parsed) : Json());
    }
    list.push_back(std::move(json));
  }
  return list;
}

Result<Record> Site::discard_set_aside(std::int64_t id, const std::string& reason) {
  TRY_ASSIGN(const auto rows, world_.store.intake.list_set_aside(id - 1, 1));
  if (rows.empty() || rows.front().id != id)
    return fail(Errc::kNotFound, "there is no such row among those set aside");
  TRY_ASSIGN(Json object, parse_json(rows.front().object, kStoredJsonLimits));
  TRY_ASSIGN(Json origin, parse_json(rows.front().origin, kStoredJsonLimits));
  Json notice = Json::object({{"type", rows.front().type}, {"object", std::move(object)}});
  notice.set("discarded", reason);
  Json body = Json::object({{"notice", std::move(notice)}, {"origin", std::move(origin)}});
  RETURN_IF_ERROR(world_.store.intake.remove_set_aside(id));
  return world_.recorder.take_in(RecordKind::kNotice, world_.clock.wall_now(), std::move(body));
}

}  // namespace handover::intake
