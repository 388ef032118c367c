// What a lane's back-end wants to know again when the same thing comes by, and the deliveries that
// a person must decide on before others of their kind may go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Texts by lane and name; the newest counts. Changes require to be called inside
/// Committer::write().
class LaneNotes {
 public:
  explicit LaneNotes(Database& database) : database_(database) {}
  /// Empty if there is none.
  [[nodiscard]] Result<std::string> read(std::int64_t lane, std::string_view name) const;
  [[nodiscard]] Result<void> write(std::int64_t lane, std::string_view name,
                                   std::string_view value);

 private:
  Database& database_;
};

/// Deliveries that were quarantined under a name. A hold is in force while its delivery is
/// quarantined: a person's retry or discard ends it. Changes require to be called inside
/// Committer::write().
class Holds {
 public:
  explicit Holds(Database& database) : database_(database) {}
  [[nodiscard]] Result<void> put(std::int64_t delivery, std::int64_t lane, std::string_view name);
  /// The delivery whose hold of that name is in force on the lane, if one is.
  [[nodiscard]] Result<std::optional<std::int64_t>> in_force(std::int64_t lane,
                                                             std::string_view name) const;
  /// The names under which this delivery was ever held.
  [[nodiscard]] Result<std::vector<std::string>> names_of(std::int64_t delivery) const;

 private:
  Database& database_;
};

}  // namespace handover::storage
