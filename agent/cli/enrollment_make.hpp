// handover enrollment: what the office does. It needs no agent and no configuration.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

/// `enrollment company-key` makes the company's key, `enrollment make` a bundle for one device.
void add_enrollment_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
