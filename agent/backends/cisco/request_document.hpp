// From an order to the document that asks Cisco for it: PIP 3A4 V02.00 PurchaseOrderRequest.
#pragma once

#include <string>

#include "agent/backends/cisco/xml_document.hpp"
#include "agent/domain/service_order.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::backends {

/// Names of pairs that Cisco's guide does not print.
struct CiscoPairNames {
  std::string pak = "PAKNumber";
  std::string contract_number = "ContractNumber";
  std::string contract_start_date = "ContractStartDate";
};

/// Who orders, and of whom.
struct CiscoParties {
  std::string buyer_duns;
  std::string seller_duns = "364132837";
  std::string contact_name;  ///< In charge of the buyer's B2B system.
  std::string contact_email;
  std::string contact_phone;
  std::string contact_fax;
  std::string bill_to_name;
};

/// The document, arranged and checked. Requires: the order keeps the rules of
/// service_order_check.hpp, and has its defaults filled in. Errors: kInvalid, rule C22: where and
/// why the document is not what Cisco's grammar asks for.
[[nodiscard]] Result<XmlDocument> make_request_document(const ServiceOrder& order,
                                                        const CiscoParties& parties,
                                                        const CiscoPairNames& names, WallTime at);

/// The name/value text of the order (no. 342) and of a line (no. 304).
[[nodiscard]] std::string order_text(const ServiceOrder& order);
[[nodiscard]] std::string line_text(const OrderLine& line, const CiscoPairNames& names);

}  // namespace handover::backends
