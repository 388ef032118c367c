// handover service-order: order services from Cisco, and see what became of it.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_service_order_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
