#include "agent/forwarding/record_of.hpp"

#include "platform/assert.hpp"

namespace handover::forwarding {
namespace {

// A body is made from one bounded call; what the agent adds to it is a small part.
constexpr JsonLimits kBodyLimits{.bytes_max = std::size_t{64} << 20, .depth_max = 64};

}  // namespace

Record record_of(storage::JournalEntry entry) {
  auto body = parse_json(entry.body, kBodyLimits);
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
