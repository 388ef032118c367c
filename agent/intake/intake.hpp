// Makes each row that comes from ServiceMobility one record, once, whichever way and however often
// it comes. What identifies a row is in docs/back-ends/servicemobility-webhook.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/intake/payload.hpp"
#include "agent/intake/row_reader.hpp"
#include "agent/recording/recorder.hpp"
#include "platform/clock.hpp"
#include "storage/store.hpp"

namespace handover::intake {

/// How rows came.
struct Arrival {
  std::string_view via;  ///< "webhook" or "export".
  std::string payload_id;
  std::string source;  ///< Of a webhook: the ID of its definition.
};

/// What became of the rows of one payload or page.
struct Taken {
  std::int64_t records = 0;
  std::int64_t repeated = 0;  ///< Were here already, perhaps on the other way.
  std::int64_t set_aside = 0;
};

struct IntakeCounts {
  std::int64_t payloads = 0;
  std::int64_t payloads_repeated = 0;
  std::int64_t payloads_conflicting = 0;  ///< Of the repeated: had another body than the first.
  std::int64_t rows = 0;
  std::int64_t rows_repeated = 0;
  std::int64_t records = 0;
  std::int64_t without_lane = 0;     ///< Of the records: no lane wanted them.
  std::int64_t set_aside = 0;        ///< Now.
  std::int64_t last_payload_at = 0;  ///< Milliseconds since 1970; 0: never.
};

/// Requires of every call that changes something: made inside Committer::write(), and answered only
/// when that is durable.
class Intake {
 public:
  struct World {
    storage::Store& store;
    recording::Recorder& recorder;
    const Clock& clock;
  };

  Intake(const World& world, RowSettings settings)
      : world_(world), settings_(std::move(settings)) {}

  /// A webhook's payload. One whose id came before has no effect, whatever its body says now.
  [[nodiscard]] Result<Taken> take_payload(const Payload& payload, std::string_view body);
  /// The rows of one page or payload.
  [[nodiscard]] Result<Taken> take_rows(const Arrival& arrival, RowType type,
                                        const std::vector<Row>& rows);

  /// Reads the rows once more that could not be read so far: the settings may be other ones now, or
  /// the program. Returns how many became records.
  [[nodiscard]] Result<std::int64_t> look_again();

  [[nodiscard]] Result<IntakeCounts> counts() const;

 private:
  [[nodiscard]] Result<bool> is_new(RowType type, const Row& row);
  [[nodiscard]] Result<void> take_row(const Arrival& arrival, RowType type, const Row& row,
                                      Taken& taken);
  [[nodiscard]] Result<void> write_record(Fact fact, Json origin);
  [[nodiscard]] Result<bool> is_overtaken(const Fact& fact);
  [[nodiscard]] Result<Json> overtaken_units(const Fact& fact);

  World world_;
  RowSettings settings_;
};

}  // namespace handover::intake
