// What happened in a run: a running hash over every choice, disk call, message and event, and the
// last events in plain words.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"

namespace handover::sim {

/// Time in the simulated world: since its start, the same for everybody in it.
using VirtualTime = std::chrono::nanoseconds;

struct TraceEvent {
  VirtualTime at{0};
  std::string who;  ///< A device, a person or a back-end.
  std::string words;
};

class Trace {
 public:
  /// Every event also goes into `file` as a line. Errors: kIo.
  [[nodiscard]] Result<void> write_to(const std::string& file);

  /// Everything must be in the file by then. Errors: kIo.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] bool is_written() const { return file_ != nullptr; }
  /// A line for the file alone. It is no part of the hash.
  void write(VirtualTime at, std::string_view who, std::string_view words);

  /// An event in plain words. It is part of the hash.
  void note(VirtualTime at, std::string_view who, std::string words);
  /// As note(), but no part of the hash: what the simulator says of itself.
  void remark(VirtualTime at, std::string_view who, std::string words);
  /// Something too small for words: a scheduling choice, a disk call.
  void mix(std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) {
      hash_ = (hash_ ^ ((value >> (8 * byte)) & 0xffU)) * 0x100000001b3U;
    }
  }
  void mix(std::string_view text);

  /// Two runs that made the same choices and saw the same things have the same.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// The last events, oldest first; of `who` alone if given.
  [[nodiscard]] std::vector<TraceEvent> last(std::size_t most,
                                             const std::vector<std::string>& who) const;

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t events_ = 0;
  std::deque<TraceEvent> recent_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::string file_name_;
};

/// "2d 03:04:05.678".
[[nodiscard]] std::string format_virtual_time(VirtualTime time);

}  // namespace handover::sim
