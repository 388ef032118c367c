#include "agent/intake/export_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "agent/backends/answer.hpp"

namespace handover::intake {
namespace {

using backends::ResetForm;
using forwarding::ScheduleTime;
using forwarding::Verdict;
using storage::ExportCursor;

constexpr std::string_view kLabel = "ServiceMobility";
constexpr std::string_view kExportPath = "/seiapi/v3/export/";
constexpr JsonLimits kPageJson{.bytes_max = std::size_t{4} << 20, .depth_max = 34};
// Wrong credentials: to repeat them soon would lock the account.
constexpr milliseconds kWrongLoginWait = std::chrono::minutes(15);
constexpr milliseconds kStoreTroubleWait{5'000};

}  // namespace

ExportLoop::ExportLoop(const World& world, ExportSettings settings,
                       const forwarding::Backend& login, HttpTransport& transport,
                       std::function<void()> taken_in)
    : world_(world),
      settings_(std::move(settings)),
      login_(login),
      transport_(transport),
      taken_in_(std::move(taken_in)),
      limit_(settings_.limit) {}

ExportLoop::~ExportLoop() {
  *alive_ = false;
  if (timer_) world_.scheduler.cancel(*timer_);
}

Result<void> ExportLoop::recover() {
  const ScheduleTime latest =
      world_.schedule.now() +
      std::max({settings_.every, settings_.retry.cap, kWrongLoginWait}).count();
  return world_.store.committer.write([&]() -> Result<void> {
    for (const RowType type : settings_.types) {
      TRY_ASSIGN(ExportCursor cursor, world_.store.intake.cursor(to_string(type)));
      cursor.next_try_at = std::min(cursor.next_try_at, latest);
      RETURN_IF_ERROR(world_.store.intake.write_cursor(to_string(type), cursor));
    }
    return {};
  });
}

void ExportLoop::wake() {
  if (work_posted_) return;
  work_posted_ = true;
  world_.scheduler.post([this, alive = alive_] {
    if (*alive) work();
  });
}

Result<void> ExportLoop::sync_now() {
  RETURN_IF_ERROR(world_.store.committer.write(
      [&] { return world_.store.intake.make_due(world_.schedule.now()); }));
  wake();
  return {};
}

/// One page at a time, of the export that has been due longest.
void ExportLoop::work() {
  work_posted_ = false;
  if (busy_) return;
  const ScheduleTime now = world_.schedule.now();
  std::optional<RowType> next;
  ScheduleTime due = 0;
  for (const RowType type : settings_.types) {
    const auto cursor = world_.store.intake.cursor(to_string(type));
    if (!cursor) {
      world_.log.warning("reading exports: " + cursor.error().detail);
      return sleep_until(now + kStoreTroubleWait.count());
    }
    if (next && cursor->next_try_at >= due) continue;
    next = type;
    due = cursor->next_try_at;
  }
  if (!next) return;
  if (due > now) return sleep_until(due);
  busy_ = true;
  boost::asio::co_spawn(world_.scheduler.executor(), read_page(alive_, *next),
                        boost::asio::detached);
}

void ExportLoop::sleep_until(ScheduleTime until) {
  if (timer_) world_.scheduler.cancel(*timer_);
  timer_ = world_.scheduler.call_at(world_.schedule.to_monotonic(until), [this, alive = alive_] {
    if (!*alive) return;
    timer_.reset();
    wake();
  });
}

HttpRequest ExportLoop::page_request(RowType type, const ExportCursor& cursor) const {
  HttpRequest request("GET", settings_.path_prefix + std::string(kExportPath) +
                                 std::string(to_string(type)) +
                                 "?rowver=" + backends::percent_encode(cursor.rowver) +
                                 "&limit=" + std::to_string(limit_));
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  login_.authorize(request, credential_);
  return request;
}

boost::asio::awaitable<std::optional<Verdict>> ExportLoop::log_in(std::shared_ptr<bool> alive) {
  std::optional<Verdict> failure;
  auto login = login_.login();
  if (!login) {
    failure = backends::make_verdict(Verdict::Kind::kStopLane, forwarding::Who::kDispatcher,
                                     login.error().detail);
    co_return failure;
  }
  if (std::holds_alternative<Secret>(*login)) {
    credential_ = std::move(std::get<Secret>(*login));
    co_return failure;
  }
  HttpRequest request = std::move(std::get<HttpRequest>(*login));
  HttpOutcome answer = co_await transport_.exchange(std::move(request));
  if (!*alive) co_return failure;
  if (!answer) {
    failure = backends::make_verdict(Verdict::Kind::kRetryLater, forwarding::Who::kNetwork,
                                     answer.error().detail);
    co_return failure;
  }
  auto outcome = login_.judge_login(*answer);
  if (auto* credential = std::get_if<Secret>(&outcome)) {
    credential_ = std::move(*credential);
  } else {
    failure = std::move(std::get<Verdict>(outcome));
  }
  co_return failure;
}

boost::asio::awaitable<void> ExportLoop::read_page(std::shared_ptr<bool> alive, RowType type) {
  if (!*alive) co_return;
  auto cursor = world_.store.intake.cursor(to_string(type));
  if (!cursor) {
    busy_ = false;
    sleep_until(world_.schedule.now() + kStoreTroubleWait.count());
    co_return;
  }
  if (credential_.empty()) {
    auto failure = co_await log_in(alive);
    if (!*alive) co_return;
    if (failure) {
      const bool wrong = failure->kind == Verdict::Kind::kStopLane;
      on_failed(type, std::move(*cursor), failure->why,
                wrong ? std::optional<milliseconds>(kWrongLoginWait) : failure->wait);
      co_return;
    }
  }
  HttpRequest request = page_request(type, *cursor);
  HttpOutcome answer = co_await transport_.exchange(std::move(request));
  if (*alive) on_answer(type, *cursor, answer);
}

void ExportLoop::on_answer(RowType type, const ExportCursor& cursor, const HttpOutcome& answer) {
  if (!answer) {
    // A page that is too large is asked for again in smaller pieces.
    if (answer.error().reason == HttpFailure::Reason::kBadAnswer)
      limit_ = std::max<std::int64_t>(1, limit_ / 2);
    return on_failed(type, cursor, answer.error().detail, std::nullopt);
  }
  if (answer->status == 401) {
    credential_ = Secret();
    if (!std::exchange(credential_refused_, true)) {
      busy_ = false;
      return wake();  // One new login, at once.
    }
    return on_failed(type, cursor, "ServiceMobility answered 401 also after a new login",
                     kWrongLoginWait);
  }
  if (answer->status == 200) return on_page(type, cursor, *answer);
  const auto now = world_.clock.wall_now();
  on_failed(type, cursor,
            backends::sentence(kLabel, answer->status, "", backends::own_words(*answer)),
            answer->status == 429 || answer->status == 503
                ? backends::wait_hint(*answer, ResetForm::kSeconds, now)
                : backends::failure_hint(*answer, ResetForm::kSeconds, now));
}

void ExportLoop::on_page(RowType type, ExportCursor cursor, const HttpResponse& response) {
  if (backends::is_page(response))
    return on_failed(type, std::move(cursor), "a web page answered, not ServiceMobility",
                     std::nullopt);
  const auto body = parse_json(response.body, kPageJson);
  auto page = body ? read_rows(*body, type, "") : Result<Rows>(fail(body.error()));
  if (!page)
    return on_failed(type, std::move(cursor), "the answer is no page of an export", std::nullopt);
  std::string next = page->rowver;
  if (next.empty() && !page->rows.empty()) next = page->rows.back().rowver;
  // The same place again would be read for ever.
  if (!page->rows.empty() && (next.empty() || next == cursor.rowver))
    return on_failed(type, std::move(cursor), "the page has rows, but no new rowver to go on from",
                     std::nullopt);
  credential_refused_ = false;
  limit_ = std::min(settings_.limit, limit_ * 2);
  const bool more = !page->rows.empty();
  if (more) cursor.rowver = next;
  cursor.failures = 0;
  cursor.last_error.clear();
  cursor.read_at = world_.clock.wall_now().time_since_epoch().count();
  cursor.next_try_at = world_.schedule.now() + (more ? 0 : settings_.every.count());
  Arrival arrival;
  arrival.via = "export";
  const auto taken = world_.store.committer.write([&]() -> Result<Taken> {
    TRY_ASSIGN(const Taken rows, world_.intake.take_rows(arrival, type, page->rows));
    RETURN_IF_ERROR(world_.store.intake.write_cursor(to_string(type), cursor));
    return rows;
  });
  if (!taken) {
    world_.log.warning("reading exports: " + taken.error().detail);
    busy_ = false;
    return sleep_until(world_.schedule.now() + kStoreTroubleWait.count());
  }
  go_on_when_durable();
}

void ExportLoop::on_failed(RowType type, ExportCursor cursor, const std::string& why,
                           std::optional<milliseconds> wait) {
  cursor.failures += 1;
  cursor.last_error = why;
  const milliseconds pause =
      wait ? *wait : settings_.retry.wait_after(cursor.failures, world_.entropy);
  cursor.next_try_at = world_.schedule.now() + pause.count();
  const auto written = world_.store.committer.write(
      [&] { return world_.store.intake.write_cursor(to_string(type), cursor); });
  if (!written) {
    world_.log.warning("reading exports: " + written.error().detail);
    busy_ = false;
    return sleep_until(world_.schedule.now() + kStoreTroubleWait.count());
  }
  go_on_when_durable();
}

/// If the disk undoes it, the cursor is where it was: the page is read again, after a pause.
void ExportLoop::go_on_when_durable() {
  world_.store.committer.when_durable([this, alive = alive_](const Result<void>& durable) {
    if (!*alive) return;
    busy_ = false;
    if (!durable) return sleep_until(world_.schedule.now() + kStoreTroubleWait.count());
    taken_in_();
    wake();
  });
}

}  // namespace handover::intake
