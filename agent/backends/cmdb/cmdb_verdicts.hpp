// What the two parts of the CMDB's back-end share: the update that a delivery is about, and the
// verdicts that they both give.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/backends/answer.hpp"
#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends::cmdb {

inline constexpr std::string_view kLabel = "the CMDB";

// The names of holds. The first also stands in the sentence for those that wait.
inline constexpr std::string_view kCorrectionHold = "correction";
inline constexpr std::string_view kTagHold = "asset tag";
inline constexpr std::string_view kStaleHold = "changed by others";

[[nodiscard]] std::optional<AssetUpdate> find_update(const Record& record, const std::string& unit);
[[nodiscard]] std::optional<AssetUpdate> find_update(const forwarding::DeliveryContext& context);

/// What is to be noted once the CMDB has taken the unit; empty if that is noted already.
[[nodiscard]] std::string note_after(const forwarding::DeliveryContext& context,
                                     const std::string& sys_id);

[[nodiscard]] Verdict refuse(std::string why);
/// Refused until a person decides.
[[nodiscard]] Verdict hold(std::string_view name, std::string why);
[[nodiscard]] Verdict need_login(int status, std::string_view words);

}  // namespace handover::backends::cmdb
