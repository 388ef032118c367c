// A log that a test can read.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "platform/log.hpp"

namespace handover::test {

class RecordingLog final : public Log {
 public:
  void info(std::string_view line) override { lines.emplace_back(line); }
  void warning(std::string_view line) override { lines.emplace_back(line); }

  [[nodiscard]] bool contains(std::string_view part) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(part) != line.npos; });
  }

  std::vector<std::string> lines;
};

}  // namespace handover::test
