// The least that a durable record can cost on this disk: one bare insert of the same bytes, in a
// transaction of its own.
#pragma once

#include <memory>
#include <string>

#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "storage/database.hpp"
#include "tests/bench/figures.hpp"

namespace handover::bench {

/// The store key of a device's folder. Errors: kConfig, and the file's.
[[nodiscard]] Result<Secret> read_store_key(const std::string& folder);

/// The bytes in all columns of all rows, numbers counted by their digits. Requires: no agent has
/// the store open.
[[nodiscard]] Result<std::int64_t> stored_bytes(const std::string& store_file, const Secret& key);

/// A store with nothing but one table of blobs, opened just as the agent opens its own (same page
/// size, same pragmas).
class StoreFloor {
 public:
  [[nodiscard]] static Result<std::unique_ptr<StoreFloor>> make(const std::string& file,
                                                                const Secret& key);
  /// `count` inserts of `bytes` bytes, each durable before the next begins.
  [[nodiscard]] Result<Round> insert(std::size_t count, std::size_t bytes);

 private:
  explicit StoreFloor(std::unique_ptr<storage::Database> database)
      : database_(std::move(database)) {}

  std::unique_ptr<storage::Database> database_;
};

}  // namespace handover::bench
