// Service orders from draft to record. What became of a submitted one stands in its delivery.
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
enum class ServiceOrderState { kDraft = 1, kSubmitted = 2, kCancelled = 3 };

struct ServiceOrderRow {
  std::int64_t number = 0;
  std::string id;
  ServiceOrderState state = ServiceOrderState::kDraft;
  std::string body;  ///< The order, as JSON.
  std::string purchase_order;
  std::string bill_to;
  std::string proposed_by;  ///< Id of the record that led to it, or empty.
  WallTime created_at;
  WallTime changed_at;
  std::int64_t record_seq = 0;  ///< 0 before it is submitted.
  std::string record_id;
};

/// All changes require to be called inside Committer::write().
class ServiceOrders {
 public:
  ServiceOrders(Database& database, Entropy& entropy) : database_(database), entropy_(entropy) {}

  /// Writes a new order, and gives it its number and id.
  [[nodiscard]] Result<ServiceOrderRow> add(ServiceOrderRow row);
  /// Writes everything of the row but its number, id, origin and birth.
  [[nodiscard]] Result<void> update(const ServiceOrderRow& row);

  /// Errors: kNotFound.
  [[nodiscard]] Result<ServiceOrderRow> read_by_id(std::string_view id) const;
  /// Up to `limit` orders after number `after`, oldest first.
  [[nodiscard]] Result<std::vector<ServiceOrderRow>> list(std::int64_t after,
                                                          std::int64_t limit) const;
  /// True if an order other than `number` has this purchase order number for this bill-to: one that
  /// was submitted, whatever became of it, or a draft that is not cancelled.
  [[nodiscard]] Result<bool> is_used(std::string_view purchase_order, std::string_view bill_to,
                                     std::int64_t number) const;

 private:
  Database& database_;
  Entropy& entropy_;
};

}  // namespace handover::storage
