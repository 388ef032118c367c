// What the simulated Cisco answers: signals, and the confirmation of an order.
#pragma once

#include <string>

#include "agent/backends/cisco/rnif_message.hpp"
#include "sim/back-ends/cisco/order_check.hpp"

namespace handover::sim {

[[nodiscard]] backends::XmlDocument receipt_document();
/// `content`: it is about the document, else about the exchange.
[[nodiscard]] backends::XmlDocument exception_document(const std::string& code,
                                                       const std::string& words, bool content);

struct ConfirmationWords {
  std::string status;     ///< Accept, Reject or Pending.
  std::string web_order;  ///< Where it was submitted.
};
/// PIP 3A4 V02.00 PurchaseOrderConfirmation.
[[nodiscard]] backends::XmlDocument confirmation_document(const backends::XmlElement& request,
                                                          const CheckedOrder& order,
                                                          const ConfirmationWords& words,
                                                          WallTime now);

}  // namespace handover::sim
