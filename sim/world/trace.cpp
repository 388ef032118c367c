#include "sim/world/trace.hpp"

#include <algorithm>
#include <array>

namespace handover::sim {
namespace {

constexpr std::size_t kRecentMax = 2000;

}  // namespace

Result<void> Trace::write_to(const std::string& file) {
  file_.reset(std::fopen(file.c_str(), "w"));
  file_name_ = file;
  if (!file_) return fail(Errc::kIo, "cannot write the trace to " + file);
  return {};
}

Result<void> Trace::close() {
  if (!file_) return {};
  const bool written = std::ferror(file_.get()) == 0;
  const bool closed = std::fclose(file_.release()) == 0;
  if (written && closed) return {};
  return fail(Errc::kIo, "the trace in " + file_name_ + " is not whole: the disk took no more");
}

void Trace::write(VirtualTime at, std::string_view who, std::string_view words) {
  std::fprintf(file_.get(), "%s %.*s: %.*s\n", format_virtual_time(at).c_str(), int(who.size()),
               who.data(), int(words.size()), words.data());
}

void Trace::note(VirtualTime at, std::string_view who, std::string words) {
  mix(static_cast<std::uint64_t>(at.count()));
  mix(who);
  mix(words);
  ++events_;
  remark(at, who, std::move(words));
}

void Trace::remark(VirtualTime at, std::string_view who, std::string words) {
  if (file_) write(at, who, words);
  recent_.push_back({at, std::string(who), std::move(words)});
  if (recent_.size() > kRecentMax) recent_.pop_front();
}

void Trace::mix(std::string_view text) {
  for (const char c : text) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
}

std::vector<TraceEvent> Trace::last(std::size_t most, const std::vector<std::string>& who) const {
  std::vector<TraceEvent> events;
  for (auto event = recent_.rbegin(); event != recent_.rend() && events.size() < most; ++event) {
    const bool wanted = who.empty() || std::find(who.begin(), who.end(), event->who) != who.end();
    if (wanted) events.push_back(*event);
  }
  std::reverse(events.begin(), events.end());
  return events;
}

std::string format_virtual_time(VirtualTime time) {
  const auto total = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  const auto seconds = total / 1000;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%lldd %02lld:%02lld:%02lld.%03lld",
                static_cast<long long>(seconds / 86400),
                static_cast<long long>(seconds / 3600 % 24),
                static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60),
                static_cast<long long>(total % 1000));
  return text.data();
}

}  // namespace handover::sim
