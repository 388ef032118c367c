// From the journal's entry back to the record.
#pragma once

#include "agent/domain/record.hpp"
#include "storage/journal.hpp"

namespace handover::forwarding {

/// Requires: an entry that Journal::read() gave out; its checksum was right.
[[nodiscard]] Record record_of(storage::JournalEntry entry);

}  // namespace handover::forwarding
