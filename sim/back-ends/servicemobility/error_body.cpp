#include "sim/back-ends/servicemobility/error_body.hpp"

#include <algorithm>
#include <string_view>

#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

/// "/Items/0/Qty" as a JSON path: "$.Items[0].Qty".
std::string json_path(std::string_view pointer) {
  std::string path = "$";
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    const bool index = !step.empty() && std::all_of(step.begin(), step.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
    path += index ? "[" + std::string(step) + "]" : "." + std::string(step);
  }
  return path;
}

Json older_body(int status, const std::string& message, const Violation* violation) {
  Json params = Json::object();
  if (violation != nullptr) params.set("value", violation->value);
  Json detail = Json::object({{"message", message},
                              {"params", std::move(params)},
                              {"dataPath", violation == nullptr ? "" : violation->pointer}});
  return Json::object({{"code", Json(std::int64_t{status})}, {"detail", std::move(detail)}});
}

Json newer_body(int status, const std::string& message, const Violation* violation) {
  Json body = Json::object(
      {{"type", "about:blank"}, {"title", message}, {"status", Json(std::int64_t{status})}});
  if (violation == nullptr) return body;
  const std::string& pointer = violation->pointer;
  body.set("detail", message + " (" + pointer + ")");
  Json wrong = Json::object({{"name", pointer.substr(pointer.rfind('/') + 1)},
                             {"reason", violation->reason},
                             {"path", json_path(pointer)},
                             {"value", violation->value}});
  body.set("invalidParams", Json::array({std::move(wrong)}));
  return body;
}

}  // namespace

HttpResponse error_answer(bool older, int status, const std::string& message,
                          const Violation* violation) {
  return json_answer(status, older ? older_body(status, message, violation)
                                   : newer_body(status, message, violation));
}

}  // namespace handover::sim
