// INVARIANT: what must hold if the program is right. On in every build; a breach aborts, and
// recovery is the tested path.
#pragma once

#include <cstdio>
#include <cstdlib>

#define INVARIANT(condition)                                                                 \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "handover: invariant broken: %s (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                                \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
