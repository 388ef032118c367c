// The two error bodies that ServiceMobility's pages describe.
#pragma once

#include <string>

#include "platform/http.hpp"
#include "sim/back-ends/servicemobility/upload_rules.hpp"

namespace handover::sim {

/// `older`: {"code", "detail": {"message", "params", "dataPath"}} (page _REST Response Codes); else
/// {"type", "title", "status", "detail", "invalidParams"} (page Standard Response Object).
/// `violation` may be nullptr.
[[nodiscard]] HttpResponse error_answer(bool older, int status, const std::string& message,
                                        const Violation* violation);

}  // namespace handover::sim
