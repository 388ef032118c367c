#include "agent/forwarding/record_of.hpp"

#include "platform/assert.hpp"

namespace handover::forwarding {

Record record_of(storage::JournalEntry entry) {
  auto body = parse_json(entry.body, kStoredJsonLimits);
  INVARIANT(body.has_value());
  Record record;
  record.id = std::move(entry.id);
  record.seq = entry.seq;
  record.kind = static_cast<RecordKind>(entry.kind);
  record.captured_at = entry.captured_at;
  record.body = std::move(*body);
  return record;
}

}  // namespace handover::forwarding
