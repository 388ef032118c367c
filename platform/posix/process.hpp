// What the process denies itself.
#pragma once

namespace handover::posix {

/// To be called first in main(). New files are the owner's only, no core dump, no reading of our
/// memory by other processes of the same user, and a closed pipe or socket is an error value, not
/// the end of the program.
void harden_process();

}  // namespace handover::posix
