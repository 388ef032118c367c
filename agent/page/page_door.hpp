// Who may come in by the handheld page. The page itself holds no secret and is given to any browser
// on this device; what it can do, it can do with a token of its own, which it gets for a ticket
// that a person has asked the agent for.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "storage/store.hpp"

namespace handover::page {

class PageDoor {
 public:
  static constexpr std::size_t kTicketsMax = 8;
  static constexpr std::chrono::minutes kTicketTime{5};

  struct World {
    storage::Store& store;
    Entropy& entropy;
    const Clock& clock;
  };

  explicit PageDoor(const World& world) : world_(world) {}

  /// The page's files, or what is wrong with asking for them so; nothing if `request` is for
  /// something else. Requires: its Host is this agent's own.
  [[nodiscard]] static std::optional<HttpResponse> file_for(const HttpRequest& request);

  /// A ticket that opens the page once, within kTicketTime, as long as this program runs. Of more
  /// than kTicketsMax the oldest is void.
  [[nodiscard]] std::string make_ticket();

  /// The token for a ticket, which is then used up; durable with the piece that it is called in.
  /// Requires: called inside Committer::write(). Errors: kRefused `ticket-void`.
  [[nodiscard]] Result<std::string> redeem(std::string_view ticket);

  [[nodiscard]] Result<bool> knows(std::string_view token) const;

 private:
  struct Ticket {
    Secret text;
    MonotonicTime void_at;
  };

  World world_;
  std::deque<Ticket> tickets_;  // Oldest first.
};

}  // namespace handover::page
