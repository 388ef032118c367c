#include "sim/network/wire.hpp"

#include <algorithm>
#include <utility>

#include "platform/limits.hpp"
#include "sim/back-ends/answer_text.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kPortalPage =
    "<!DOCTYPE html><html><head><title>Welcome</title></head>"
    "<body><h1>Accept the terms to go online</h1></body></html>";
constexpr milliseconds kDripGap{5'000};

HttpResponse portal_answer() {
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", "text/html"});
  response.body = kPortalPage;
  return response;
}

/// How much of a message of `size` bytes passes. What falls silent loses one byte at least; what
/// breaks may break when all is there.
std::size_t passing(const std::optional<Cut>& cut, std::size_t size) {
  if (!cut) return size;
  return static_cast<std::size_t>(cut->place % (cut->end ? size + 1 : size));
}

}  // namespace

Wire::Wire(StreamLink& link)
    : link_(link),
      to_server_(
          link.scheduler_, link.clock_, [this](std::string_view bytes) { on_request_bytes(bytes); },
          [this](CloseMode) { stop_server(); }),
      to_device_(
          link.scheduler_, link.clock_,
          [this](std::string_view bytes) {
            link_.note("to device", bytes.size());
            if (device_ != nullptr) device_->on_bytes(bytes);
          },
          [this](CloseMode how) {
            link_.note("end to device", how == CloseMode::kReset ? 1 : 0);
            if (device_ != nullptr) device_->on_end(how);
          }),
      pause_(link.scheduler_) {
  parser_.emplace(limits::kAnswerHeaderBytesMax, limits::kAnswerBodyBytesMax);
}

void Wire::send_request(std::string_view bytes) {
  fate_ = link_.next_fate();
  link_.transmit(to_server_, bytes.substr(0, passing(fate_.request, bytes.size())));
  if (!fate_.request) return;
  if (fate_.request->end) return break_off(*fate_.request->end);
  to_server_.fall_silent();
}

void Wire::hang_up() {
  device_ = nullptr;
  to_device_.cut();
  // On a silent way the server never hears of it, but nothing more can happen here either.
  if (!to_server_.is_open()) return stop_server();
  to_server_.end(CloseMode::kEnd, link_.delay());
}

void Wire::lose(bool heard) {
  to_server_.cut();
  to_device_.cut();
  stop_server();
  link_.note("lost", heard ? 1 : 0);
  if (heard && device_ != nullptr) device_->on_end(CloseMode::kReset);
}

void Wire::on_request_bytes(std::string_view bytes) {
  link_.note("to server", bytes.size());
  if (device_ != nullptr) device_->on_taken(bytes.size());
  if (is_server_closed_) return;
  const auto space = unread_.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(space.data()));
  unread_.commit(bytes.size());
  answer();
}

void Wire::answer() {
  if (is_answering_ || is_server_closed_) return;
  boost::system::error_code error;
  const net::Progress progress = net::feed(*parser_, unread_, error);
  if (progress == net::Progress::kNeedMore) return;
  if (progress == net::Progress::kFailed) return close_server(CloseMode::kEnd);
  is_answering_ = true;
  const bool keep_alive = parser_->keep_alive() && !fate_.captive_portal;
  const Outcome outcome = handle(parser_->message());
  pause_.set(link_.clock_.monotonic_now() + outcome.delay,
             [this, outcome, keep_alive] { send_answer(outcome, keep_alive); });
}

Outcome Wire::handle(const HttpRequest& request) {
  if (fate_.captive_portal) return Outcome(portal_answer());
  link_.note("handled", request.body.size());
  Outcome outcome = link_.serve_(request);
  // Somebody on the way repeats it. The second answer finds nobody.
  if (fate_.duplicate) static_cast<void>(link_.serve_(request));
  return outcome;
}

void Wire::send_answer(const Outcome& outcome, bool keep_alive) {
  if (!outcome.response) return close_server(outcome.close);
  send_text(answer_text(outcome, keep_alive));
  if (outcome.truncate_at) return close_server(outcome.close);
  if (!keep_alive) return close_server(CloseMode::kEnd);
  is_answering_ = false;
  parser_.emplace(limits::kAnswerHeaderBytesMax, limits::kAnswerBodyBytesMax);
  if (fate_.closes_after) {
    pause_.set(link_.clock_.monotonic_now() + *fate_.closes_after,
               [this] { close_server(CloseMode::kEnd); });
  }
  answer();
}

void Wire::send_text(std::string_view text) {
  const std::string_view passes = text.substr(0, passing(fate_.answer, text.size()));
  if (fate_.drip) {
    drip(passes);
  } else {
    link_.transmit(to_device_, passes);
  }
  if (!fate_.answer) return;
  if (fate_.answer->end) return break_off(*fate_.answer->end);
  to_device_.fall_silent();
}

void Wire::drip(std::string_view text) {
  milliseconds delay{0};
  for (const char byte : text) to_device_.send(std::string(1, byte), delay += kDripGap);
}

/// Both ends hear of it, after what is on its way to them.
void Wire::break_off(CloseMode how) {
  const milliseconds there = link_.delay();
  to_server_.end(how, there);
  to_device_.end(how, there + link_.delay());
}

void Wire::close_server(CloseMode how) {
  break_off(how);
  stop_server();
}

void Wire::stop_server() {
  is_server_closed_ = true;
  pause_.stop();
}

}  // namespace handover::sim
