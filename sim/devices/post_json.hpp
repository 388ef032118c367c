// A plain POST to a simulated back-end, as another system of the company would make it.
#pragma once

#include <string>

#include "platform/result.hpp"

namespace handover::sim {

/// Returns the status. Errors: kUnreachable.
[[nodiscard]] Result<int> post_json(const std::string& url, const std::string& body,
                                    const std::string& user, const std::string& password);

}  // namespace handover::sim
