#include "agent/page/page_door.hpp"

#include <algorithm>
#include <array>

#include "agent/page/page_files.hpp"
#include "crypto/sha256.hpp"

namespace handover::page {
namespace {

constexpr std::size_t kRandomBytes = 32;

/// Nothing from elsewhere, nothing inline, in nobody's frame, and no form goes anywhere.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string random_text(Entropy& entropy) {
  std::array<std::byte, kRandomBytes> bytes{};
  entropy.fill(bytes);
  return crypto::to_hex(bytes);
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

HttpResponse plain_answer(int status, std::string_view words) {
  HttpResponse response(status);
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::string(words) + "\n";
  return response;
}

HttpResponse answer_of(const PageFile& file) {
  HttpResponse response(200);
  response.headers = {
      {"Content-Type", std::string(file.type)},
      {"Content-Security-Policy", std::string(kContentPolicy)},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(self), microphone=(), geolocation=(), usb=()"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Frame-Options", "DENY"}};
  response.body = file.text;
  return response;
}

}  // namespace

std::optional<HttpResponse> PageDoor::file_for(const HttpRequest& request) {
  const std::string_view path = path_of(request.target);
  const bool is_page = path == "/" || path.starts_with("/page/");
  if (!is_page) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = plain_answer(405, "This is a page; use GET.");
    response.headers.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  const PageFile* file = find_page_file(path);
  return file != nullptr ? answer_of(*file) : plain_answer(404, "There is no such page.");
}

std::string PageDoor::make_ticket() {
  std::string ticket = random_text(world_.entropy);
  if (tickets_.size() == kTicketsMax) tickets_.pop_front();
  tickets_.push_back({Secret(ticket), world_.clock.monotonic_now() + kTicketTime});
  return ticket;
}

Result<std::string> PageDoor::redeem(std::string_view ticket) {
  const MonotonicTime now = world_.clock.monotonic_now();
  std::erase_if(tickets_, [&](const Ticket& known) { return known.void_at <= now; });
  const auto found = std::find_if(tickets_.begin(), tickets_.end(), [&](const Ticket& known) {
    return equal_constant_time(known.text.reveal(), ticket);
  });
  if (found == tickets_.end()) {
    return fail(Error::refused("ticket-void",
                               "this link was used before, is older than five minutes, or the "
                               "agent has started anew; make another: handover open"));
  }
  tickets_.erase(found);
  std::string token = random_text(world_.entropy);
  RETURN_IF_ERROR(world_.store.page_tokens.add(token));
  return token;
}

Result<bool> PageDoor::knows(std::string_view token) const {
  if (token.size() != 2 * kRandomBytes) return false;
  return world_.store.page_tokens.contains(token);
}

}  // namespace handover::page
