#include "sim/back-ends/back_end_servers.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "sim/back-ends/server.hpp"
#include "sim/back-ends/servicemobility/webhook_sender.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "sim/wall_clock.hpp"

namespace handover::sim {
namespace {

/// One back-end, up or down.
struct Station {
  SimulatedBackEnd back_end;
  ListenAddress address;
  std::unique_ptr<Server> server;
  /// While the back-end is down: bound and not listening, so that connections are refused and no
  /// other program gets the port.
  std::optional<boost::asio::ip::tcp::socket> held_port;

  Station(BackEndModel& model, ListenAddress where, std::uint64_t seed)
      : back_end(model, seed), address(std::move(where)) {}

  Result<void> come_up(boost::asio::io_context& io) {
    if (server) return {};
    TRY_ASSIGN(server, Server::listen(io, address.host, address.port, back_end, &wall_now));
    address.port = server->port();
    held_port.reset();
    return {};
  }

  /// For good, while the context is still there.
  void end() {
    server.reset();
    held_port.reset();
  }

  void go_down(boost::asio::io_context& io) {
    server.reset();
    boost::system::error_code error;
    const boost::asio::ip::tcp::endpoint endpoint(
        boost::asio::ip::make_address(address.host, error), address.port);
    held_port.emplace(io);
    held_port->open(endpoint.protocol(), error);
    // Connections that were just cut still count as users of the port.
    held_port->set_option(boost::asio::socket_base::reuse_address(true), error);
    held_port->bind(endpoint, error);
  }
};

}  // namespace

class BackEndServers::Impl {
 public:
  explicit Impl(BackEndServersSettings settings)
      : servicemobility_model_(std::move(settings.servicemobility),
                               seed_for(settings.seed, "servicemobility model")),
        cmdb_model_(std::move(settings.cmdb), seed_for(settings.seed, "cmdb model")),
        cisco_model_(std::move(settings.cisco), seed_for(settings.seed, "cisco model")),
        tangoe_model_(std::move(settings.tangoe)),
        servicemobility_(servicemobility_model_, std::move(settings.servicemobility_address),
                         seed_for(settings.seed, "servicemobility faults")),
        cmdb_(cmdb_model_, std::move(settings.cmdb_address),
              seed_for(settings.seed, "cmdb faults")),
        cisco_(cisco_model_, std::move(settings.cisco_address),
               seed_for(settings.seed, "cisco faults")),
        tangoe_(tangoe_model_, std::move(settings.tangoe_address),
                seed_for(settings.seed, "tangoe faults")) {}

  ~Impl() {
    if (thread_.joinable()) {
      call([this] { take_down(); });
      // The connections that were cut end by themselves; then the thread has nothing left to do.
      work_.reset();
      thread_.join();
    } else {
      take_down();
    }
  }

  Result<void> start() {
    RETURN_IF_ERROR(servicemobility_.come_up(io_));
    RETURN_IF_ERROR(cmdb_.come_up(io_));
    RETURN_IF_ERROR(cisco_.come_up(io_));
    RETURN_IF_ERROR(tangoe_.come_up(io_));
    webhook_sender_ = std::make_unique<WebhookSender>(io_, servicemobility_model_.webhooks());
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }

  Station& station(BackEndName name) {
    if (name == BackEndName::kCisco) return cisco_;
    if (name == BackEndName::kTangoe) return tangoe_;
    return name == BackEndName::kServiceMobility ? servicemobility_ : cmdb_;
  }
  boost::asio::io_context& io() { return io_; }

  /// Runs `work` on the servers' thread and waits for what it returns.
  template <typename Work>
  auto call(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto done = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return done.get();
  }

 private:
  void take_down() {
    webhook_sender_.reset();
    for (const BackEndName name : kBackEndNames) station(name).end();
  }

  ServiceMobilityModel servicemobility_model_;
  CmdbModel cmdb_model_;
  CiscoModel cisco_model_;
  TangoeModel tangoe_model_;
  Station servicemobility_;
  Station cmdb_;
  Station cisco_;
  Station tangoe_;
  // After the stations: connections refer to them until the context is destroyed.
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      io_.get_executor()};
  std::unique_ptr<WebhookSender> webhook_sender_;
  std::thread thread_;
};

Result<BackEndName> parse_back_end_name(std::string_view name) {
  for (const auto known : kBackEndNames) {
    if (name == to_string(known)) return known;
  }
  return fail(
      Error::invalid("", "no such back-end; expected servicemobility, cmdb, cisco or tangoe"));
}

std::string_view to_string(BackEndName name) {
  if (name == BackEndName::kCisco) return "cisco";
  if (name == BackEndName::kTangoe) return "tangoe";
  return name == BackEndName::kServiceMobility ? "servicemobility" : "cmdb";
}

Result<std::unique_ptr<BackEndServers>> BackEndServers::start(BackEndServersSettings settings) {
  auto impl = std::make_unique<Impl>(std::move(settings));
  RETURN_IF_ERROR(impl->start());
  return std::unique_ptr<BackEndServers>(new BackEndServers(std::move(impl)));
}

BackEndServers::BackEndServers(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BackEndServers::~BackEndServers() = default;

std::uint16_t BackEndServers::port(BackEndName name) const {
  return impl_->call([&] { return impl_->station(name).address.port; });
}

std::string BackEndServers::url(BackEndName name) const {
  const ListenAddress address = impl_->call([&] { return impl_->station(name).address; });
  const bool v6 = address.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + address.host + "]" : address.host;
  return "http://" + host + ":" + std::to_string(address.port);
}

Json BackEndServers::state(BackEndName name) {
  return impl_->call([&] { return impl_->station(name).back_end.state(); });
}

Json BackEndServers::counts(BackEndName name) {
  return impl_->call([&] { return impl_->station(name).back_end.counts(); });
}

void BackEndServers::add_fault(BackEndName name, FaultRule rule) {
  impl_->call([&] { impl_->station(name).back_end.add_fault(std::move(rule)); });
}

Result<void> BackEndServers::add_fault(BackEndName name, std::string_view rule) {
  TRY_ASSIGN(FaultRule parsed, parse_short_fault_rule(rule));
  add_fault(name, std::move(parsed));
  return {};
}

void BackEndServers::clear_faults(BackEndName name) {
  impl_->call([&] { impl_->station(name).back_end.clear_faults(); });
}

Result<void> BackEndServers::configure(BackEndName name, const Json& options) {
  return impl_->call([&] { return impl_->station(name).back_end.configure(options); });
}

void BackEndServers::reset(BackEndName name) {
  impl_->call([&] { impl_->station(name).back_end.reset(); });
}

void BackEndServers::stop(BackEndName name) {
  impl_->call([&] { impl_->station(name).go_down(impl_->io()); });
}

Result<void> BackEndServers::start_again(BackEndName name) {
  return impl_->call([&] { return impl_->station(name).come_up(impl_->io()); });
}

}  // namespace handover::sim
