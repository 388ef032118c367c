// handover enroll: a new device from the office's bundle.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_enroll_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
