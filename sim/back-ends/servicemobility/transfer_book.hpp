// The halves that have arrived, and which of them are one transfer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/servicemobility/upload_rules.hpp"

namespace handover::sim {

struct Half {
  ParsedTransfer transfer;
  std::shared_ptr<const std::string> body;  ///< As it came.
  std::string key;                          ///< Its Idempotency-Key, or empty.
  std::uint64_t rowver = 0;
  WallTime received;
  std::optional<std::size_t> partner;  ///< The index of the other half.
  std::optional<std::size_t>
      copy_of;  ///< The index of the same half that came before under another key.
};

/// Halves come in either order, possibly far apart; a half never needs its partner. Two halves are
/// one transfer if their codes are crossed (or equal), their types opposite, places equal, users
/// crossed, and the same things moved.
class TransferBook {
 public:
  /// Two halves whose codes belong together, but not what they say.
  struct Mismatch {
    std::size_t first = 0;
    std::size_t second = 0;
    std::vector<std::string> differs;  ///< Names of members.
  };

  void add(Half half);

  [[nodiscard]] const std::vector<Half>& halves() const { return halves_; }
  [[nodiscard]] const std::vector<Mismatch>& mismatches() const { return mismatches_; }
  [[nodiscard]] std::size_t pair_count() const { return pairs_; }
  [[nodiscard]] std::size_t copy_count() const { return copies_; }
  [[nodiscard]] std::size_t unpaired_count() const { return halves_.size() - copies_ - 2 * pairs_; }

  /// Adds `halves`, `pairs`, `unpaired`, `mismatches` and `doubled` to `state`.
  void report(Json& state) const;

 private:
  std::vector<Half> halves_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_codes_;
  std::vector<Mismatch> mismatches_;
  std::size_t pairs_ = 0;
  std::size_t copies_ = 0;
};

}  // namespace handover::sim
