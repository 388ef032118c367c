#include "agent/agent.hpp"

#include <algorithm>

namespace handover {

Result<std::unique_ptr<Agent>> Agent::make(const AgentSeams& seams, AgentSettings settings,
                                           std::vector<AgentLane> lanes) {
  std::unique_ptr<Agent> agent(new Agent(seams, std::move(settings), std::move(lanes)));
  RETURN_IF_ERROR(agent->start());
  return agent;
}

Agent::Agent(const AgentSeams& seams, AgentSettings settings, std::vector<AgentLane> lanes)
    : seams_(seams),
      settings_(std::move(settings)),
      lanes_(std::move(lanes)),
      schedule_(seams.clock) {}

Agent::~Agent() {
  seams_.connectivity.on_restored({});
  if (store_) (void)store_->committer.flush();
}

Result<void> Agent::start() {
  TRY_ASSIGN(store_, storage::Store::open(settings_.store, settings_.store_key, seams_.entropy,
                                          seams_.scheduler));
  journal_check_ =
      std::make_unique<JournalCheck>(*store_, seams_.scheduler, seams_.clock, seams_.log);
  const forwarding::LaneWorld lane_world{
      *store_, seams_.scheduler, seams_.clock, schedule_, seams_.entropy, seams_.log, [this] {
        journal_check_->start();
      }};
  std::vector<recording::LanePlan> plans;
  std::vector<forwarding::LaneLoop*> loops;
  for (AgentLane& lane : lanes_) {
    auto loop = forwarding::LaneLoop::make(lane_world, lane.name, *lane.backend, *lane.transport,
                                           settings_.lane);
    if (!loop) return fail(std::move(loop).error().with_context(settings_.store.path));
    plans.push_back({(*loop)->id(), lane.backend.get()});
    loops.push_back(loop->get());
    loops_.push_back(std::move(*loop));
  }
  RETURN_IF_ERROR(recover_left_lanes(plans));
  if (auto written = store_->committer.flush(); !written) {
    return fail(std::move(written).error().with_context(settings_.store.path));
  }

  const recording::Recorder::World recorder_world{*store_,        seams_.clock,       schedule_,
                                                  seams_.entropy, settings_.key_ring, enrollment()};
  recorder_ = std::make_unique<recording::Recorder>(recorder_world, settings_.device,
                                                    settings_.stock_policy, plans);
  const recording::OrderBook::World order_world{*store_, seams_.clock, schedule_, *recorder_};
  orders_ = std::make_unique<recording::OrderBook>(order_world, std::move(settings_.orders));
  make_site();
  if (settings_.page) {
    page_ = std::make_unique<page::PageDoor>(
        page::PageDoor::World{*store_, seams_.entropy, seams_.clock});
  }
  const api::ApiWorld api_world{*store_,          *recorder_,       seams_.clock,
                                schedule_,        seams_.scheduler, loops,
                                settings_.device, *orders_,         site_.get(),
                                enrollment(),     page_.get(),      settings_.enrollment_fault};
  api_ = std::make_unique<api::Api>(api_world, std::move(settings_.api_token));

  seams_.connectivity.on_restored([this] {
    for (auto& loop : loops_) loop->on_network_restored();
    if (site_) site_->on_network_restored();
  });
  for (auto& loop : loops_) loop->wake();
  journal_check_->start();
  if (site_) RETURN_IF_ERROR(site_->start());
  return {};
}

void Agent::make_site() {
  if (!settings_.site) return;
  const intake::Site::World world{*store_,   *recorder_,     seams_.scheduler, seams_.clock,
                                  schedule_, seams_.entropy, seams_.log};
  site_ = std::make_unique<intake::Site>(world, std::move(*settings_.site), [this] {
    for (auto& loop : loops_) loop->wake();
  });
}

/// What was under way on a lane that has left the configuration waits there, visibly, for a person.
Result<void> Agent::recover_left_lanes(const std::vector<recording::LanePlan>& configured) {
  TRY_ASSIGN(const auto lanes, store_->deliveries.lanes());
  const auto now = schedule_.now();
  return store_->committer.write([&]() -> Result<void> {
    for (const auto& lane : lanes) {
      const bool left = std::none_of(configured.begin(), configured.end(),
                                     [&](const auto& plan) { return plan.lane == lane.id; });
      if (left) RETURN_IF_ERROR(store_->deliveries.recover(lane.id, now, now));
    }
    return {};
  });
}

}  // namespace handover
