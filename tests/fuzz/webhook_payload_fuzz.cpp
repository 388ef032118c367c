// Whatever a webhook brings is read or refused, in bounds; what was read means the same when it is
// read once more. The first line names the type at whose path it comes, the rest is the body.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/intake/payload.hpp"
#include "agent/intake/row_reader.hpp"
#include "platform/assert.hpp"

using namespace handover;

namespace {

void check_row(intake::RowType type, const intake::Row& row) {
  INVARIANT(!row.flaw.empty() || row.object.is_object());
  INVARIANT(row.rowver.size() <= 256);
  // The name under which a row is known does not depend on how it was written.
  const std::string words = intake::canonical_text(row.object);
  const auto again = parse_json(row.object.dump(), kStoredJsonLimits);
  INVARIANT(again.has_value());
  INVARIANT(intake::canonical_text(*again) == words);
  if (!row.flaw.empty()) return;
  const auto fact = intake::read_row(type, row.object, {});
  if (!fact) {
    INVARIANT(!fact.error().detail.empty() || !fact.error().fields.empty());
    return;
  }
  INVARIANT(fact->body.is_object());
  // A record that is written must be readable.
  INVARIANT(parse_json(fact->body.dump(), kStoredJsonLimits).has_value());
  const char* member = type == intake::RowType::kInventoryUsage      ? "usage"
                       : type == intake::RowType::kInventoryTransfer ? "transfer"
                                                                     : "notice";
  const Json* object = fact->body.find(member);
  INVARIANT(object != nullptr);
  if (fact->kind == RecordKind::kNotice) return;
  // What is in our form stays so.
  const auto second = intake::read_row(type, *object, {});
  INVARIANT(second.has_value());
  INVARIANT(second->body.find(member)->dump() == object->dump());
  INVARIANT(second->transfer_id == fact->transfer_id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto type = intake::row_type_named(text.substr(0, line));
  if (!type || line == text.npos) return 0;
  const auto payload = intake::parse_payload(text.substr(line + 1), *type);
  if (!payload) return 0;
  INVARIANT(!payload->id.empty() && payload->id.size() <= 512);
  for (const auto& row : payload->data.rows) check_row(*type, row);
  return 0;
}
