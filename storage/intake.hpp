// What a site agent keeps of what it takes in from ServiceMobility: names of what it has seen, how
// far it has read each export, and rows that it could not read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "platform/time.hpp"
#include "storage/database.hpp"
#include "storage/deliveries.hpp"

namespace handover::storage {

/// The first 16 bytes of a SHA-256: a name of constant size, which nobody can make twice.
using IntakeName = std::array<std::byte, 16>;

/// How far one export was read, and when it is read next. Retry state is this row, never a timer.
struct ExportCursor {
  std::string rowver = "0";  ///< Opaque; goes into the next request.
  ScheduleTime next_try_at = 0;
  std::int64_t failures = 0;            ///< In a row.
  std::optional<std::int64_t> read_at;  ///< When a page was last read; milliseconds since 1970.
  std::string last_error;               ///< Of the last failure; empty after a success.
};

/// A row that was taken in and could not be read as what it should be.
struct SetAsideRow {
  std::int64_t id = 0;
  std::string type;
  std::string origin;  ///< JSON: how it came.
  std::string object;  ///< JSON, as it came.
  std::string reason;
  WallTime since;
};

/// All changes require to be called inside Committer::write().
class Intake {
 public:
  explicit Intake(Database& database) : database_(database) {}

  /// The digest that was remembered with the name; nothing if the name is new. Names are kept
  /// forever.
  [[nodiscard]] Result<std::optional<std::string>> find(const IntakeName& name) const;
  /// Requires: the name is new, or stands with the same digest.
  [[nodiscard]] Result<void> remember(const IntakeName& name, std::string_view digest = {});
  [[nodiscard]] Result<void> forget(const IntakeName& name);

  [[nodiscard]] Result<std::int64_t> count(std::string_view what) const;
  [[nodiscard]] Result<void> add_to(std::string_view what, std::int64_t number);
  [[nodiscard]] Result<void> set_count(std::string_view what, std::int64_t number);

  [[nodiscard]] Result<ExportCursor> cursor(std::string_view type) const;
  [[nodiscard]] Result<void> write_cursor(std::string_view type, const ExportCursor& cursor);
  /// Every export becomes due.
  [[nodiscard]] Result<void> make_due(ScheduleTime now);

  [[nodiscard]] Result<void> set_aside(const SetAsideRow& row);
  /// Up to `limit` rows after `after`, oldest first.
  [[nodiscard]] Result<std::vector<SetAsideRow>> list_set_aside(std::int64_t after,
                                                                std::int64_t limit) const;
  [[nodiscard]] Result<std::int64_t> count_set_aside() const;
  [[nodiscard]] Result<void> change_reason(std::int64_t id, std::string_view reason);
  /// Returns whether it was there.
  [[nodiscard]] Result<bool> remove_set_aside(std::int64_t id);

 private:
  Database& database_;
};

}  // namespace handover::storage
