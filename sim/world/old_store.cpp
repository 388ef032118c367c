#include "sim/world/old_store.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sim/disk/disk_vfs.hpp"
#include "storage/database.hpp"

namespace handover::sim {
namespace {

using storage::Database;
using storage::OpenMode;
using storage::Query;

constexpr const char* kOldFile = "old.db";

std::string in_hex(const Secret& key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : key.bytes()) {
    text += kDigits[std::to_integer<unsigned>(byte >> 4U)];
    text += kDigits[std::to_integer<unsigned>(byte & std::byte{0x0f})];
  }
  return text;
}

Result<std::vector<std::string>> names(Query& query) {
  std::vector<std::string> found;
  while (query.next()) found.emplace_back(query.text(0));
  RETURN_IF_ERROR(query.status());
  return found;
}

/// The old layout says which tables and columns there are.
Result<void> copy_table(Database& old, const std::string& table) {
  Query query(old, "SELECT name FROM pragma_table_info(?)", table);
  TRY_ASSIGN(const auto columns, names(query));
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  const std::string sql =
      "INSERT INTO main." + table + " (" + list + ") SELECT " + list + " FROM live." + table;
  return old.execute_script(sql.c_str());
}

Result<void> copy_all(Database& old, const std::string& live_path, const Secret& key) {
  const std::string attach =
      "ATTACH '" + live_path + "' AS live KEY \"x'" + in_hex(key) + "'\"; BEGIN";
  RETURN_IF_ERROR(old.execute_script(attach.c_str()));
  Query query(old,
              "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE "
              "'sqlite_%' ORDER BY name");
  TRY_ASSIGN(const auto tables, names(query));
  for (const auto& table : tables) RETURN_IF_ERROR(copy_table(old, table));
  return old.execute_script("COMMIT");
}

}  // namespace

Result<void> put_store_back(SimDisk& disk, std::string_view file, const Secret& key,
                            storage::SchemaVersion version) {
  {
    TRY_ASSIGN(const auto old,
               Database::open({disk.path(kOldFile), kSimVfs, OpenMode::kCreate}, key));
    RETURN_IF_ERROR(storage::migrate_to(*old, version));
    RETURN_IF_ERROR(copy_all(*old, disk.path(file), key));
  }
  DiskImage image = disk.snapshot();
  DiskImage put_back;
  put_back[std::string(file)] = std::move(image[kOldFile]);
  disk.restore(put_back);
  return {};
}

}  // namespace handover::sim
