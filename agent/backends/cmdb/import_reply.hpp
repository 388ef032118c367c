// What the CMDB's reply to a POST says, in any of the shapes that such a door is known to answer
// with. The status line only says that the bytes were stored; whether the record was applied stands
// in the body. Source: ServiceNow, Import Set API; the shapes are listed in docs/back-ends/cmdb.md.
#pragma once

#include <string>
#include <vector>

#include "agent/backends/answer.hpp"

namespace handover::backends {

struct ImportReply {
  enum class Outcome {
    kApplied,     ///< Every part of the door reports that it took the record.
    kInserted,    ///< As kApplied, and a new asset was made.
    kUnverified,  ///< Success without a word on what was done.
    kRefused,     ///< At least one part did not take it; `words` say why.
    kUndecided,   ///< Taken, but not applied yet; or cut off half way.
    kForeign,     ///< Not the CMDB: a page, or no JSON.
  };
  Outcome outcome = Outcome::kForeign;
  std::string words;   ///< The CMDB's own words, one line.
  bool later = false;  ///< Of kUndecided: it said that it applies the record later.
  Json receipt;  ///< What to keep of the reply: staging rows are purged, and cannot be asked for
                 ///< later.
};

/// The rows of a reply that are about assets: a door may write its log and more beside them.
/// ServiceNow's tables of assets begin with alm_; where no row names one, all are taken for it.
[[nodiscard]] std::vector<const Json*> asset_rows(const std::vector<Json>& rows);

/// Requires: a status of 200 to 299.
[[nodiscard]] ImportReply read_import_reply(const HttpResponse& response);

}  // namespace handover::backends
