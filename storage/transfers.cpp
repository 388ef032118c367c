#include "storage/transfers.hpp"

#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"
#include "storage/numbered_id.hpp"

namespace handover::storage {
namespace {

#define TRANSFER_COLUMNS                                                                   \
  "id, uuid, direction, state, body, terms, terms_hash, header_hash, nonce, public_code, " \
  "expected_code,"                                                                         \
  " line_checks, tries_left, created_at, changed_at, record_id"

TransferRow row_of(const Query& row) {
  TransferRow transfer;
  transfer.number = row.integer(0);
  transfer.id = row.text(1);
  transfer.direction = static_cast<TransferDirection>(row.integer(2));
  transfer.state = static_cast<TransferState>(row.integer(3));
  transfer.body = row.text(4);
  transfer.terms = row.text(5);
  transfer.terms_hash = row.text(6);
  transfer.header_hash = row.text(7);
  transfer.nonce = row.text(8);
  transfer.public_code = row.text(9);
  transfer.expected_code = row.text(10);
  transfer.line_checks = row.text(11);
  transfer.tries_left = row.integer(12);
  transfer.created_at = WallTime(milliseconds(row.integer(13)));
  transfer.changed_at = WallTime(milliseconds(row.integer(14)));
  transfer.record_id = row.text(15);
  return transfer;
}

std::span<const std::byte> blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }
std::int64_t count_of(WallTime time) { return time.time_since_epoch().count(); }

Result<bool> exists(Query& query) {
  const bool found = query.next();
  RETURN_IF_ERROR(query.status());
  return found;
}

Result<std::vector<TransferRow>> all_of(Query& rows) {
  std::vector<TransferRow> found;
  while (rows.next()) found.push_back(row_of(rows));
  RETURN_IF_ERROR(rows.status());
  return found;
}

}  // namespace

Result<TransferRow> Transfers::add(TransferRow row) {
  {
    Query last(database_, "SELECT coalesce(max(id), 0) FROM transfers");
    row.number = last.next() ? last.integer(0) + 1 : 0;
    RETURN_IF_ERROR(last.status());
  }
  row.id = make_numbered_id(row.number, entropy_);
  RETURN_IF_ERROR(database_.execute(
      "INSERT INTO transfers (" TRANSFER_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.number, row.id, row.direction, row.state, row.body, row.terms, blob(row.terms_hash),
      blob(row.header_hash), row.nonce, row.public_code, row.expected_code, row.line_checks,
      row.tries_left, count_of(row.created_at), count_of(row.changed_at), row.record_id));
  return row;
}

Result<void> Transfers::update(const TransferRow& row) {
  return database_.execute(
      "UPDATE transfers SET state = ?, nonce = ?, public_code = ?, expected_code = ?, line_checks "
      "= ?, tries_left = ?,"
      " changed_at = ?, record_id = ? WHERE id = ?",
      row.state, row.nonce, row.public_code, row.expected_code, row.line_checks, row.tries_left,
      count_of(row.changed_at), row.record_id, row.number);
}

Result<TransferRow> Transfers::read_by_id(std::string_view id) const {
  if (const auto number = number_of(id)) {
    Query row(database_, "SELECT " TRANSFER_COLUMNS " FROM transfers WHERE id = ? AND uuid = ?",
              *number, id);
    if (row.next()) return row_of(row);
    RETURN_IF_ERROR(row.status());
  }
  return fail(Errc::kNotFound, "there is no transfer with this id");
}

Result<std::vector<TransferRow>> Transfers::list(std::optional<TransferState> state,
                                                 std::int64_t after, std::int64_t limit) const {
  Query rows(database_,
             "SELECT " TRANSFER_COLUMNS
             " FROM transfers WHERE id > ?1 AND (?2 = 0 OR state = ?2) ORDER BY id LIMIT ?3",
             after, state ? static_cast<int>(*state) : 0, limit);
  return all_of(rows);
}

Result<std::vector<TransferRow>> Transfers::open_in(TransferState state) const {
  Query rows(database_,
             "SELECT " TRANSFER_COLUMNS
             " FROM transfers WHERE state = ? AND state IN (1, 2) ORDER BY id",
             state);
  return all_of(rows);
}

Result<bool> Transfers::use_nonce(const Digest& terms_hash, std::string_view nonce) {
  RETURN_IF_ERROR(
      database_.execute("INSERT OR IGNORE INTO used_nonces (terms_hash, nonce) VALUES (?, ?)",
                        blob(terms_hash), nonce));
  return database_.changes() > 0;
}

Result<std::int64_t> Transfers::count_nonces(const Digest& terms_hash) const {
  Query count(database_, "SELECT count(*) FROM used_nonces WHERE terms_hash = ?", blob(terms_hash));
  const std::int64_t used = count.next() ? count.integer(0) : 0;
  RETURN_IF_ERROR(count.status());
  return used;
}

Result<void> Transfers::accept_code(const Digest& terms_hash, std::string_view code) {
  if (deliberate_bug(Bug::kCodeOpensTwice)) return {};
  return database_.execute("INSERT INTO accepted_codes (terms_hash, code) VALUES (?, ?)",
                           blob(terms_hash), code);
}

Result<bool> Transfers::is_accepted(const Digest& terms_hash, std::string_view code) const {
  Query found(database_, "SELECT 1 FROM accepted_codes WHERE terms_hash = ? AND code = ?",
              blob(terms_hash), code);
  return exists(found);
}

Result<std::int64_t> Transfers::add_wrong_code(const Digest& header_hash, std::string_view nonce) {
  RETURN_IF_ERROR(
      database_.execute("INSERT INTO wrong_codes (header_hash, nonce, wrong) VALUES (?, ?, 1)"
                        " ON CONFLICT (header_hash, nonce) DO UPDATE SET wrong = wrong + 1",
                        blob(header_hash), nonce));
  return wrong_codes(header_hash, nonce);
}

Result<void> Transfers::forget_wrong_codes(const Digest& header_hash, std::string_view nonce) {
  return database_.execute("DELETE FROM wrong_codes WHERE header_hash = ? AND nonce = ?",
                           blob(header_hash), nonce);
}

Result<std::int64_t> Transfers::wrong_codes(const Digest& header_hash,
                                            std::string_view nonce) const {
  Query count(database_, "SELECT wrong FROM wrong_codes WHERE header_hash = ? AND nonce = ?",
              blob(header_hash), nonce);
  const std::int64_t wrong = count.next() ? count.integer(0) : 0;
  RETURN_IF_ERROR(count.status());
  if (wrong > 1) HANDOVER_MARK("storage.wrong_codes_add_up");
  return wrong;
}

}  // namespace handover::storage
