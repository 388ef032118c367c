#include "agent/cli/tangoe_client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "agent/backends/tangoe/password_digest.hpp"
#include "agent/cli/tangoe_lane.hpp"
#include "platform/asio/beast_http_transport.hpp"
#include "platform/asio/url.hpp"
#include "platform/assert.hpp"

namespace handover::cli {
namespace {

using backends::tangoe::Reading;

Result<const LaneConfig*> find_lane(const Config& config, const std::string& name) {
  const LaneConfig* found = nullptr;
  for (const LaneConfig& lane : config.lanes) {
    if (lane.kind != "tangoe" || (!name.empty() && lane.name != name)) continue;
    if (found != nullptr) {
      return fail(wrong_usage("there are several Tangoe lanes; say which with --lane"));
    }
    found = &lane;
  }
  if (found != nullptr) return found;
  return fail(Errc::kConfig, name.empty() ? "the configuration has no lane of kind = \"tangoe\""
                                          : "the configuration has no Tangoe lane called " + name);
}

boost::asio::awaitable<void> exchange(HttpTransport& transport, HttpRequest request,
                                      std::optional<HttpOutcome>& outcome) {
  outcome.emplace(co_await transport.exchange(std::move(request)));
}

}  // namespace

struct TangoeClient::State {
  backends::TangoeSettings settings;
  boost::asio::io_context context{1};
  std::unique_ptr<net::BeastHttpTransport> transport;

  ~State() {
    // What the transport leaves behind runs to its end before the context goes.
    transport.reset();
    context.restart();
    context.run();
  }

  HttpOutcome send(HttpRequest request) {
    std::optional<HttpOutcome> outcome;
    context.restart();
    boost::asio::co_spawn(context, exchange(*transport, std::move(request), outcome),
                          [this](const std::exception_ptr&) { context.stop(); });
    context.run();
    INVARIANT(outcome);
    return std::move(*outcome);
  }
};

TangoeClient::TangoeClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TangoeClient::~TangoeClient() = default;

Result<std::unique_ptr<TangoeClient>> TangoeClient::open(Session& session,
                                                         const std::string& lane) {
  TRY_ASSIGN(const Config* config, session.config());
  TRY_ASSIGN(const LaneConfig* found, find_lane(*config, lane));
  TRY_ASSIGN(const net::Url url, net::parse_url(found->url));
  auto state = std::make_unique<State>();
  const World& world = session.world();
  state->settings = tangoe_settings(*found, url.path, world.clock, world.entropy);
  net::TransportSettings settings;
  settings.url_origin = url.scheme + "://" + net::authority_of(url);
  settings.ca_file = found->ca_file;
  settings.pinned_keys = found->pinned_keys;
  TRY_ASSIGN(state->transport,
             net::BeastHttpTransport::make(state->context.get_executor(), std::move(settings)));
  return std::unique_ptr<TangoeClient>(new TangoeClient(std::move(state)));
}

Result<Reading> TangoeClient::call(const std::string& envelope, std::string_view operation) {
  const auto& settings = state_->settings;
  HttpRequest request = backends::TangoeBackend::make_request(settings.path, envelope);
  if (settings.secured) {
    TRY_ASSIGN(const Secret password, settings.read_password());
    const Secret hash = backends::tangoe::password_hash(password);
    request.body = backends::tangoe::with_header(
        request.body, backends::tangoe::security_header(settings.username, hash,
                                                        settings.make_nonce(), settings.now()));
  }
  const HttpOutcome outcome = state_->send(std::move(request));
  if (outcome) return backends::tangoe::read_answer(*outcome, operation, settings.now());
  const HttpFailure& failure = outcome.error();
  if (!failure.request_may_have_left) return fail(Errc::kUnreachable, failure.detail);
  Reading reading;
  reading.kind = Reading::Kind::kUnclear;
  reading.why = "the answer was lost: " + failure.detail;
  return reading;
}

Result<Reading> TangoeClient::ask(const std::string& envelope, std::string_view operation) {
  TRY_ASSIGN(Reading reading, call(envelope, operation));
  if (reading.kind == Reading::Kind::kDone) return reading;
  return fail(error_of(reading));
}

Result<std::string> TangoeClient::service_type_id(const std::string& typed) {
  const bool is_id = !typed.empty() && std::all_of(typed.begin(), typed.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  if (is_id) return typed;
  TRY_ASSIGN(const Reading reading,
             ask(backends::tangoe::get_service_type_id_request(typed), "GetServiceTypeID"));
  return backends::tangoe::read_service_type_id(*reading.payload);
}

Error error_of(const Reading& reading) {
  using Kind = Reading::Kind;
  switch (reading.kind) {
    case Kind::kDone:
    case Kind::kFailed:
    case Kind::kMessageWrong:
      return Error(Errc::kRefused, reading.why);
    case Kind::kCredentials:
    case Kind::kClock:
    case Kind::kSecurityOff:
    case Kind::kConfiguration:
    case Kind::kLogin:
      return Error(Errc::kConfig, reading.why);
    case Kind::kBusy:
    case Kind::kPage:
    case Kind::kUnclear:
      break;
  }
  return Error(Errc::kUnreachable, reading.why);
}

}  // namespace handover::cli
