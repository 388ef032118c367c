// What a device may not exceed, however long it was without a network (platform/limits.hpp).
#pragma once

#include "platform/http.hpp"
#include "sim/world/device.hpp"
#include "sim/world/findings.hpp"

namespace handover::sim {

/// Of each request that leaves: how many are under way, and how large it is.
void judge_sent(Findings& findings, const Device& device, const Sent& sent);
/// Of each answer of the local API: that a client of it can read it.
void judge_local_answer(Findings& findings, const Device& device, const HttpResponse& answer);

}  // namespace handover::sim
