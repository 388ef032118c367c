// The calls that open the handheld page. What guards them is in api.cpp and agent/page.
#include "agent/api/api.hpp"
#include "agent/api/call.hpp"
#include "agent/api/problem.hpp"
#include "agent/page/page_door.hpp"

namespace handover::api {

/// Of the program's own token alone: a page opens no further pages.
Result<HttpResponse> Api::post_page_ticket(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.expect_no_body());
  if (world_.page == nullptr) {
    return fail(Error::refused("page-off",
                               "this agent serves no page; set [api] listen = \"127.0.0.1:7017\" "
                               "and page = true in its configuration, and start it again"));
  }
  const std::chrono::seconds time = page::PageDoor::kTicketTime;
  const std::string origin = "http://127.0.0.1:" + std::to_string(port_);
  return json_answer(201, Json::object({{"url", origin + "/#ticket=" + world_.page->make_ticket()},
                                        {"valid_for_s", Json(std::int64_t{time.count()})}}));
}

Result<HttpResponse> Api::redeem_ticket(const HttpRequest& request) {
  TRY_ASSIGN(const Call call, Call::make(request));
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const std::string ticket, call.only_text("ticket"));
  // No Idempotency-Key: a ticket opens one page, also for whoever repeats the call.
  return world_.store.committer.write([&]() -> Result<HttpResponse> {
    TRY_ASSIGN(const std::string token, world_.page->redeem(ticket));
    return json_answer(201, Json::object({{"token", token}}));
  });
}

/// The same answer whether there was such a page or not.
Result<HttpResponse> Api::close_page(const HttpRequest& request) {
  return world_.store.committer.write([&]() -> Result<HttpResponse> {
    RETURN_IF_ERROR(world_.store.page_tokens.remove(bearer_token(request)));
    return HttpResponse(204);
  });
}

}  // namespace handover::api
