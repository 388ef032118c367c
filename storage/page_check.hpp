// Reads every page of a store's file, and says which are damaged and what they belonged to. For
// when no agent has it open; nothing is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "storage/database.hpp"

namespace handover::storage {

struct PageFindings {
  std::int64_t pages = 0;  ///< Of the file.
  std::vector<std::int64_t>
      damaged_pages;        ///< From 1. Their bytes are not those that were written.
  bool has_log = false;     ///< It was not closed; the log may have damaged pages anew.
  bool first_page = true;   ///< It can be read. Without it nothing can.
  bool contents = true;     ///< The list of tables can be read. Without it no table can.
  std::int64_t layout = 0;  ///< SchemaVersion of the file; 0 without its first page.
  std::vector<std::string> damaged_tables;  ///< Not to be read whole, or an index does not fit.
  bool free_list = true;                    ///< New pages can be taken from those that are free.

  /// True if something is lost or cannot be written any more: not by damage to pages that are free,
  /// or that the log beside the file has anew.
  [[nodiscard]] bool hurts() const {
    return !first_page || !contents || !damaged_tables.empty() || !free_list;
  }
};

/// Errors: those of Database::open() but kCorrupt. kWrongKey only if no page at all can be read
/// with this key.
[[nodiscard]] Result<PageFindings> check_pages(DatabaseSettings settings, const Secret& key);

}  // namespace handover::storage
