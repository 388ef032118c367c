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

// A door that applies records later is asked again after a while, not at once …
inline constexpr milliseconds kApplyWait = std::chrono::minutes(1);
// … and a person looks if it has not done so after this time.
inline constexpr milliseconds kApplyMost = std::chrono::hours(1);

// The names of holds. The first also stands in the sentence for those that wait.
inline constexpr std::string_view kCorrectionHold = "correction";
inline constexpr std::string_view kTagHold = "asset tag";
inline constexpr std::string_view kStaleHold = "changed by others";

[[nodiscard]] std::optional<AssetUpdate> find_update(const Record& record, const std::string& unit);
[[nodiscard]] std::optional<AssetUpdate> find_update(const forwarding::DeliveryContext& context);

/// When the answer was given by the CMDB's clock, in whole seconds; by this device's if it has no
/// date.
[[nodiscard]] WallTime server_time(const HttpResponse& response, WallTime now);

/// What is to be noted once the CMDB has taken the unit, at that time of its own clock; empty if
/// that is noted already.
[[nodiscard]] std::string note_after(const forwarding::DeliveryContext& context,
                                     const std::string& sys_id, WallTime taken_at);

[[nodiscard]] Verdict refuse(std::string why);
/// Refused until a person decides.
[[nodiscard]] Verdict hold(std::string_view name, std::string why);
[[nodiscard]] Verdict need_login(int status, std::string_view words);

}  // namespace handover::backends::cmdb
