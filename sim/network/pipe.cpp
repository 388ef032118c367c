#include "sim/network/pipe.hpp"

#include <algorithm>
#include <utility>

namespace handover::sim {

Pipe::Pipe(Scheduler& scheduler, const Clock& clock, OnBytes on_bytes, OnEnd on_end)
    : clock_(clock),
      on_bytes_(std::move(on_bytes)),
      on_end_(std::move(on_end)),
      alarm_(scheduler) {}

void Pipe::send(std::string bytes, milliseconds delay) {
  if (is_open_) put(std::move(bytes), std::nullopt, delay);
}

void Pipe::end(CloseMode how, milliseconds delay) {
  if (is_open_) put({}, how, delay);
  is_open_ = false;
}

void Pipe::cut() {
  is_open_ = false;
  under_way_.clear();
  alarm_.stop();
}

void Pipe::put(std::string bytes, std::optional<CloseMode> end, milliseconds delay) {
  MonotonicTime when = clock_.monotonic_now() + delay;
  if (!under_way_.empty()) when = std::max(when, under_way_.back().when);
  under_way_.push_back({when, std::move(bytes), end});
  await_next();
}

/// One timer for the whole pipe: a scheduler that shuffles what is due at the same time must not
/// swap two pieces.
void Pipe::await_next() {
  if (under_way_.empty() || alarm_.is_set()) return;
  alarm_.set(under_way_.front().when, [this] { deliver(); });
}

void Pipe::deliver() {
  const Parcel parcel = std::move(under_way_.front());
  under_way_.pop_front();
  if (parcel.end) {
    on_end_(*parcel.end);
  } else {
    on_bytes_(parcel.bytes);
  }
  await_next();
}

}  // namespace handover::sim
