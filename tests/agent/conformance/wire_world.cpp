#include "tests/agent/conformance/wire_world.hpp"

#include "tests/agent/conformance/model_world.hpp"

namespace handover::test {
namespace {

constexpr auto kTooLong = std::chrono::seconds(60);
// What a test waits for is an answer that never comes to its end.
constexpr milliseconds kAnswerTime{300};

HttpRequest request_of(const std::string& text) {
  const auto line_end = text.find("\r\n");
  const auto first = text.find(' ');
  const auto second = text.find(' ', first + 1);
  HttpRequest request(text.substr(0, first), text.substr(first + 1, second - first - 1));
  const auto head_end = text.find("\r\n\r\n");
  for (auto at = line_end + 2; at < head_end;) {
    const auto end = text.find("\r\n", at);
    const auto colon = text.find(": ", at);
    request.headers.push_back(
        {text.substr(at, colon - at), text.substr(colon + 2, end - colon - 2)});
    at = end + 2;
  }
  request.body = text.substr(head_end + 4);
  return request;
}

std::string render(const HttpResponse& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " Said\r\n";
  for (const auto& header : response.headers) text += header.name + ": " + header.value + "\r\n";
  return text + "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" +
         response.body;
}

}  // namespace

WireWorld::WireWorld(const LaneKind& kind, WireTrouble trouble)
    : kind_(kind),
      trouble_(std::move(trouble)),
      model_(kind_.make_model()),
      back_end_(*model_, 7),
      server_(std::make_unique<ScriptedServer>([this](Peer& peer) { serve(peer); })) {
  const Secret key = store_key();
  store_ = good(storage::Store::open({folder_.file("handover.db"), {}, storage::OpenMode::kCreate},
                                     key, entropy_, scheduler_));
  LaneSetup setup;
  setup.now = [this] { return clock_.wall_now(); };
  backend_ = kind_.make_backend(setup);
  net::TransportSettings settings;
  settings.url_origin = server_->origin();
  settings.limits.answer_time = kAnswerTime;
  transport_ = good(net::BeastHttpTransport::make(context_.get_executor(), settings));
  forwarding::LaneSettings lane_settings;
  lane_settings.retry = {milliseconds(1), milliseconds(5)};
  const forwarding::LaneWorld seams{*store_, scheduler_, clock_, schedule_, entropy_, log_};
  loop_ = good(LaneLoop::make(seams, "lane", *backend_, *transport_, lane_settings));
}

WireWorld::~WireWorld() {
  loop_.reset();
  transport_.reset();
  context_.restart();
  context_.poll();
  server_.reset();
}

void WireWorld::serve(Peer& peer) {
  while (true) {
    const std::string text = peer.read_request();
    if (text.empty()) return;
    const HttpRequest request = request_of(text);
    std::string honest;
    bool strikes = false;
    {
      const std::scoped_lock lock(mutex_);
      strikes = request.method == "POST" &&
                model_->route_of(request).starts_with(model_->upload_prefix()) &&
                !std::exchange(struck_, true);
      if (!strikes || trouble_.applied) {
        const auto outcome = back_end_.handle(request, clock_.wall_now());
        honest = render(*outcome.response);
      }
    }
    if (strikes) return trouble_.mischief(peer, honest);
    if (!peer.send(honest)) return;
  }
}

bool WireWorld::run_until(const std::function<bool()>& done) {
  const MonotonicTime latest = clock_.monotonic_now() + kTooLong;
  while (!done()) {
    if (clock_.monotonic_now() > latest) return false;
    context_.restart();
    context_.run_one_for(std::chrono::milliseconds(50));
  }
  return true;
}

void WireWorld::send_into_trouble() {
  seq_ = good(store_->committer.write([&] {
    return write_record(*store_, entropy_, *backend_, loop_->id(), kind_.make_record(1, 1),
                        clock_.wall_now());
  }));
  good(store_->committer.flush());
  loop_->wake();
  const bool judged = run_until([&] {
    const bool struck = [&] {
      const std::scoped_lock lock(mutex_);
      return struck_;
    }();
    return struck && !delivery().why.empty();
  });
  INVARIANT(judged);
}

bool WireWorld::deliver() {
  return run_until([&] {
    const auto now = delivery();
    if (now.state == DeliveryState::kDelivered) return true;
    if (now.state == DeliveryState::kQuarantined) {
      good(store_->committer.write([&] { return loop_->retry(now); }));
      loop_->wake();
    }
    // A person who will not wait: hints and pauses are for other tests.
    if (now.state == DeliveryState::kPending || now.state == DeliveryState::kUnknown)
      good(loop_->sync_now());
    return false;
  });
}

storage::Delivery WireWorld::delivery() { return good(store_->deliveries.read(seq_ * 65536)); }

std::vector<std::string> WireWorld::applied() {
  const std::scoped_lock lock(mutex_);
  return kind_.applied(*model_);
}

}  // namespace handover::test
