#include "storage/stock.hpp"

namespace handover::storage {

using crypto::Quantity;

Result<Quantity> Stock::quantity_of(const StockKey& key) const {
  Query row(
      database_,
      "SELECT quantity FROM stock WHERE location = ? AND prod = ? AND batch = ? AND serial = ?",
      key.location, key.prod, key.batch, key.serial);
  const std::int64_t millionths = row.next() ? row.integer(0) : 0;
  RETURN_IF_ERROR(row.status());
  return Quantity::from_millionths(millionths);
}

Result<Quantity> Stock::move(const StockKey& key, Quantity change, std::string_view as_typed) {
  TRY_ASSIGN(const Quantity before, quantity_of(key));
  const Quantity after = before + change;
  RETURN_IF_ERROR(database_.execute(
      "INSERT OR REPLACE INTO stock (location, prod, batch, serial, quantity, as_typed) VALUES (?, "
      "?, ?, ?, ?, ?)",
      key.location, key.prod, key.batch, key.serial, after.millionths(), as_typed));
  return after;
}

Result<std::vector<std::string>> Stock::products_of_serial(std::string_view serial) const {
  std::vector<std::string> found;
  Query rows(database_, "SELECT DISTINCT prod FROM stock WHERE serial = ? LIMIT 10", serial);
  while (rows.next()) found.emplace_back(rows.text(0));
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<std::vector<StockRow>> Stock::list(std::string_view location, std::string_view part,
                                          const StockKey& after, std::int64_t limit) const {
  std::vector<StockRow> found;
  Query rows(
      database_,
      "SELECT location, prod, batch, serial, quantity, as_typed FROM stock"
      " WHERE (location, prod, batch, serial) > (?1, ?2, ?3, ?4) AND quantity <> 0 AND (?5 = '' OR "
      "location = ?5)"
      " AND (?6 = '' OR instr(prod, ?6) > 0 OR instr(serial, ?6) > 0 OR instr(batch, ?6) > 0)"
      " ORDER BY location, prod, batch, serial LIMIT ?7",
      after.location, after.prod, after.batch, after.serial, location, part, limit);
  while (rows.next()) {
    found.push_back({{std::string(rows.text(0)), std::string(rows.text(1)),
                      std::string(rows.text(2)), std::string(rows.text(3))},
                     Quantity::from_millionths(rows.integer(4)),
                     std::string(rows.text(5))});
  }
  RETURN_IF_ERROR(rows.status());
  return found;
}

}  // namespace handover::storage
