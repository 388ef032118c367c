// handover intake: rows that a site agent took in and could not read.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_intake_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
