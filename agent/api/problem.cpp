#include "agent/api/problem.hpp"

#include <array>

namespace handover::api {
namespace {

struct Kind {
  Errc code;
  int status;
  const char* name;
  const char* title;
};

constexpr std::array kKinds = {
    Kind{Errc::kInvalid, 400, "invalid-input", "The request has a wrong field"},
    Kind{Errc::kNotFound, 404, "not-found", "There is no such thing"},
    Kind{Errc::kUnauthorized, 401, "unauthorized", "The token is missing or wrong"},
    Kind{Errc::kDiskFull, 507, "disk-full", "This device's disk is full"},
    Kind{Errc::kReadOnly, 503, "store-unavailable", "This device's store cannot be written"},
    Kind{Errc::kCorrupt, 500, "store-damaged", "Damaged data was found in this device's store"},
    Kind{Errc::kIo, 503, "store-unavailable", "This device's store could not be read or written"},
};

struct Refusal {
  std::string_view problem;
  int status;
  const char* title;
};

constexpr std::array kRefusals = {
    Refusal{"transfer-closed", 409, "This transfer is closed"},
    Refusal{"delivery-closed", 409, "This delivery is closed"},
    Refusal{"nonces-used-up", 409, "This list was offered too often"},
    Refusal{"not-in-stock", 422, "Not in stock"},
    Refusal{"code-replayed", 409, "Used before"},
    Refusal{"offer-dead", 409, "That offer is dead"},
    Refusal{"not-enrolled", 409, "This device is not enrolled"},
    Refusal{"no-qr", 409, "Nothing to show"},
    Refusal{"qr-foreign", 422, "No handover code"},
    Refusal{"qr-newer", 422, "A newer handover code"},
    Refusal{"qr-unreadable", 422, "The code cannot be read"},
    Refusal{"qr-incomplete", 422, "Codes are missing"},
    Refusal{"qr-wrong-kind", 422, "Another code is expected"},
    Refusal{"signature-wrong", 422, "The signature is wrong"},
    Refusal{"certificate-unknown", 422, "An unknown certificate"},
    Refusal{"certificate-expired", 422, "The certificate expired"},
    Refusal{"certificate-not-yet-valid", 422, "The certificate is not valid yet"},
    Refusal{"not-for-this-technician", 422, "Meant for another technician"},
    Refusal{"receipt-of-another-offer", 422, "It answers another offer"},
    Refusal{"validation-keys-differ", 422, "The validation keys differ"},
    Refusal{"too-many-listeners", 503, "Too many listen to events"},
    Refusal{"page-off", 409, "No page is served"},
    Refusal{"ticket-void", 403, "This link opens nothing any more"},
};

Json errors_of(const std::vector<FieldError>& fields) {
  Json list = Json::array();
  for (const auto& field : fields) {
    list.push_back(Json::object({{"pointer", field.pointer}, {"detail", field.detail}}));
  }
  return list;
}

}  // namespace

HttpResponse problem(int status, std::string_view name, std::string_view title,
                     std::string_view detail, const Json& more) {
  Json document = Json::object({{"type", "urn:handover:problem:" + std::string(name)},
                                {"title", title},
                                {"status", Json(std::int64_t{status})},
                                {"detail", detail}});
  for (const auto& [member, value] : more.members()) document.set(member, value);
  HttpResponse response = json_answer(status, document);
  response.headers.front().value = "application/problem+json";
  return response;
}

HttpResponse problem_of(const Error& error) {
  Json more = Json::object();
  if (!error.fields.empty()) more.set("errors", errors_of(error.fields));
  if (error.code == Errc::kRefused) {
    for (const Refusal& refusal : kRefusals) {
      if (refusal.problem == error.problem)
        return problem(refusal.status, refusal.problem, refusal.title, error.detail, more);
    }
    return problem(409, error.problem, "Refused", error.detail, more);
  }
  for (const Kind& kind : kKinds) {
    if (kind.code == error.code)
      return problem(kind.status, kind.name, kind.title, error.detail, more);
  }
  return problem(500, "internal", "The agent could not do that", error.detail, more);
}

HttpResponse json_answer(int status, const Json& body) {
  HttpResponse response(status);
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = body.dump();
  return response;
}

}  // namespace handover::api
