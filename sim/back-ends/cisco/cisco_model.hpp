// Cisco's order gateway behind a relay, as a pure model. POST /rnif takes an RNIF 2.0 message and
// answers 202; signals and confirmations come later, by the model's own clock, and the relay keeps
// them: GET /relay/v1/messages?sender=DUNS&purchase_order=PO&tracking_id=ID, for users that log in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/backends/cisco/rnif_message.hpp"
#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/cisco/order_check.hpp"

namespace handover::sim {

struct CiscoOptions {
  std::map<std::string, std::string> users;  ///< Of the relay: user name to password.
  std::string seller_duns = "364132837";
  std::set<std::string> buyers;  ///< DUNS that Cisco knows; empty: any.
  std::string usage = "Test";
  OrderCheckOptions check;
  std::chrono::seconds acknowledge_after{0};
  std::chrono::seconds confirm_after{0};
  std::chrono::seconds pending_for{0};  ///< So long a Pending stands before the decision.
  bool never_acknowledge = false;
  bool never_confirm = false;
  bool forget_requests = false;  ///< The relay does not say that it passed a request on.
  unsigned exceptions = 0;       ///< So many of the next new requests are answered by an Exception.
  unsigned rejects = 0;  ///< So many of the next new orders are rejected, whatever they hold.
  bool header_rejects_only = false;  ///< A Reject whose lines all say Accept.
  std::string signing_certificate;   ///< PEM: requests must be signed with its key. Empty: any.
};

class CiscoModel final : public BackEndModel {
 public:
  /// One order, once, however often its message came.
  struct Order {
    std::string buyer;
    std::string purchase_order;
    std::string bill_to;
    std::string tracking_id;
    std::string web_order;
    CheckedOrder checked;
    std::size_t times_seen = 0;
  };
  /// What the relay keeps for a buyer.
  struct Kept {
    std::string buyer;
    std::string tracking_id;  ///< Of the request that it answers.
    WallTime at;              ///< From then on it is there.
    std::string kind;         ///< "receipt", "exception", "confirmation"
    backends::PackedRnif message;
  };

  explicit CiscoModel(CiscoOptions options, std::uint64_t seed = 1);

  [[nodiscard]] HttpResponse handle(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] HttpResponse failure(int status) const override;
  [[nodiscard]] HttpResponse rate_limited(const RateLimitHints& hints, WallTime now) const override;
  /// The relay itself does not take the message. How Cisco rejects an order: the option `rejects`.
  [[nodiscard]] HttpResponse refuse_item(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] std::string_view upload_prefix() const override { return "/rnif"; }
  void expire_tokens() override {}
  void reset() override;
  /// The members of CiscoOptions and OrderCheckOptions that are flags, numbers, texts or seconds,
  /// by name (seconds with _s), and catalogue, bill_tos, buyers, partial_duns, serial_numbers,
  /// pak_numbers.
  [[nodiscard]] Result<void> configure(const Json& options) override;
  [[nodiscard]] Json counts() const override;
  [[nodiscard]] Json state() const override;

  [[nodiscard]] const std::vector<Order>& orders() const { return orders_; }
  [[nodiscard]] const std::vector<Kept>& kept() const { return kept_; }
  /// Orders of one buyer with one purchase order number, less one: things bought twice.
  [[nodiscard]] std::size_t doubled() const;

 private:
  HttpResponse take_message(const HttpRequest& request, WallTime now);
  HttpResponse answer_relay(const HttpRequest& request, WallTime now) const;
  [[nodiscard]] bool is_authenticated(const HttpRequest& request) const;
  [[nodiscard]] std::string silent_fault(const backends::RnifMessage& message) const;
  void take_request(const backends::RnifMessage& message, WallTime now);
  void take_order(const backends::RnifMessage& message, WallTime now);
  void confirm(const backends::RnifMessage& message, Order& order, WallTime now);
  void except(const backends::RnifEnvelope& request, const std::string& code,
              const std::string& words, WallTime now);
  void keep(const backends::RnifEnvelope& request, const char* kind,
            const backends::XmlDocument& content, WallTime at);
  [[nodiscard]] bool is_repeated(const std::string& buyer, const std::string& bill_to,
                                 const std::string& purchase_order) const;

  CiscoOptions options_;
  std::vector<Order> orders_;
  std::vector<Kept> kept_;
  std::map<std::string, std::size_t> seen_;  // Tracking ids of requests, with how often they came.
  std::size_t silent_ = 0;                   // Discarded without a word.
  std::size_t numbers_ = 0;
};

}  // namespace handover::sim
