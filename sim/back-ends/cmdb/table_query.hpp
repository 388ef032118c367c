// The part of ServiceNow's Table API that reads assets.
#pragma once

#include <chrono>
#include <string_view>

#include "agent/domain/json.hpp"
#include "sim/back-ends/cmdb/asset_table.hpp"
#include "sim/back-ends/web.hpp"

namespace handover::sim {

/// The assets that `query` asks for: sysparm_query (equality joined by ^), sysparm_fields,
/// sysparm_limit. As on real instances a condition on a field that does not exist is dropped
/// without a word, and so is an unknown name in sysparm_fields. Assets made after `visible_until`
/// are not there yet.
[[nodiscard]] Json query_assets(const AssetTable& table, const FormFields& query,
                                bool case_sensitive, WallTime visible_until);

}  // namespace handover::sim
