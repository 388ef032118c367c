#include "storage/journal.hpp"

#include <algorithm>
#include <array>

#include "crypto/sha256.hpp"
#include "platform/mark.hpp"
#include "storage/numbered_id.hpp"

namespace handover::storage {
namespace {

using Checksum = std::array<std::byte, 32>;

std::string_view as_text(const Checksum& checksum) {
  return {reinterpret_cast<const char*>(checksum.data()), checksum.size()};
}

// Lengths stand before the texts of varying length, so that no two entries give the same bytes.
Checksum checksum_of(std::string_view previous, const JournalEntry& entry) {
  const std::string numbers = std::to_string(entry.seq) + "|" + std::to_string(entry.kind) + "|" +
                              std::to_string(entry.captured_at.time_since_epoch().count()) + "|" +
                              std::to_string(entry.id.size()) + "|" +
                              std::to_string(entry.body.size()) + "|";
  return crypto::sha256({previous, numbers, entry.id, entry.body});
}

JournalEntry entry_of(const Query& row) {
  JournalEntry entry;
  entry.seq = row.integer(0);
  entry.id = row.text(1);
  entry.kind = static_cast<int>(row.integer(2));
  entry.captured_at = WallTime(milliseconds(row.integer(3)));
  entry.body = row.text(4);
  return entry;
}

Error damaged_error(std::int64_t seq) {
  return Error(Errc::kCorrupt,
               "record " + std::to_string(seq) + " is damaged on this device and was set aside");
}

bool is_damage(const Error& error) {
  return error.code == Errc::kCorrupt || error.code == Errc::kNotFound;
}

template <typename Outcome>
bool is_page_damaged(const Outcome& outcome) {
  return !outcome && outcome.error().code == Errc::kCorrupt;
}

}  // namespace

Result<JournalEntry> Journal::append(int kind, WallTime captured_at, std::string body) {
  JournalEntry entry;
  std::string previous;
  {
    Query last(database_, "SELECT seq, checksum FROM records ORDER BY seq DESC LIMIT 1");
    if (last.next()) {
      entry.seq = last.integer(0);
      previous = last.text(1);
    }
    RETURN_IF_ERROR(last.status());
  }
  entry.seq += 1;
  entry.id = make_numbered_id(entry.seq, entropy_);
  entry.kind = kind;
  entry.captured_at = captured_at;
  entry.body = std::move(body);
  const Checksum checksum = checksum_of(previous, entry);
  RETURN_IF_ERROR(database_.execute(
      "INSERT INTO records (seq, id, kind, captured_at, body, checksum) VALUES (?, ?, ?, ?, ?, ?)",
      entry.seq, entry.id, entry.kind, captured_at.time_since_epoch().count(), entry.body,
      checksum));
  return entry;
}

Result<JournalEntry> Journal::read(std::int64_t seq) const {
  bool chained = true;
  {
    Query aside(database_, "SELECT seq FROM damaged_records WHERE seq IN (?1 - 1, ?1)", seq);
    while (aside.next()) {
      if (aside.integer(0) == seq) return fail(damaged_error(seq));
      chained = false;
    }
    // Where the list of those set aside cannot be read itself, the entry speaks for itself.
    if (const auto status = aside.status(); !status && !is_page_damaged(status))
      return fail(status.error());
  }
  return chained ? read_chained(seq) : read_alone(seq);
}

Result<JournalEntry> Journal::read_chained(std::int64_t seq) const {
  Query row(
      database_,
      "SELECT r.seq, r.id, r.kind, r.captured_at, r.body, r.checksum, coalesce(p.checksum, x'')"
      " FROM records r LEFT JOIN records p ON p.seq = r.seq - 1 WHERE r.seq = ?",
      seq);
  if (!row.next()) {
    if (!row.status()) HANDOVER_MARK("storage.record_unreadable");
    RETURN_IF_ERROR(row.status());
    return fail(Errc::kNotFound, "there is no record " + std::to_string(seq));
  }
  JournalEntry entry = entry_of(row);
  if (as_text(checksum_of(row.text(6), entry)) != row.text(5)) return fail(damaged_error(seq));
  return entry;
}

/// The chain begins anew behind an entry that was set aside: what stands here vouches for itself by
/// its page's own checksum only.
Result<JournalEntry> Journal::read_alone(std::int64_t seq) const {
  Query row(database_, "SELECT seq, id, kind, captured_at, body FROM records WHERE seq = ?", seq);
  if (row.next()) return entry_of(row);
  RETURN_IF_ERROR(row.status());
  return fail(Errc::kNotFound, "there is no record " + std::to_string(seq));
}

Result<JournalEntry> Journal::read_by_id(std::string_view id) const {
  const auto seq = number_of(id);
  if (!seq) return fail(Errc::kNotFound, "there is no record with this id");
  TRY_ASSIGN(JournalEntry entry, read(*seq));
  if (entry.id != id) return fail(Errc::kNotFound, "there is no record with this id");
  return entry;
}

Result<bool> Journal::contains(std::int64_t seq) const {
  Query found(database_,
              "SELECT 1 FROM damaged_records WHERE seq = ?1 UNION ALL SELECT 1 FROM records WHERE "
              "seq = ?1 LIMIT 1",
              seq);
  const bool is_there = found.next();
  RETURN_IF_ERROR(found.status());
  return is_there;
}

Result<std::int64_t> Journal::last_seq() const {
  {
    Query last(database_, "SELECT coalesce(max(seq), 0) FROM records");
    if (last.next()) return last.integer(0);
    if (const auto status = last.status(); !is_page_damaged(status)) return fail(status.error());
  }
  // The newest page cannot be read; its entries are known by what was to be done with them.
  Query known(database_,
              "SELECT max(coalesce((SELECT max(id) FROM deliveries), 0) / 65536,"
              " coalesce((SELECT max(seq) FROM damaged_records), 0))");
  const std::int64_t seq = known.next() ? known.integer(0) : 0;
  RETURN_IF_ERROR(known.status());
  return seq;
}

Result<std::vector<std::int64_t>> Journal::list(std::int64_t after, std::int64_t limit) const {
  auto readable = list_readable(after, limit);
  if (!is_page_damaged(readable)) return readable;
  // A page that cannot be read ends a scan, and hides what stands behind it. Numbers have no gaps.
  TRY_ASSIGN(const std::int64_t last, last_seq());
  std::vector<std::int64_t> numbers;
  for (std::int64_t seq = after + 1; seq <= std::min(last, after + limit); ++seq)
    numbers.push_back(seq);
  return numbers;
}

Result<std::vector<std::int64_t>> Journal::list_readable(std::int64_t after,
                                                         std::int64_t limit) const {
  std::vector<std::int64_t> found;
  Query rows(database_,
             "SELECT seq FROM records WHERE seq > ?1 UNION SELECT seq FROM damaged_records WHERE "
             "seq > ?1 ORDER BY seq LIMIT ?2",
             after, limit);
  while (rows.next()) found.push_back(rows.integer(0));
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<std::optional<std::int64_t>> Journal::verify(std::int64_t from, std::int64_t limit,
                                                    std::vector<DamagedEntry>& damaged) const {
  const std::size_t before = damaged.size();
  auto next = verify_chain(from, limit, damaged);
  if (!is_page_damaged(next)) return next;
  HANDOVER_MARK("storage.page_of_records_unreadable");
  damaged.resize(before);
  return verify_each(from, limit, damaged);
}

Result<std::optional<std::int64_t>> Journal::verify_each(std::int64_t from, std::int64_t limit,
                                                         std::vector<DamagedEntry>& damaged) const {
  TRY_ASSIGN(const std::int64_t last, last_seq());
  const std::int64_t end = std::min(from + limit, last + 1);
  for (std::int64_t seq = from; seq < end; ++seq) {
    auto entry = read_chained(seq);
    // The page that cannot be read may be that of the entry before.
    if (is_page_damaged(entry)) entry = read_alone(seq);
    if (!entry && !is_damage(entry.error())) return fail(std::move(entry).error());
    if (!entry) damaged.push_back({seq, "it cannot be read"});
  }
  if (end > last) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(end);
}

Result<std::optional<std::int64_t>> Journal::verify_chain(
    std::int64_t from, std::int64_t limit, std::vector<DamagedEntry>& damaged) const {
  std::string previous;
  {
    Query before(database_, "SELECT checksum FROM records WHERE seq = ?", from - 1);
    if (before.next()) previous = before.text(0);
    RETURN_IF_ERROR(before.status());
  }
  std::int64_t expected = from;
  std::int64_t checked = 0;
  Query rows(database_,
             "SELECT seq, id, kind, captured_at, body, checksum FROM records WHERE seq >= ? ORDER "
             "BY seq LIMIT ?",
             from, limit);
  while (rows.next()) {
    const JournalEntry entry = entry_of(rows);
    for (; expected < entry.seq; ++expected) damaged.push_back({expected, "it is missing"});
    if (as_text(checksum_of(previous, entry)) != rows.text(5)) {
      damaged.push_back({entry.seq, "its checksum does not fit"});
    }
    previous = rows.text(5);
    ++expected;
    ++checked;
  }
  RETURN_IF_ERROR(rows.status());
  if (checked < limit) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(expected);
}

Result<void> Journal::set_aside(const DamagedEntry& entry, WallTime found_at) {
  return database_.execute(
      "INSERT OR IGNORE INTO damaged_records (seq, reason, found_at) VALUES (?, ?, ?)", entry.seq,
      entry.reason, found_at.time_since_epoch().count());
}

Result<void> Journal::take_back(std::int64_t seq) {
  return database_.execute("DELETE FROM damaged_records WHERE seq = ?", seq);
}

Result<std::vector<DamagedEntry>> Journal::damaged() const {
  std::vector<DamagedEntry> found;
  Query rows(database_, "SELECT seq, reason FROM damaged_records ORDER BY seq");
  while (rows.next()) found.push_back({rows.integer(0), std::string(rows.text(1))});
  RETURN_IF_ERROR(rows.status());
  return found;
}

}  // namespace handover::storage
