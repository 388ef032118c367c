// handover records, record: where records are on their way, and what a person decides about them.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_record_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
