// handover usage, asset-event, stock: what a technician records besides transfers, and what he has.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_recording_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
