// The journal: every record that this device has accepted, in order, written once and never
// changed.
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

struct JournalEntry {
  std::string id;
  std::int64_t seq = 0;
  int kind = 0;
  WallTime captured_at;
  std::string body;  ///< JSON.
};

struct DamagedEntry {
  std::int64_t seq = 0;
  std::string reason;
};

class Journal {
 public:
  Journal(Database& database, Entropy& entropy) : database_(database), entropy_(entropy) {}

  /// Writes the next record; its number is one more than the last. Requires: called inside
  /// Committer::write().
  [[nodiscard]] Result<JournalEntry> append(int kind, WallTime captured_at, std::string body);

  /// Errors: kNotFound; kCorrupt if the entry was set aside, or its checksum does not fit, or its
  /// page cannot be read. Of these only the last makes SQLite undo an open transaction.
  [[nodiscard]] Result<JournalEntry> read(std::int64_t seq) const;
  [[nodiscard]] Result<JournalEntry> read_by_id(std::string_view id) const;

  /// True for each record that was ever appended or found damaged, whether it can be read or not.
  [[nodiscard]] Result<bool> contains(std::int64_t seq) const;

  /// The number of the newest record, which is also how many there are; 0 if there is none.
  [[nodiscard]] Result<std::int64_t> last_seq() const;

  /// Up to `limit` numbers of entries after `after`, oldest first; also of those that were found
  /// missing, and of those on a page that cannot be read.
  [[nodiscard]] Result<std::vector<std::int64_t>> list(std::int64_t after,
                                                       std::int64_t limit) const;

  /// Checks the chain from `from` on, over at most `limit` entries, and returns the number to go on
  /// from, or nothing at the end. Damaged entries, also those on a page that cannot be read, go
  /// into `damaged`. Requires: not called inside Committer::write().
  [[nodiscard]] Result<std::optional<std::int64_t>> verify(
      std::int64_t from, std::int64_t limit, std::vector<DamagedEntry>& damaged) const;

  /// Sets an entry aside: from now on it is reported, and no longer read or sent. Requires: called
  /// inside Committer::write().
  [[nodiscard]] Result<void> set_aside(const DamagedEntry& entry, WallTime found_at);
  /// It can be read again, or a person wants that tried. Requires: called inside
  /// Committer::write().
  [[nodiscard]] Result<void> take_back(std::int64_t seq);
  [[nodiscard]] Result<std::vector<DamagedEntry>> damaged() const;

 private:
  [[nodiscard]] Result<JournalEntry> read_chained(std::int64_t seq) const;
  [[nodiscard]] Result<JournalEntry> read_alone(std::int64_t seq) const;
  [[nodiscard]] Result<std::vector<std::int64_t>> list_readable(std::int64_t after,
                                                                std::int64_t limit) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> verify_chain(
      std::int64_t from, std::int64_t limit, std::vector<DamagedEntry>& damaged) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> verify_each(
      std::int64_t from, std::int64_t limit, std::vector<DamagedEntry>& damaged) const;

  Database& database_;
  Entropy& entropy_;
};

}  // namespace handover::storage
