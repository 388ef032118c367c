// Stock: what this device believes is in each storage location. A projection of its records; it can
// be wrong, they can not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/quantity.hpp"
#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Canonical forms (crypto/identifier.hpp); batch and serial may be empty.
struct StockKey {
  std::string location;
  std::string prod;
  std::string batch;
  std::string serial;
};

struct StockRow {
  StockKey key;
  crypto::Quantity quantity;  ///< Negative where more left than was ever known to be there.
  std::string as_typed;       ///< JSON list: location, prod, batch, serial as last typed.
};

class Stock {
 public:
  explicit Stock(Database& database) : database_(database) {}

  /// Zero for what was never seen.
  [[nodiscard]] Result<crypto::Quantity> quantity_of(const StockKey& key) const;
  /// Adds `change` (may be negative) and returns the count after. Requires: called inside
  /// Committer::write().
  [[nodiscard]] Result<crypto::Quantity> move(const StockKey& key, crypto::Quantity change,
                                              std::string_view as_typed);

  /// The products (canonical) that this serial number (canonical) was ever seen with on this
  /// device, in stock or not. At most 10.
  [[nodiscard]] Result<std::vector<std::string>> products_of_serial(std::string_view serial) const;

  /// Up to `limit` rows with a quantity other than zero, in the order of the key, after `after`; of
  /// one location if it is not empty, and whose product, batch or serial contains `part`. The texts
  /// are canonical forms.
  [[nodiscard]] Result<std::vector<StockRow>> list(std::string_view location, std::string_view part,
                                                   const StockKey& after, std::int64_t limit) const;

 private:
  Database& database_;
};

}  // namespace handover::storage
