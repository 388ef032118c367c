// The first answer to each Idempotency-Key, so that a call that is made twice has one effect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

struct ApiCall {
  std::string digest;  ///< Of what was called, with which body.
  int status = 0;
  std::string answer;
};

/// The newest kKept answers are kept, and up to kForgottenAtOnce more. Counted, not dated: a clock
/// that jumps must not make one tap two records.
class ApiCalls {
 public:
  static constexpr std::int64_t kKept = 10000;
  static constexpr std::int64_t kForgottenAtOnce = 64;

  explicit ApiCalls(Database& database) : database_(database) {}

  [[nodiscard]] Result<std::optional<ApiCall>> read(std::string_view key) const;
  /// Requires: called inside Committer::write(), together with the effect of the call.
  [[nodiscard]] Result<void> remember(std::string_view key, const ApiCall& call);

 private:
  Database& database_;
};

}  // namespace handover::storage
