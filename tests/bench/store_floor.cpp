#include "tests/bench/store_floor.hpp"

#include <deque>
#include <vector>

#include "crypto/sha256.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::bench {
namespace {

using storage::Database;
using storage::OpenMode;
using storage::Query;

constexpr std::size_t kKeyFileBytesMax = 4096;

Result<std::vector<std::string>> column_of(Database& database, const std::string& sql) {
  std::vector<std::string> texts;
  Query rows(database, sql.c_str());
  while (rows.next()) texts.emplace_back(rows.text(0));
  RETURN_IF_ERROR(rows.status());
  return texts;
}

}  // namespace

Result<Secret> read_store_key(const std::string& folder) {
  TRY_ASSIGN(const Secret content,
             posix::read_private_file(folder + "/store.key", kKeyFileBytesMax));
  const Secret digits = posix::without_trailing_newline(content);
  auto bytes = crypto::from_hex(digits.reveal());
  if (!bytes) return fail(Errc::kConfig, folder + "/store.key: expected hex digits");
  return Secret(std::span<const std::byte>(*bytes));
}

Result<std::int64_t> stored_bytes(const std::string& store_file, const Secret& key) {
  std::deque<std::string>
      statements;  // A statement's text must stay where it is as long as the database is open.
  TRY_ASSIGN(const auto database, Database::open({store_file, "", OpenMode::kExisting}, key));
  statements.emplace_back("SELECT name FROM sqlite_master WHERE type = 'table'");
  TRY_ASSIGN(const auto tables, column_of(*database, statements.back()));
  std::int64_t total = 0;
  for (const auto& table : tables) {
    statements.push_back("SELECT name FROM pragma_table_info('" + table + "')");
    TRY_ASSIGN(const auto columns, column_of(*database, statements.back()));
    for (const auto& column : columns) {
      statements.push_back("SELECT coalesce(sum(length(CAST(" + column + " AS BLOB))), 0) FROM " +
                           table);
      TRY_ASSIGN(const auto sum, column_of(*database, statements.back()));
      total += std::stoll(sum.at(0));
    }
  }
  return total;
}

Result<std::unique_ptr<StoreFloor>> StoreFloor::make(const std::string& file, const Secret& key) {
  TRY_ASSIGN(auto database, Database::open({file, "", OpenMode::kCreate}, key));
  RETURN_IF_ERROR(database->execute_script(
      "CREATE TABLE floor (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
  return std::unique_ptr<StoreFloor>(new StoreFloor(std::move(database)));
}

Result<Round> StoreFloor::insert(std::size_t count, std::size_t bytes) {
  const std::vector<std::byte> blob(bytes, std::byte{0x5a});
  Round round;
  round.calls.reserve(count);
  const auto start = SteadyClock::now();
  for (std::size_t i = 0; i < count; ++i) {
    const auto before = SteadyClock::now();
    RETURN_IF_ERROR(database_->execute("INSERT INTO floor (bytes) VALUES (?)", blob));
    round.calls.push_back(SteadyClock::now() - before);
  }
  round.whole = SteadyClock::now() - start;
  return round;
}

}  // namespace handover::bench
