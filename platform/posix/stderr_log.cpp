#include "platform/posix/stderr_log.hpp"

#include <cerrno>

namespace handover::posix {
namespace {

void append_escaped(std::string& line, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080..U+009F (in UTF-8: C2 80..C2 9F) are control characters too.
    const bool second_half = byte >= 0x80 && byte <= 0x9f && i > 0 && text[i - 1] == '\xc2';
    if (byte >= 0x20 && byte != 0x7f && !second_half) {
      line.push_back(text[i]);
      continue;
    }
    if (second_half) line.pop_back();
    line.append("\\x").push_back(kDigits[byte >> 4U]);
    line.push_back(kDigits[byte & 0x0fU]);
  }
}

}  // namespace

std::string format_log_line(WallTime time, std::string_view level, std::string_view text) {
  std::string line = format_rfc3339(time);
  line.append(" ").append(level).append(" ");
  append_escaped(line, text);
  line.push_back('\n');
  return line;
}

void StderrLog::write(std::string_view level, std::string_view text) {
  const std::string line = format_log_line(clock_.wall_now(), level, text);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace handover::posix
