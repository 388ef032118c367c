#include "agent/cli/record_watch.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "agent/cli/record_text.hpp"

namespace handover::cli {
namespace {

constexpr milliseconds kWatchEvery{2000};
constexpr int kPagesMax = 20;  // Read in one round, but for the first.

const std::vector<Json>& deliveries_of(const Json& record) {
  static const std::vector<Json> kNone;
  const Json* deliveries = record.find("deliveries");
  return deliveries != nullptr ? deliveries->items() : kNone;
}

bool is_at_its_end(const Json& delivery) {
  const std::string& state = delivery.text_of("state");
  return state == "delivered" || state == "superseded" || state == "discarded" ||
         state == "not_wanted";
}

/// What the list shows of a record's deliveries.
std::string states_of(const Json& record) {
  std::string states;
  for (const Json& delivery : deliveries_of(record))
    states += delivery.text_of("lane") + ":" + delivery.text_of("state") + " ";
  return states;
}

class Watch {
 public:
  Watch(Session& session, WatchedRecords wanted) : session_(session), wanted_(std::move(wanted)) {}

  /// The agent knows which lanes and states there are.
  Result<void> check() {
    std::string query = "?limit=1";
    if (!wanted_.lane.empty()) query += "&lane=" + escape_url(wanted_.lane);
    if (!wanted_.state.empty()) query += "&state=" + escape_url(wanted_.state);
    const auto answer = session_.get("/v1/records" + query);
    if (!answer) return fail(answer.error());
    return {};
  }

  /// Shows what is new or changed since the last round.
  Result<void> look(int pages_max) {
    std::string after = ended_;
    std::string tag = tag_;
    bool all_ended = true;
    for (int page = 0; page < pages_max; ++page) {
      const std::string target = "/v1/records?limit=100&after=" + after;
      TRY_ASSIGN(const auto answer, session_.get_if_changed(target, tag));
      if (!answer) return {};
      // Of the first page: what changes while the others are read is seen in the next round.
      if (page == 0) tag_ = answer->tag;
      tag.clear();
      const Json* items = answer->body.find("items");
      if (items == nullptr) return fail(Errc::kCorrupt, "the agent's answer is not a list");
      show_changed(items->items(), all_ended);
      const std::string& next = answer->body.text_of("next");
      if (next.empty() || next == after) return {};
      after = next;
    }
    tell_of_more();
    return {};
  }

 private:
  void show_changed(const std::vector<Json>& records, bool& all_ended) {
    std::vector<Json> changed;
    for (const Json& record : records) {
      const auto& deliveries = deliveries_of(record);
      all_ended = all_ended && std::all_of(deliveries.begin(), deliveries.end(), is_at_its_end);
      if (is_news(record) && is_wanted(record)) changed.push_back(record);
      if (!all_ended) continue;
      // No record before this one can change any more.
      ended_ = record.text_of("seq");
      shown_.erase(ended_);
    }
    if (!changed.empty()) records_table(changed).print(session_.out());
    session_.out() << std::flush;
  }
  bool is_news(const Json& record) {
    std::string states = states_of(record);
    const auto [place, is_new] = shown_.try_emplace(record.text_of("seq"), states);
    if (!is_new && place->second == states) return false;
    place->second = std::move(states);
    return true;
  }
  [[nodiscard]] bool is_wanted(const Json& record) const {
    if (wanted_.lane.empty() && wanted_.state.empty()) return true;
    const auto& deliveries = deliveries_of(record);
    return std::any_of(deliveries.begin(), deliveries.end(), [this](const Json& delivery) {
      return (wanted_.lane.empty() || delivery.text_of("lane") == wanted_.lane) &&
             (wanted_.state.empty() || delivery.text_of("state") == wanted_.state);
    });
  }
  void tell_of_more() {
    if (std::exchange(told_of_more_, true)) return;
    session_.hints() << "Very many records are under way: the oldest of them are watched first.\n";
  }

  Session& session_;
  WatchedRecords wanted_;
  std::string ended_ = "0";  // All records up to this one are at their end.
  std::string tag_;
  std::map<std::string, std::string> shown_;  // By number: the states as last seen.
  bool told_of_more_ = false;
};

}  // namespace

Result<ExitCode> watch_records(Session& session, const WatchedRecords& wanted) {
  Watch watch(session, wanted);
  RETURN_IF_ERROR(watch.check());
  RETURN_IF_ERROR(watch.look(std::numeric_limits<int>::max()));
  const auto look = [&](bool) { return watch.look(kPagesMax).map([] { return true; }); };
  RETURN_IF_ERROR(session.follow_changes(kWatchEvery, look));
  return ExitCode::kDone;
}

}  // namespace handover::cli
