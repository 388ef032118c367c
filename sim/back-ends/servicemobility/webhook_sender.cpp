#include "sim/back-ends/servicemobility/webhook_sender.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "platform/asio/beast_http_transport.hpp"
#include "platform/asio/url.hpp"

namespace handover::sim {
namespace {

namespace asio = boost::asio;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2'000};
constexpr milliseconds kLatePause{300};
constexpr int kTriesMax = 60;

/// The same id, another body.
std::string changed(std::string body) {
  constexpr std::string_view kAction = R"("action":"")";
  const auto place = body.find(kAction);
  if (place != body.npos) body.insert(place + kAction.size() - 1, "changed");
  return body;
}

}  // namespace

struct WebhookSender::State {
  asio::io_context& io;
  WebhookQueue& queue;
  std::unique_ptr<net::BeastHttpTransport> transport;
  std::string url;  // That the transport leads to.
  std::string path;
  std::set<asio::steady_timer*> timers;
  bool look_posted = false;
  bool stopped = false;

  State(asio::io_context& context, WebhookQueue& calls) : io(context), queue(calls) {}

  void stop() {
    stopped = true;
    queue.on_queued({});
    for (auto* timer : timers) timer->cancel();
    transport.reset();
  }

  bool connect() {
    const WebhookOptions& options = queue.options();
    if (transport && url == options.url) return true;
    const auto parsed = net::parse_url(options.url);
    if (!parsed) return false;
    net::TransportSettings settings;
    settings.url_origin = parsed->scheme + "://" + net::authority_of(*parsed);
    settings.ca_file = options.ca_file;
    auto made = net::BeastHttpTransport::make(io.get_executor(), std::move(settings));
    if (!made) return false;
    transport = std::move(*made);
    url = options.url;
    path = parsed->path;
    while (path.ends_with('/')) path.pop_back();
    return true;
  }

  static void look(const std::shared_ptr<State>& state) {
    state->look_posted = false;
    if (state->stopped) return;
    for (auto& call : state->queue.take()) {
      auto shared = std::make_shared<const WebhookCall>(std::move(call));
      if (shared->at_once)
        asio::co_spawn(state->io, post_unheard(state, shared, shared->body), asio::detached);
      asio::co_spawn(state->io, send(state, std::move(shared)), asio::detached);
    }
  }

  static asio::awaitable<bool> pause(std::shared_ptr<State> state, milliseconds time) {
    asio::steady_timer timer(state->io);
    timer.expires_after(time);
    state->timers.insert(&timer);
    auto waiting = timer.async_wait(kAwait);
    const auto [error] = co_await std::move(waiting);
    state->timers.erase(&timer);
    co_return !error && !state->stopped;
  }

  /// Whether it was answered 200.
  static asio::awaitable<bool> post(std::shared_ptr<State> state,
                                    std::shared_ptr<const WebhookCall> call, std::string body) {
    if (state->stopped || !state->connect()) co_return false;
    HttpRequest request("POST", state->path + call->path);
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"x-access-token", call->token});
    request.body = std::move(body);
    ++state->queue.counts().sent;
    auto posting = state->transport->exchange(std::move(request));
    const HttpOutcome outcome = co_await std::move(posting);
    co_return outcome && outcome->status == 200;
  }

  static asio::awaitable<void> post_unheard(std::shared_ptr<State> state,
                                            std::shared_ptr<const WebhookCall> call,
                                            std::string body) {
    (void)co_await post(state, call, std::move(body));
  }

  static asio::awaitable<void> send(std::shared_ptr<State> state,
                                    std::shared_ptr<const WebhookCall> call) {
    bool goes_on = true;
    if (call->late) goes_on = co_await pause(state, kLatePause);
    if (goes_on && call->broken) {
      const std::string half = call->body.substr(0, call->body.size() / 2);
      if (co_await post(state, call, half)) ++state->queue.counts().wrongly_taken;
    }
    milliseconds wait = kFirstPause;
    for (int tries = 0; goes_on && tries < kTriesMax; ++tries) {
      const bool delivered = co_await post(state, call, call->body);
      if (state->stopped) co_return;
      if (delivered) {
        ++state->queue.counts().delivered;
        if (call->again) (void)co_await post(state, call, call->body);
        if (call->changed && !state->stopped) (void)co_await post(state, call, changed(call->body));
        co_return;
      }
      goes_on = co_await pause(state, wait);
      wait = std::min(wait * 2, kLongestPause);
    }
    if (!state->stopped) ++state->queue.counts().given_up;
  }
};

WebhookSender::WebhookSender(asio::io_context& io, WebhookQueue& queue)
    : state_(std::make_shared<State>(io, queue)) {
  queue.on_queued([state = std::weak_ptr<State>(state_)] {
    const auto alive = state.lock();
    if (!alive || alive->look_posted) return;
    alive->look_posted = true;
    asio::post(alive->io, [alive] { State::look(alive); });
  });
}

WebhookSender::~WebhookSender() { state_->stop(); }

}  // namespace handover::sim
