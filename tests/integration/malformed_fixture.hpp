// An agent that must refuse what it gets: some state to be left alone, and a look at whether it
// was.
#pragma once

#include <string>
#include <string_view>

#include "tests/integration/http_call.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {

/// An agent with both back-ends down and its lanes asleep: nothing but calls can change what it
/// holds.
class QuietAgent {
 public:
  QuietAgent();

  [[nodiscard]] const Device& device() const { return device_; }
  [[nodiscard]] const std::string& offered() const {
    return offered_;
  }  ///< A transfer that waits for a code.
  [[nodiscard]] const std::string& recorded() const { return recorded_; }
  [[nodiscard]] const std::string& record() const { return record_; }  ///< It waits on both lanes.
  /// Checks that records, transfers and stock are what they were when this object was made.
  void check_unchanged() const { CHECK(snapshot() == before_); }
  void check_changed() const { CHECK(snapshot() != before_); }

 private:
  [[nodiscard]] std::string snapshot() const;

  World world_;
  Device device_;
  std::string offered_;
  std::string recorded_;
  std::string record_;
  std::string before_;
};

/// Checks that it is a problem document of that status and, unless they are empty, of that name and
/// with that pointer among its errors.
void check_problem(const HttpAnswer& answer, int status, std::string_view name,
                   std::string_view pointer = {});

}  // namespace handover::test
