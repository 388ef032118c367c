// Reads ServiceMobility's exports, page by page, as another way to the same rows that webhooks
// bring. The cursor moves in the same commit that takes the rows in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/forwarding/backend.hpp"
#include "agent/forwarding/retry_policy.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "agent/intake/intake.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "platform/http.hpp"
#include "platform/log.hpp"
#include "platform/scheduler.hpp"
#include "storage/store.hpp"

namespace handover::intake {

struct ExportSettings {
  std::vector<RowType> types;
  std::string path_prefix;  ///< Of the URL; before /seiapi/v3/export/.
  milliseconds every{300'000};
  std::int64_t limit = 100;  ///< Rows a page.
  forwarding::RetryPolicy retry;
};

class ExportLoop {
 public:
  struct World {
    storage::Store& store;
    Intake& intake;
    Scheduler& scheduler;
    const Clock& clock;
    const forwarding::ScheduleClock& schedule;
    Entropy& entropy;
    Log& log;
  };

  /// `login` knows how ServiceMobility lets somebody in; nothing else of it is used.
  ExportLoop(const World& world, ExportSettings settings, const forwarding::Backend& login,
             HttpTransport& transport, std::function<void()> taken_in);
  ~ExportLoop();
  ExportLoop(const ExportLoop&) = delete;
  ExportLoop& operator=(const ExportLoop&) = delete;

  /// After a start: no wait is longer than one of today's could be. Errors: the store's.
  [[nodiscard]] Result<void> recover();
  /// Something may have become due. Cheap; may be called at any time.
  void wake();
  /// Every export is read now.
  [[nodiscard]] Result<void> sync_now();

  [[nodiscard]] const ExportSettings& settings() const { return settings_; }

 private:
  void work();
  void sleep_until(forwarding::ScheduleTime until);
  [[nodiscard]] HttpRequest page_request(RowType type, const storage::ExportCursor& cursor) const;
  void on_answer(RowType type, const storage::ExportCursor& cursor, const HttpOutcome& answer);
  void on_page(RowType type, storage::ExportCursor cursor, const HttpResponse& response);
  void on_failed(RowType type, storage::ExportCursor cursor, const std::string& why,
                 std::optional<milliseconds> wait);
  void go_on_when_durable();

  // `alive` comes from outside: a coroutine may first run after this object is gone.
  boost::asio::awaitable<void> read_page(std::shared_ptr<bool> alive, RowType type);
  boost::asio::awaitable<std::optional<forwarding::Verdict>> log_in(std::shared_ptr<bool> alive);

  World world_;
  ExportSettings settings_;
  const forwarding::Backend& login_;
  HttpTransport& transport_;
  std::function<void()> taken_in_;
  Secret credential_;
  bool credential_refused_ = false;  // The last one was, and a new one was asked for.
  std::int64_t limit_;               // Of the next page; smaller where a page was too large.
  bool busy_ = false;
  bool work_posted_ = false;
  std::optional<Scheduler::TimerId> timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace handover::intake
