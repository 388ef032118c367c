#include "agent/domain/record.hpp"

#include "platform/assert.hpp"

namespace handover {

std::string_view to_string(RecordKind kind) {
  switch (kind) {
    case RecordKind::kTransfer:
      return "transfer";
    case RecordKind::kUsage:
      return "usage";
    case RecordKind::kAssetEvent:
      return "asset_event";
    case RecordKind::kServiceOrder:
      return "service_order";
    case RecordKind::kNotice:
      return "notice";
  }
  INVARIANT(false);
  return {};
}

}  // namespace handover
