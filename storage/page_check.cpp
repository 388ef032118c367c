#include "storage/page_check.hpp"

#include <charconv>

#include "storage/log_file.hpp"

namespace handover::storage {
namespace {

/// The page in SQLCipher's words: "HMAC verification failed for page 7", "page 9 has an invalid
/// size of …".
std::int64_t page_in(std::string_view text) {
  constexpr std::string_view kPage = "page ";
  std::int64_t page = 0;
  if (const auto at = text.find(kPage); at != std::string_view::npos)
    std::from_chars(text.data() + at + kPage.size(), text.data() + text.size(), page);
  return page;
}

std::int64_t number_or_zero(Database& database, const char* sql) {
  Query row(database, sql);
  return row.next() ? row.integer(0) : 0;
}

/// Each page by its own HMAC, as it is in the file: what the log has anew is not looked at.
std::vector<std::int64_t> find_damaged_pages(Database& database) {
  std::vector<std::int64_t> damaged;
  Query rows(database, "PRAGMA cipher_integrity_check");
  while (rows.next()) damaged.push_back(page_in(rows.text(0)));
  return damaged;
}

bool is_well(Query& check) { return check.next() && check.text(0) == "ok"; }

/// True if SQLite finds no damage in what it reads through the log, and no row that an index
/// misses.
bool is_whole(Database& database, const std::string& table) {
  Query check(database, "SELECT * FROM pragma_quick_check(?)", table);
  return is_well(check);
}
bool is_whole(Database& database) {
  Query check(database, "PRAGMA quick_check(1)");
  return is_well(check);
}

Result<std::vector<std::string>> tables_of(Database& database) {
  std::vector<std::string> names;
  Query rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rootpage");
  while (rows.next()) names.emplace_back(rows.text(0));
  RETURN_IF_ERROR(rows.status());
  return names;
}

/// Table by table: SQLite gives up on all that come after the first damage that it meets.
void check_tables(Database& database, PageFindings& findings) {
  const auto tables = tables_of(database);
  findings.contents = tables.has_value();
  if (!tables) return;
  for (const std::string& table : *tables) {
    if (!is_whole(database, table)) findings.damaged_tables.push_back(table);
  }
  // What is left when every table is whole are the lists of free pages.
  if (findings.damaged_tables.empty()) findings.free_list = is_whole(database);
}

}  // namespace

Result<PageFindings> check_pages(DatabaseSettings settings, const Secret& key) {
  settings.mode = OpenMode::kExamine;
  TRY_ASSIGN(const auto database, Database::open(settings, key));
  PageFindings findings;
  findings.has_log = has_log(database->handle(), settings.path);
  // Also takes the lock: an agent that writes meanwhile would look like damage.
  const auto locked = database->execute_script("BEGIN IMMEDIATE; COMMIT");
  if (!locked && locked.error().code != Errc::kWrongKey && locked.error().code != Errc::kCorrupt) {
    Error error = locked.error();
    return fail(std::move(error).with_context(settings.path));
  }
  findings.first_page = locked.has_value();
  findings.damaged_pages = find_damaged_pages(*database);
  findings.pages = database->file_pages();
  if (!findings.first_page) {
    const auto damaged = static_cast<std::int64_t>(findings.damaged_pages.size());
    if (damaged < findings.pages) return findings;
    return fail(Errc::kWrongKey,
                settings.path +
                    ": the key does not open this store: it fits no page. Put back "
                    "the key file that belongs to it; nothing was written");
  }
  findings.layout = number_or_zero(*database, "PRAGMA user_version");
  if (number_or_zero(*database, "PRAGMA application_id") != kApplicationId) {
    return fail(Errc::kForeignFile,
                settings.path + ": this database belongs to another program; nothing was written");
  }
  check_tables(*database, findings);
  return findings;
}

}  // namespace handover::storage
