// An import of asset events: reads a file row by row, and records each row once, however often it
// is started again.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/cli/import_report.hpp"
#include "agent/cli/session.hpp"
#include "agent/importing/asset_rows.hpp"

namespace handover::cli {

struct ImportSettings {
  std::string file;    ///< "-": standard input.
  std::string format;  ///< csv or jsonl.
  char delimiter = ',';
  importing::RowDefaults defaults;
  std::map<std::string, std::string> columns;  ///< Heading to field, or to "-".
  /// Keys are made of it and of what the row says; empty: the file's name.
  std::string name;
  std::string report_file;
  bool dry_run = false;
};

/// Looks through the whole file first, so that nothing of a broken one is recorded; standard input
/// is read once. Then records row by row. Rows that break a rule are refused, and the others go on.
/// Errors: wrong usage and kInvalid before anything is recorded; and what ends an import in the
/// middle (the agent is gone, the disk is full), with the words to go on.
[[nodiscard]] Result<ImportReport> import_assets(Session& session, const ImportSettings& settings);

}  // namespace handover::cli
