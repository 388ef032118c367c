// This device's half of each transfer, with its tries and the codes that were used up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Values are persistent.
enum class TransferDirection { kOutbound = 1, kInbound = 2 };
enum class TransferState { kOffered = 1, kRecorded = 2, kCompleted = 3, kCancelled = 4, kDead = 5 };

using Digest = std::string;  ///< 32 raw bytes of SHA-256.

struct TransferRow {
  std::int64_t number = 0;
  std::string id;
  TransferDirection direction = TransferDirection::kOutbound;
  TransferState state = TransferState::kOffered;
  std::string body;  ///< What was typed, as JSON.
  std::string terms;
  Digest terms_hash;
  Digest header_hash;
  std::string nonce;
  std::string public_code;
  std::string expected_code;
  std::string line_checks;  ///< JSON list, or empty.
  std::int64_t tries_left = 0;
  WallTime created_at;
  WallTime changed_at;
  std::string record_id;
};

/// All changes require to be called inside Committer::write().
class Transfers {
 public:
  Transfers(Database& database, Entropy& entropy) : database_(database), entropy_(entropy) {}

  /// Writes a new transfer, and gives it its number and id.
  [[nodiscard]] Result<TransferRow> add(TransferRow row);
  /// Writes everything of the row that can change: state, codes, tries, times, record.
  [[nodiscard]] Result<void> update(const TransferRow& row);

  /// Errors: kNotFound.
  [[nodiscard]] Result<TransferRow> read_by_id(std::string_view id) const;
  /// Up to `limit` transfers after number `after`, oldest first.
  [[nodiscard]] Result<std::vector<TransferRow>> list(std::optional<TransferState> state,
                                                      std::int64_t after, std::int64_t limit) const;
  /// All that wait for the other technician in that state.
  [[nodiscard]] Result<std::vector<TransferRow>> open_in(TransferState state) const;

  /// Notes that a sender's nonce is used for these terms; false if it was used before.
  [[nodiscard]] Result<bool> use_nonce(const Digest& terms_hash, std::string_view nonce);
  [[nodiscard]] Result<std::int64_t> count_nonces(const Digest& terms_hash) const;
  /// Notes that the receiver accepted a sender code for these terms.
  [[nodiscard]] Result<void> accept_code(const Digest& terms_hash, std::string_view code);
  [[nodiscard]] Result<bool> is_accepted(const Digest& terms_hash, std::string_view code) const;
  /// Notes one more wrong code for an offer, and returns how many there were. They count for the
  /// nonce between these people and places, not for the half that was recorded: recording it once
  /// more opens no new tries.
  [[nodiscard]] Result<std::int64_t> add_wrong_code(const Digest& header_hash,
                                                    std::string_view nonce);
  [[nodiscard]] Result<std::int64_t> wrong_codes(const Digest& header_hash,
                                                 std::string_view nonce) const;
  /// The right code came. There are 10,000 nonces: a later offer that has this one again starts
  /// with all its tries.
  [[nodiscard]] Result<void> forget_wrong_codes(const Digest& header_hash, std::string_view nonce);

 private:
  Database& database_;
  Entropy& entropy_;
};

}  // namespace handover::storage
