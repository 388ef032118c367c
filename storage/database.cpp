#include "storage/database.hpp"

#include <sqlite3.h>

#include <array>
#include <map>

#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"
#include "storage/log_file.hpp"

namespace handover::storage {
namespace {

constexpr std::int64_t kPageBytes = 4096;  // SQLCipher 4's default.
constexpr std::string_view kPlainHeader = "SQLite format 3";

Errc errc_of(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      HANDOVER_MARK("storage.disk_full");
      return Errc::kDiskFull;
    case SQLITE_READONLY:
      return Errc::kReadOnly;
    case SQLITE_NOTADB:
      HANDOVER_MARK("storage.wrong_key");
      return Errc::kWrongKey;
    case SQLITE_CORRUPT:
      HANDOVER_MARK("storage.damaged_page");
      return Errc::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::kInUse;
    default:
      HANDOVER_MARK("storage.disk_error");
      return Errc::kIo;
  }
}

std::string words_of(Errc code) {
  static const std::map<Errc, const char*> kWords = {
      {Errc::kDiskFull, "the disk is full: free some space; nothing was changed"},
      {Errc::kReadOnly,
       "the store cannot be written: check that its folder, file and disk are writable"},
      {Errc::kWrongKey,
       "the key does not open this store, or its first page is damaged (handover doctor says "
       "which); nothing was written"},
      {Errc::kCorrupt,
       "the store has a damaged page, and this cannot be done without it; stop the agent, copy the "
       "store and its -wal away, then run: handover doctor"},
      {Errc::kInUse, "another process has this store open; stop it first"},
  };
  const auto words = kWords.find(code);
  return words != kWords.end() ? words->second : "the store could not be read or written";
}

Error error_of(int result, std::string_view place) {
  const Errc code = errc_of(result);
  std::string detail = words_of(code);
  if (code == Errc::kIo)
    detail += " (" + std::string(sqlite3_errstr(result)) + ", code " + std::to_string(result) + ")";
  if (!place.empty()) detail = std::string(place) + ": " + detail;
  return Error(code, std::move(detail));
}

Secret key_literal(const Secret& key) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 67> text{};
  std::size_t end = 0;
  text[end++] = 'x';
  text[end++] = '\'';
  for (const std::byte byte : key.bytes()) {
    text[end++] = kDigits[std::to_integer<unsigned>(byte >> 4)];
    text[end++] = kDigits[std::to_integer<unsigned>(byte & std::byte{0x0f})];
  }
  text[end++] = '\'';
  Secret literal(std::string_view(text.data(), end));
  text.fill('\0');
  return literal;
}

/// The file as the VFS has it, or nullptr if it is not open yet.
sqlite3_file* main_file(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

}  // namespace

bool has_log(sqlite3* handle, const std::string& path) {
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  int exists = 0;
  return vfs != nullptr &&
         vfs->xAccess(vfs, (path + "-wal").c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK &&
         exists != 0;
}

Error undone_error() {
  return Error(
      Errc::kIo,
      "the disk refused a write, and everything since the last commit was undone; try again");
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<std::unique_ptr<Database>> Database::open(const DatabaseSettings& settings,
                                                 const Secret& key) {
  INVARIANT(key.bytes().size() == 32);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (settings.mode == OpenMode::kCreate ? SQLITE_OPEN_CREATE : 0);
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(settings.path.c_str(), &handle, flags,
                                     settings.vfs.empty() ? nullptr : settings.vfs.c_str());
  std::unique_ptr<Database> database(new Database(handle));
  if (opened == SQLITE_CANTOPEN || (opened & 0xff) == SQLITE_CANTOPEN) {
    HANDOVER_MARK("storage.no_store_opened");
    return fail(Errc::kConfig,
                settings.path + ": no store can be opened there; make one with: handover init");
  }
  if (opened != SQLITE_OK) return fail(error_of(opened, settings.path));
  // Until the file has proved to be ours, closing it must not fold a log that was there into it.
  const auto fold_log_on_close = [&](bool fold) {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1, nullptr);
  };
  fold_log_on_close(!has_log(handle, settings.path));
  if (auto configured = database->configure(settings, key); !configured) {
    Error error = std::move(configured).error();
    if (error.code == Errc::kForeignFile || error.code == Errc::kConfig)
      return fail(std::move(error));
    return fail(std::move(error).with_context(settings.path));
  }
  fold_log_on_close(settings.mode != OpenMode::kExamine || !has_log(handle, settings.path));
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

Result<void> Database::configure(const DatabaseSettings& settings, const Secret& key) {
  RETURN_IF_ERROR(check_file(settings));
  if (sqlite3_db_readonly(handle_, "main") == 1)
    return fail(Errc::kReadOnly, words_of(Errc::kReadOnly));
  const Secret literal = key_literal(key);
  const std::string_view text = literal.reveal();
  const bool keyless = deliberate_bug(Bug::kStoreWithoutKey);
  if (const int keyed =
          keyless ? SQLITE_OK
                  : sqlite3_key_v2(handle_, "main", text.data(), static_cast<int>(text.size()));
      keyed != SQLITE_OK) {
    return fail(error_of(keyed, {}));
  }
  // SQLCipher's own log goes to stderr with its own words; ours says what a person needs. The key
  // sets it back, so it comes after.
  RETURN_IF_ERROR(execute_script("PRAGMA cipher_log_level = NONE"));
  RETURN_IF_ERROR(check_pragma("PRAGMA locking_mode = EXCLUSIVE", "exclusive"));
  if (settings.mode == OpenMode::kExamine) return execute_script("PRAGMA temp_store = MEMORY");
  // The first read of the file proves the key; nothing has been written before it.
  RETURN_IF_ERROR(check_owner(settings));
  RETURN_IF_ERROR(check_pragma("PRAGMA journal_mode = WAL", "wal"));
  RETURN_IF_ERROR(execute_script(
      "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;"
      "PRAGMA journal_size_limit = 8388608"));
  const std::string set_cache = "PRAGMA cache_size = -" + std::to_string(settings.cache_kib);
  RETURN_IF_ERROR(execute_script(set_cache.c_str()));
  if (deliberate_bug(Bug::kSynchronousNormal)) {
    RETURN_IF_ERROR(execute_script("PRAGMA synchronous = NORMAL"));
  } else {
    RETURN_IF_ERROR(check_pragma("PRAGMA synchronous", "2"));
  }
  RETURN_IF_ERROR(check_pragma("PRAGMA temp_store", "2"));
  // An empty write transaction takes the exclusive lock now, not at the first record.
  RETURN_IF_ERROR(execute_script("BEGIN IMMEDIATE; COMMIT"));
  return {};
}

/// Looks at the raw file before any key touches it, through the VFS that will do all other I/O.
Result<void> Database::check_file(const DatabaseSettings& settings) {
  sqlite3_file* file = main_file(handle_);
  if (file == nullptr) return {};
  sqlite3_int64 bytes = 0;
  if (const int sized = file->pMethods->xFileSize(file, &bytes); sized != SQLITE_OK)
    return fail(error_of(sized, {}));
  if (settings.mode == OpenMode::kCreate) {
    if (bytes == 0) return {};
    return fail(Errc::kConfig, settings.path + ": a file is there already; it was left as it is");
  }
  std::array<char, 16> header{};
  // A crash while the log is folded in can tear the last page; then the log still has it.
  const bool whole_pages =
      bytes >= kPageBytes && (bytes % kPageBytes == 0 || has_log(handle_, settings.path));
  if (deliberate_bug(Bug::kStoreWithoutKey)) return {};
  if (whole_pages) {
    const int read = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
    if (read != SQLITE_OK) return fail(error_of(read, {}));
  }
  if (!whole_pages || std::string_view(header.data(), kPlainHeader.size()) == kPlainHeader) {
    return fail(Errc::kForeignFile,
                settings.path + ": this is not a handover store; nothing was written to it");
  }
  return {};
}

/// Looks whose database it is before a setting is changed that stays in the file.
Result<void> Database::check_owner(const DatabaseSettings& settings) {
  Query tables(*this, "SELECT count(*) FROM sqlite_master");
  const bool empty = tables.next() && tables.integer(0) == 0;
  RETURN_IF_ERROR(tables.status());
  Query application(*this, "PRAGMA application_id");
  const bool ours = application.next() && application.integer(0) == kApplicationId;
  RETURN_IF_ERROR(application.status());
  if (ours || empty) return {};
  return fail(
      Errc::kForeignFile,
      settings.path + ": this database belongs to another program; nothing was written to it");
}

Result<void> Database::check_pragma(const char* sql, std::string_view expected) {
  Query query(*this, sql);
  if (query.next() && query.text(0) == expected) return {};
  RETURN_IF_ERROR(query.status());
  return fail(Errc::kIo, std::string("the setting '") + sql +
                             "' did not take effect; the store is not safe to use");
}

Result<void> Database::execute_script(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return fail(error_of(result, {}));
  return {};
}

sqlite3_stmt* Database::prepare(const char* sql) {
  if (is_piece_undone()) return nullptr;
  auto& slot = statements_[sql];
  if (slot == nullptr) {
    sqlite3_stmt* statement = nullptr;
    const int prepared =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    INVARIANT((prepared & 0xff) != SQLITE_ERROR);  // Bad SQL is ours; anything else is the disk's.
    if (statement == nullptr) HANDOVER_MARK("storage.statement_not_prepared");
    slot.reset(statement);
  }
  return slot.get();
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }
std::int64_t Database::total_changes() const { return sqlite3_total_changes64(handle_); }
std::int64_t Database::file_pages() const {
  sqlite3_file* file = main_file(handle_);
  sqlite3_int64 bytes = 0;
  if (file == nullptr || file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return 0;
  return bytes / kPageBytes;
}
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
Error Database::last_error() const {
  if (is_piece_undone()) return undone_error();
  return error_of(sqlite3_extended_errcode(handle_), {});
}

Query::~Query() {
  if (statement_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
}

bool Query::next() {
  if (statement_ == nullptr) return false;
  result_ = sqlite3_step(statement_);
  return result_ == SQLITE_ROW;
}

Result<void> Query::status() const {
  if (statement_ == nullptr) return fail(database_.last_error());
  if (result_ == SQLITE_DONE || result_ == SQLITE_ROW || result_ == SQLITE_OK) return {};
  return fail(error_of(result_, {}));
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
  // Blobs and texts alike: the bytes as they are. The pointer must be taken before the size.
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Query::bind_integer(int index, std::int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, value);
}
void Query::bind_text(int index, std::string_view value) {
  // SQLite copies: a query may outlive the temporary that was bound. An empty view may have no
  // address; it is "", not NULL.
  if (statement_ != nullptr) {
    sqlite3_bind_text64(statement_, index, value.empty() ? "" : value.data(), value.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
  }
}
void Query::bind_blob(int index, std::span<const std::byte> value) {
  if (statement_ != nullptr) {
    const void* bytes = value.empty() ? static_cast<const void*>("")
                                      : value.data();  // As with texts: empty is not NULL.
    sqlite3_bind_blob64(statement_, index, bytes, value.size(), SQLITE_TRANSIENT);
  }
}
void Query::bind_null(int index) {
  if (statement_ != nullptr) sqlite3_bind_null(statement_, index);
}

}  // namespace handover::storage
