// Marks: one line beside a branch that is rarely taken, so that the simulation can say whether it
// ever was. In a build without HANDOVER_SIMULATION there is nothing of it.
#pragma once

#ifdef HANDOVER_SIMULATION

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace handover {

class Mark {
 public:
  explicit Mark(std::string_view name) : name_(name) { registered().push_back(this); }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  void hit() { ++hits_; }
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::uint64_t hits() const { return hits_; }

  /// Every mark of the program, also those that were never hit, in the order of their names.
  [[nodiscard]] static std::vector<const Mark*> all() {
    std::vector<const Mark*> marks(registered().begin(), registered().end());
    std::sort(marks.begin(), marks.end(),
              [](const Mark* a, const Mark* b) { return a->name_ < b->name_; });
    return marks;
  }

 private:
  static std::vector<Mark*>& registered() {
    static std::vector<Mark*> marks;
    return marks;
  }

  std::string_view name_;
  std::uint64_t hits_ = 0;
};

/// A name as a template's argument: this makes each mark an object of its own that is there, and
/// known, before the program starts.
template <std::size_t kSize>
struct MarkName {
  char text[kSize]{};
  consteval MarkName(const char (&name)[kSize]) { std::copy_n(name, kSize, text); }
};
template <MarkName kName>
struct MarkOf {
  static inline Mark mark{std::string_view(kName.text)};
};

}  // namespace handover

#define HANDOVER_MARK(name) ::handover::MarkOf<name>::mark.hit()

#else

#define HANDOVER_MARK(name) static_cast<void>(0)

#endif
