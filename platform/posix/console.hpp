// What a program on a command line is given besides its arguments, and how it waits.
#pragma once

#include <string>

#include "platform/time.hpp"

namespace handover::posix {

/// The value of an environment variable; empty if it is not set.
[[nodiscard]] std::string environment_variable(const char* name);

/// True if a person looks at this descriptor (1: standard output, 2: standard error).
[[nodiscard]] bool is_terminal(int descriptor);

/// Does nothing for that long.
void pause_for(milliseconds time);

}  // namespace handover::posix
