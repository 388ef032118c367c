#include "agent/cli/status_commands.hpp"

#include <algorithm>
#include <memory>

#include "agent/cli/format.hpp"
#include "agent/cli/lane_text.hpp"

namespace handover::cli {
namespace {

constexpr const char* kStatus = "/v1/status";
constexpr milliseconds kLookEvery{500};
// A lane that seems stuck must seem so several times: what a person has just put right is tried,
// and found well, a moment later.
constexpr int kLooksUntilHeldBack = 4;

Result<ExitCode> show_status(Session& session) {
  TRY_ASSIGN(const Json status, session.get(kStatus));
  session.answer(status);
  session.out() << status_text(status, session.world().clock.wall_now());
  return ExitCode::kDone;
}

/// True if waiting for this lane is of no use: a person must act first.
bool needs_a_person(const Json& lane) {
  const auto totals = totals_of(lane);
  return lane.text_of("state") == "stopped" || totals.needs_person >= totals.waiting;
}

/// The waiting deliveries, and whether any of them may get through without a person.
struct Look {
  std::int64_t waiting = 0;
  bool hopeful = false;
};

Look look_at(const Json& status) {
  Look look;
  for (const Json& lane : lanes_of(status)) {
    const auto waiting = totals_of(lane).waiting;
    look.waiting += waiting;
    if (waiting > 0 && !needs_a_person(lane)) look.hopeful = true;
  }
  return look;
}

/// Says how far it has come: one line drawn again and again on a terminal, else one line for each
/// change.
class Progress {
 public:
  explicit Progress(Session& session) : session_(session) {}

  void show(std::int64_t waiting) {
    if (session_.json() || waiting == last_) return;
    all_ = std::max(all_, waiting);
    last_ = waiting;
    const auto done = static_cast<std::size_t>(all_ - waiting);
    if (session_.world().messages_on_terminal) {
      session_.hints() << "\r" << progress_bar(done, static_cast<std::size_t>(all_))
                       << " delivered  " << std::flush;
    } else {
      session_.hints() << counted(waiting, "delivery waits\n", "deliveries wait\n") << std::flush;
    }
  }
  void end() {
    if (last_ > 0 || all_ > 0)
      session_.hints() << (session_.world().messages_on_terminal ? "\n" : "") << std::flush;
  }

 private:
  Session& session_;
  std::int64_t all_ = 0;
  std::int64_t last_ = -1;
};

/// Waits until nothing is left that can go without a person, and returns the last status.
Result<Json> wait_until_drained(Session& session) {
  Progress progress(session);
  Json status;
  int looks_without_hope = 0;
  const auto look_once = [&](bool quiet) -> Result<bool> {
    TRY_ASSIGN(status, session.get(kStatus));
    const Look look = look_at(status);
    progress.show(look.waiting);
    if (look.hopeful) looks_without_hope = 0;
    if (!look.hopeful && quiet) ++looks_without_hope;
    return look.waiting > 0 && looks_without_hope < kLooksUntilHeldBack;
  };
  RETURN_IF_ERROR(session.follow_changes(kLookEvery, look_once));
  progress.end();
  return status;
}

/// kRefused if something waits for a person.
ExitCode conclude(Session& session, const Json& status) {
  std::int64_t left = 0;
  for (const Json& lane : lanes_of(status)) {
    const auto totals = totals_of(lane);
    left += totals.waiting + totals.quarantined;
    if (totals.waiting + totals.quarantined == 0) continue;
    session.hints() << printable(lane.text_of("name")) << ": " << lane_counts_text(lane) << "\n"
                    << lane_advice_text(lane);
  }
  if (lanes_of(status).empty()) {
    session.hints()
        << "No lanes: nothing leaves this device. Add [[lanes]] to its configuration.\n";
  } else if (left == 0) {
    session.out() << "Everything is delivered.\n";
  }
  return left == 0 ? ExitCode::kDone : ExitCode::kRefused;
}

Result<ExitCode> sync(Session& session, bool wait) {
  TRY_ASSIGN(const Json started, session.post("/v1/sync"));
  if (!wait) {
    TRY_ASSIGN(const Json status, session.get(kStatus));
    std::int64_t waiting = 0;
    for (const Json& lane : lanes_of(status)) waiting += totals_of(lane).waiting;
    session.answer(status);
    session.out() << "Everything that waits is due now: "
                  << counted(waiting, "delivery.\n", "deliveries.\n");
    session.hints() << "Follow them with: handover sync --wait, or handover status\n";
    return ExitCode::kDone;
  }
  TRY_ASSIGN(const Json status, wait_until_drained(session));
  session.answer(status);
  return conclude(session, status);
}

}  // namespace

void add_status_commands(CLI::App& program, Commands& commands) {
  CLI::App& status = commands.add(
      program, {"status", "The device, its store, and each lane", "  handover status"});
  commands.on_chosen(status, [](Session& session) { return show_status(session); });

  CLI::App& sync_command = commands.add(
      program, {"sync", "Make everything that waits due now", "  handover sync --wait"});
  auto wait = std::make_shared<bool>(false);
  sync_command.add_flag(
      "--wait", *wait,
      "Go on until nothing waits that can go without a person; exit code 1 if something needs one");
  commands.on_chosen(sync_command, [wait](Session& session) { return sync(session, *wait); });
}

}  // namespace handover::cli
