// What Cisco answers to an order, as the relay kept it: signals and confirmations. All of it is
// untrusted; what cannot be read counts as not having come.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"

namespace handover::backends {

struct ConfirmedLine {
  std::string line_number;  ///< Several lines may share one: Cisco expands what it includes.
  std::string status;
  std::vector<std::string> reasons;
  std::string words;
};

struct CiscoReply {
  enum class Kind { kReceipt, kException, kConfirmation };
  Kind kind = Kind::kReceipt;
  std::string tracking_id;
  std::string in_reply_to;  ///< The tracking id of the message that it answers.
  std::string exception_code;
  std::string words;           ///< Of an exception or a confirmation, fit for people.
  std::string purchase_order;  ///< Of a confirmation, like all below.
  std::string status;          ///< Accept, Reject or Pending.
  std::string web_order;
  std::vector<std::string> reasons;
  std::vector<ConfirmedLine> lines;
};

/// One RNIF message. Nothing if it is none of the three kinds.
[[nodiscard]] std::optional<CiscoReply> read_reply(std::string_view content_type,
                                                   std::string_view body);

/// The relay's answer to the question what it has of one order.
struct RelayAnswer {
  bool knows_request = false;  ///< It has passed the request on to Cisco.
  std::vector<CiscoReply> replies;
  std::size_t unreadable = 0;
};
/// Nothing if it is no answer of a relay.
[[nodiscard]] std::optional<RelayAnswer> read_relay_answer(const HttpResponse& response);

}  // namespace handover::backends
