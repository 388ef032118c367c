#include "sim/demo/story.hpp"

#include <algorithm>
#include <cstdio>

namespace handover::sim {
namespace {

int steps_told = 0;

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

}  // namespace

void tell_step(std::string_view title) {
  std::printf("\n%d. %.*s\n", ++steps_told, int(title.size()), title.data());
  std::fflush(stdout);
}

void tell(std::string_view line) {
  std::printf("   %.*s\n", int(line.size()), line.data());
  std::fflush(stdout);
}

void tell_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) line += padded(rows[r][i], widths[i]) + "  ";
    tell(line);
    if (r > 0) continue;
    std::string rule;
    for (const std::size_t width : widths) rule += std::string(width, '-') + "  ";
    tell(rule);
  }
}

}  // namespace handover::sim
