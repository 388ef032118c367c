// What goes wrong on the way between a device and a back-end, by chance. Integers only: the same
// seed goes wrong in the same way from every compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

/// What the network does by chance: each `…_one_in` is one in so many exchanges, 0 is never.
struct NetworkChances {
  std::uint32_t lose_request_one_in = 0;    ///< It vanishes on the way; the connection is silent.
  std::uint32_t lose_reply_one_in = 0;      ///< Applied; the answer vanishes on the way.
  std::uint32_t duplicate_one_in = 0;       ///< The back-end gets the request twice.
  std::uint32_t reset_one_in = 0;           ///< The connection breaks: before, in or after either.
  std::uint32_t drip_one_in = 0;            ///< Applied; the answer comes too slowly to be whole.
  std::uint32_t captive_portal_one_in = 0;  ///< Not applied; 200 with somebody else's web page.
  milliseconds delay_min{0};                ///< One way, each message or piece of it.
  milliseconds delay_max{0};

  // Only where connections are simulated, with their bytes.
  std::uint32_t refuse_one_in = 0;      ///< New connections: nobody listens.
  std::uint32_t close_idle_one_in = 0;  ///< The server closes the connection after the answer.
  std::uint32_t split_one_in = 0;       ///< Writes: broken into pieces, each with a delay.
  std::size_t split_bytes_max = 64;     ///< The longest piece of a write that is broken.
};

/// How often something went wrong, by name: for the report of a run.
using FaultCounts = std::map<std::string, std::uint64_t, std::less<>>;

/// Draws whether something strikes. It draws also where it never strikes, so that one chance that
/// is switched off does not shift the others.
[[nodiscard]] inline bool strikes(Random& random, std::uint32_t one_in) {
  const std::uint64_t drawn = random.next();
  return one_in > 0 && drawn % one_in == 0;
}

/// A time between the two, both included. Requires: min <= max.
[[nodiscard]] inline milliseconds time_between(Random& random, milliseconds min, milliseconds max) {
  INVARIANT(min <= max);
  const auto span = static_cast<std::uint64_t>((max - min).count()) + 1;
  return min + milliseconds(static_cast<milliseconds::rep>(random.below(span)));
}

}  // namespace handover::sim
