// RFC 9457 problem documents: how the API says that something did not go.
#pragma once

#include "agent/domain/json.hpp"
#include "platform/error.hpp"
#include "platform/http.hpp"

namespace handover::api {

/// `name` goes behind urn:handover:problem:. `more` are further members of the document.
[[nodiscard]] HttpResponse problem(int status, std::string_view name, std::string_view title,
                                   std::string_view detail, const Json& more = Json::object());

/// The document for an error of the program's inside.
[[nodiscard]] HttpResponse problem_of(const Error& error);

[[nodiscard]] HttpResponse json_answer(int status, const Json& body);

}  // namespace handover::api
