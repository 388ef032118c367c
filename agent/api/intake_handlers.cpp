// The calls of the API that concern what a site agent takes in.
#include <charconv>

#include "agent/api/api.hpp"
#include "agent/api/page.hpp"
#include "agent/api/problem.hpp"
#include "agent/intake/site.hpp"

namespace handover::api {
namespace {

Error no_site() {
  return {Errc::kNotFound, "this agent takes nothing in; its [device] role is not \"site\""};
}

}  // namespace

Result<HttpResponse> Api::list_set_aside(const Call& call, const std::vector<std::string>&) {
  if (world_.site == nullptr) return fail(no_site());
  RETURN_IF_ERROR(call.only_parameters({"limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(const std::int64_t after, call.after());
  TRY_ASSIGN(const Json rows, world_.site->set_aside_json(after, limit));
  Page page(limit);
  for (const Json& row : rows.items()) {
    if (!page.add(row, Json(row.text_of("id")))) break;
  }
  return page.answer();
}

Result<HttpResponse> Api::post_discard_row(const Call& call,
                                           const std::vector<std::string>& arguments) {
  if (world_.site == nullptr) return fail(no_site());
  TRY_ASSIGN(const std::string reason, call.only_text("reason"));
  const std::string& digits = arguments[0];
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id < 1)
    return fail(Errc::kNotFound, "there is no such row among those set aside");
  TRY_ASSIGN(const Record record, world_.site->discard_set_aside(id, reason));
  return created({record, {}});
}

}  // namespace handover::api
