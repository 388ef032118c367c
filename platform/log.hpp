// The seam for the log. Lines name records by id; they never hold a serial number, a code, a name,
// a secret or a payload.
#pragma once

#include <string_view>

namespace handover {

class Log {
 public:
  virtual ~Log() = default;
  virtual void info(std::string_view line) = 0;
  virtual void warning(std::string_view line) = 0;
};

}  // namespace handover
