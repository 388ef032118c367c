// SOAP answers as a Spring-WS server writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/http.hpp"

namespace handover::sim::tangoe {

inline constexpr std::string_view kSoapSpace = "http://schemas.xmlsoap.org/soap/envelope/";

/// `payload` uses the prefix ns2.
[[nodiscard]] HttpResponse soap_answer(const std::string& payload);
/// <operation>Response with `content` before its result and `behind` after it.
[[nodiscard]] HttpResponse result_answer(const std::string& operation, int code,
                                         const std::string& message,
                                         const std::string& content = "",
                                         const std::string& behind = "");
/// "Could not <what>. <reason>", with the code of every failure.
[[nodiscard]] HttpResponse failed_answer(const std::string& operation, const std::string& reason,
                                         const std::string& content = "");
[[nodiscard]] HttpResponse fault_answer(std::string_view code, std::string_view text);
[[nodiscard]] HttpResponse validation_fault(const std::vector<std::string>& errors);
/// A status line with nothing behind it.
[[nodiscard]] HttpResponse bare_answer(int status);

}  // namespace handover::sim::tangoe
