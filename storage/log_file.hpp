// The write-ahead log beside a store's file.
#pragma once

#include <string>

struct sqlite3;

namespace handover::storage {

/// True if a log lies beside the file now. Before anything is read through the connection, that is
/// one which the program before has left.
[[nodiscard]] bool has_log(sqlite3* handle, const std::string& path);

}  // namespace handover::storage
