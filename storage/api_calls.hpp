// The first answer to each Idempotency-Key, so that a call that is made twice has one effect.
//
// Of the newest 10,000 calls (kKept) the key and the status are kept, whatever they were answered:
// the same call with the same key has no second effect. Their answers are kept with them, byte for
// byte, if they are short (kShortBytes); of long ones the newest kLongKept alone, so that all
// answers together stay below 10,000 * 4 KiB and 32 long ones. Of an older long one it is kept
// where to read what the call has made.
#pragma once

#include <cstddef>
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
  std::string answer;  ///< Empty if it was long and is not kept any more; `made` is set then.
  std::string made;    ///< The path of the API where what it made can be read, or empty.
};

/// The newest kKept calls are kept, and up to kForgottenAtOnce more. Counted, not dated: a clock
/// that jumps must not make one tap two records.
class ApiCalls {
 public:
  static constexpr std::int64_t kKept = 10000;
  static constexpr std::int64_t kForgottenAtOnce = 64;
  static constexpr std::size_t kShortBytes = 4096;
  static constexpr std::int64_t kLongKept = 32;

  explicit ApiCalls(Database& database) : database_(database) {}

  [[nodiscard]] Result<std::optional<ApiCall>> read(std::string_view key) const;
  /// Requires: called inside Committer::write(), together with the effect of the call.
  [[nodiscard]] Result<void> remember(std::string_view key, const ApiCall& call);

 private:
  [[nodiscard]] Result<void> forget_long_answers();

  Database& database_;
};

}  // namespace handover::storage
