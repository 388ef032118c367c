// handover transfer qr and scan: what the page does with screen and camera, for a terminal with a
// scanner that types, and for scripts.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

/// Adds both below `transfer`.
void add_scan_commands(CLI::App& transfer, Commands& commands);

}  // namespace handover::cli
