// One SQLCipher connection: the only way to the disk. RAII around sqlite3; every failure becomes an
// Error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "platform/result.hpp"
#include "platform/secret.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace handover::storage {

/// "HOVR", PRAGMA application_id: tells our stores from other programs' databases that happen to
/// open with the same key.
inline constexpr std::int64_t kApplicationId = 0x484f5652;

enum class OpenMode {
  kExisting,  ///< The file must be there.
  kCreate,    ///< The file must not be there, or be empty.
  kExamine,   ///< As kExisting, but to look at damage (page_check.hpp): no page is read yet, so
              ///< neither key nor owner are proved and nobody is kept out. Nothing is written.
};

struct DatabaseSettings {
  std::string path;
  std::string vfs;  ///< Name of the SQLite VFS that does the I/O; empty: the platform's own.
  OpenMode mode = OpenMode::kExisting;
  std::int64_t cache_kib = 1024;  ///< Of the store kept in memory, at the most.
};

/// What a writer hears whose transaction SQLite has undone.
[[nodiscard]] Error undone_error();

class Database {
 public:
  /// Opens the file with a raw 32-byte key, takes the lock that keeps other processes out, and sets
  /// the pragmas that durability rests on: `locking_mode=EXCLUSIVE`, WAL, `synchronous=FULL`,
  /// `temp_store=MEMORY`. Each is read back. Errors: kConfig (no file, or one where none may be),
  /// kWrongKey, kForeignFile, kReadOnly, kInUse, kDiskFull, kCorrupt, kIo. On an error the file is
  /// as it was.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseSettings& settings,
                                                              const Secret& key);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one statement that returns no rows. `sql` must be a literal: it is the key of the cache
  /// of prepared statements.
  template <typename... Values>
  [[nodiscard]] Result<void> execute(const char* sql, const Values&... values);

  /// Runs several statements without parameters (schema, pragmas). Not cached.
  [[nodiscard]] Result<void> execute_script(const char* sql);

  [[nodiscard]] std::int64_t last_insert_id() const;
  /// Rows that the last statement changed.
  [[nodiscard]] std::int64_t changes() const;
  /// Rows that were changed since the store was opened, also those that were undone again.
  [[nodiscard]] std::int64_t total_changes() const;
  [[nodiscard]] bool in_transaction() const;
  /// Of the file itself, without the log.
  [[nodiscard]] std::int64_t file_pages() const;
  /// After some errors, also of a mere SELECT, SQLite undoes the whole transaction by itself.
  /// Between begin_piece() and end_piece() nothing runs any more then: each further statement would
  /// be a transaction of its own, and durable. Requires: in_transaction().
  void begin_piece() { in_piece_ = true; }
  void end_piece() { in_piece_ = false; }
  /// That the transaction of the present piece was undone.
  [[nodiscard]] bool is_piece_undone() const { return in_piece_ && !in_transaction(); }
  [[nodiscard]] Error last_error() const;
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  friend class Query;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  explicit Database(sqlite3* handle) : handle_(handle) {}
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);
  [[nodiscard]] Result<void> configure(const DatabaseSettings& settings, const Secret& key);
  [[nodiscard]] Result<void> check_file(const DatabaseSettings& settings);
  [[nodiscard]] Result<void> check_owner(const DatabaseSettings& settings);
  [[nodiscard]] Result<void> check_pragma(const char* sql, std::string_view expected);

  sqlite3* handle_;
  bool in_piece_ = false;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

/// One run of a statement. Rows come with next(); after the last, or an error, status() says which
/// it was.
///     Query rows(db, "SELECT id, why FROM deliveries WHERE lane = ?", lane);
///     while (rows.next()) use(rows.integer(0), rows.text(1));
///     RETURN_IF_ERROR(rows.status());
class Query {
 public:
  template <typename... Values>
  Query(Database& database, const char* sql, const Values&... values)
      : database_(database), statement_(database.prepare(sql)) {
    int index = 0;
    (bind(++index, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  [[nodiscard]] bool next();
  [[nodiscard]] Result<void> status() const;

  [[nodiscard]] std::int64_t integer(int column) const;
  /// Valid until next(), or the end of this query. NULL reads as empty.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  template <typename Value>
  void bind(int index, const Value& value) {
    if constexpr (std::is_same_v<Value, std::nullptr_t>) {
      bind_null(index);
    } else if constexpr (std::is_enum_v<Value> || std::is_integral_v<Value>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_convertible_v<const Value&, std::span<const std::byte>>) {
      bind_blob(index, value);
    } else {
      bind_text(index, value);
    }
  }
  template <typename Value>
  void bind(int index, const std::optional<Value>& value) {
    value ? bind(index, *value) : bind_null(index);
  }
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::span<const std::byte> value);
  void bind_null(int index);

  Database& database_;
  sqlite3_stmt* statement_;
  int result_ = 0;
};

template <typename... Values>
Result<void> Database::execute(const char* sql, const Values&... values) {
  Query query(*this, sql, values...);
  while (query.next()) {
  }
  return query.status();
}

}  // namespace handover::storage
