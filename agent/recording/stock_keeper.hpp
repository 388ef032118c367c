// Keeps the device's stock in step with its records, and says what does not fit what it believes.
#pragma once

#include <string>
#include <vector>

#include "agent/domain/transfer.hpp"
#include "agent/domain/usage.hpp"
#include "platform/result.hpp"
#include "storage/store.hpp"

namespace handover::recording {

enum class StockPolicy {
  kWarn,  ///< What the device does not believe it has can be handed over and used, with a warning.
  kEnforce,  ///< It is refused.
};

/// Something worth knowing that stopped nothing.
using Warning = FieldError;

class StockKeeper {
 public:
  StockKeeper(storage::Store& store, StockPolicy policy) : store_(store), policy_(policy) {}

  /// What of an outbound transfer is not there, or is on offer to somebody already.
  /// Errors: kRefused `not-in-stock` under kEnforce, with the lines.
  [[nodiscard]] Result<std::vector<Warning>> check(const Transfer& transfer) const;
  /// The same for what a usage takes.
  [[nodiscard]] Result<std::vector<Warning>> check(const Usage& usage) const;

  /// Moves stock, and fills in each line's count after the movement; a counted line gets its
  /// movement. Returns the lines after which a serialized unit is there more than once, or less
  /// than not at all. Requires: called inside Committer::write(), in the piece that writes the
  /// record.
  [[nodiscard]] Result<std::vector<Warning>> move(Usage& usage);

 private:
  struct Line {
    storage::StockKey key;
    crypto::Quantity out;
    std::string pointer;
    std::string location;  ///< As typed.
  };

  [[nodiscard]] Result<std::vector<Warning>> check(const std::vector<Line>& lines) const;
  [[nodiscard]] Result<std::vector<Line>> lines_on_offer() const;

  storage::Store& store_;
  StockPolicy policy_;
};

}  // namespace handover::recording
