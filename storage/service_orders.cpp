#include "storage/service_orders.hpp"

#include "storage/numbered_id.hpp"

namespace handover::storage {
namespace {

#define ORDER_COLUMNS                                                                         \
  "number, uuid, state, body, purchase_order, bill_to, proposed_by, created_at, changed_at, " \
  "record_seq, record_id"

ServiceOrderRow row_of(const Query& row) {
  ServiceOrderRow order;
  order.number = row.integer(0);
  order.id = row.text(1);
  order.state = static_cast<ServiceOrderState>(row.integer(2));
  order.body = row.text(3);
  order.purchase_order = row.text(4);
  order.bill_to = row.text(5);
  order.proposed_by = row.text(6);
  order.created_at = WallTime(milliseconds(row.integer(7)));
  order.changed_at = WallTime(milliseconds(row.integer(8)));
  order.record_seq = row.integer(9);
  order.record_id = row.text(10);
  return order;
}

std::int64_t count_of(WallTime time) { return time.time_since_epoch().count(); }

}  // namespace

Result<ServiceOrderRow> ServiceOrders::add(ServiceOrderRow row) {
  {
    Query last(database_, "SELECT coalesce(max(number), 0) FROM service_orders");
    row.number = last.next() ? last.integer(0) + 1 : 0;
    RETURN_IF_ERROR(last.status());
  }
  row.id = make_numbered_id(row.number, entropy_);
  RETURN_IF_ERROR(database_.execute(
      "INSERT INTO service_orders (" ORDER_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.number, row.id, row.state, row.body, row.purchase_order, row.bill_to, row.proposed_by,
      count_of(row.created_at), count_of(row.changed_at), row.record_seq, row.record_id));
  return row;
}

Result<void> ServiceOrders::update(const ServiceOrderRow& row) {
  return database_.execute(
      "UPDATE service_orders SET state = ?, body = ?, purchase_order = ?, bill_to = ?, changed_at "
      "= ?, record_seq = ?, record_id = ? WHERE number = ?",
      row.state, row.body, row.purchase_order, row.bill_to, count_of(row.changed_at),
      row.record_seq, row.record_id, row.number);
}

Result<ServiceOrderRow> ServiceOrders::read_by_id(std::string_view id) const {
  if (const auto number = number_of(id)) {
    Query row(database_,
              "SELECT " ORDER_COLUMNS " FROM service_orders WHERE number = ? AND uuid = ?", *number,
              id);
    if (row.next()) return row_of(row);
    RETURN_IF_ERROR(row.status());
  }
  return fail(Errc::kNotFound, "there is no service order with this id");
}

Result<std::vector<ServiceOrderRow>> ServiceOrders::list(std::int64_t after,
                                                         std::int64_t limit) const {
  std::vector<ServiceOrderRow> found;
  Query rows(database_,
             "SELECT " ORDER_COLUMNS
             " FROM service_orders WHERE number > ? ORDER BY number LIMIT ?",
             after, limit);
  while (rows.next()) found.push_back(row_of(rows));
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<bool> ServiceOrders::is_used(std::string_view purchase_order, std::string_view bill_to,
                                    std::int64_t number) const {
  if (purchase_order.empty()) return false;
  Query other(
      database_,
      "SELECT 1 FROM service_orders WHERE purchase_order = ? AND bill_to = ? AND number <> ?"
      " AND state <> 3 LIMIT 1",
      purchase_order, bill_to, number);
  const bool used = other.next();
  RETURN_IF_ERROR(other.status());
  return used;
}

}  // namespace handover::storage
