#include "agent/backends/cisco/request_document.hpp"

#include <algorithm>

#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/rnif_message.hpp"
#include "agent/domain/service_order_check.hpp"

namespace handover::backends {
namespace {

constexpr const char* kSupplyChain = "Information Technology";

void set_business(XmlElement& role, const std::string& duns, const char* classification) {
  XmlElement& partner = role.make("PartnerDescription");
  partner.set("BusinessDescription/GlobalBusinessIdentifier", duns);
  partner.set("BusinessDescription/GlobalSupplyChainCode", kSupplyChain);
  partner.set("GlobalPartnerClassificationCode", classification);
}

void set_contact(XmlElement& contact, const CiscoParties& parties) {
  contact.set("contactName/FreeFormText", parties.contact_name);
  contact.set("EmailAddress", parties.contact_email);
  if (!parties.contact_fax.empty())
    contact.set("facsimileNumber/CommunicationsNumber", parties.contact_fax);
  contact.set("telephoneNumber/CommunicationsNumber", parties.contact_phone);
}

void set_roles(XmlElement& root, const CiscoParties& parties) {
  XmlElement& buyer = root.make("fromRole/PartnerRoleDescription");
  set_contact(buyer.make("ContactInformation"), parties);
  buyer.set("GlobalPartnerRoleClassificationCode", "Buyer");
  set_business(buyer, parties.buyer_duns, "Buyer");
  XmlElement& seller = root.make("toRole/PartnerRoleDescription");
  seller.set("GlobalPartnerRoleClassificationCode", "Seller");
  set_business(seller, parties.seller_duns, "Manufacturer");
}

void set_account(XmlElement& purchase_order, const ServiceOrder& order,
                 const CiscoParties& parties) {
  XmlElement& account = purchase_order.make("AccountDescription");
  account.set("accountName/FreeFormText", parties.bill_to_name);
  XmlElement& bill_to = account.make("billTo/PartnerRoleDescription");
  bill_to.set("ContactInformation/PhysicalAddress/GlobalLocationIdentifier", order.bill_to);
  bill_to.set("GlobalPartnerRoleClassificationCode", "Bill To");
}

void add_line(XmlElement& purchase_order, const ServiceOrder& order, const OrderLine& line,
              const CiscoPairNames& names) {
  XmlElement& item = purchase_order.add("ProductLineItem");
  item.set("GlobalProductUnitOfMeasureCode", "Each");
  item.set("isDropShip/AffirmationIndicator", order.drop_ship ? "Yes" : "No");
  item.set("LineNumber", line.line_number);
  item.set("OrderQuantity/requestedQuantity/ProductQuantity",
           line.quantity ? line.quantity->to_string() : std::string());
  XmlElement& product = item.make("ProductIdentification/PartnerProductIdentification");
  product.set("GlobalPartnerClassificationCode", "Manufacturer");
  product.set("ProprietaryProductIdentifier", line.product);
  item.set("proprietaryInformation/FreeFormText", line_text(line, names));
  XmlElement& event = item.make("requestedEvent/TransportationEvent");
  event.set("DateStamp",
            date_stamp(line.requested_date.empty() ? order.requested_date : line.requested_date));
  event.set("GlobalTransportEventCode", "Ship");
  if (line.unit_price.empty()) return;
  XmlElement& price = item.make("requestedUnitPrice/FinancialAmount");
  price.set("GlobalCurrencyCode", line.currency);
  price.set("MonetaryAmount", line.unit_price);
}

/// Every text is one that a pair can carry: its rules are C10 and C12.
Result<void> check_pairs(const ServiceOrder& order) {
  const auto bad = [](const std::vector<std::string>& values) {
    return std::any_of(values.begin(), values.end(),
                       [](const std::string& value) { return !is_pair_value(value); });
  };
  for (const OrderLine& line : order.lines) {
    const bool broken =
        bad(line.serial_numbers) || bad(line.pak_numbers) ||
        (!line.covered_product.empty() && !is_pair_value(line.covered_product)) ||
        (!line.reference.empty() && !is_pair_value(line.reference)) ||
        !is_pair_value(write_configuration({line.line_id, line.parent_line_id, {}}));
    if (broken) return fail(Error::invalid("", "C12: a line's text cannot be written as pairs"));
  }
  return {};
}

}  // namespace

std::string order_text(const ServiceOrder& order) {
  std::vector<NameValue> pairs = {{"OrderPlatform", "CCW"}};
  if (!order.service_order_type.empty())
    pairs.emplace_back("serviceOrderType", order.service_order_type);
  for (const NameValue& pair : order.properties) {
    if (pair.first != "OrderPlatform") pairs.push_back(pair);
  }
  return write_pairs(pairs);
}

std::string line_text(const OrderLine& line, const CiscoPairNames& names) {
  std::vector<NameValue> pairs = {
      {"ConfigurationInformation",
       write_configuration({line.line_id, line.parent_line_id, line.reference})}};
  for (const std::string& serial : line.serial_numbers) pairs.emplace_back("SerialNumber", serial);
  for (const std::string& pak : line.pak_numbers) pairs.emplace_back(names.pak, pak);
  if (!line.covered_product.empty())
    pairs.emplace_back("coveredProductNumber", line.covered_product);
  if (!line.contract_number.empty())
    pairs.emplace_back(names.contract_number, line.contract_number);
  if (!line.contract_start_date.empty())
    pairs.emplace_back(names.contract_start_date, date_stamp(line.contract_start_date));
  pairs.insert(pairs.end(), line.properties.begin(), line.properties.end());
  return write_pairs(pairs);
}

Result<XmlDocument> make_request_document(const ServiceOrder& order, const CiscoParties& parties,
                                          const CiscoPairNames& names, WallTime at) {
  RETURN_IF_ERROR(check_pairs(order));
  XmlDocument document = purchase_order_request().document();
  XmlElement& root = document.root;
  set_roles(root, parties);
  root.set("GlobalDocumentFunctionCode", "Request");
  XmlElement& purchase_order = root.make("PurchaseOrder");
  set_account(purchase_order, order, parties);
  if (!order.comments.empty()) purchase_order.set("comments/FreeFormText", order.comments);
  if (!order.deal_id.empty()) {
    XmlElement& deal = purchase_order.make("DocumentReference");
    deal.set("GlobalDocumentReferenceTypeCode", "Contract");
    deal.set("ProprietaryDocumentIdentifier", order.deal_id);
  }
  purchase_order.set("GlobalPurchaseOrderTypeCode", order.order_type);
  purchase_order.set("isDropShip/AffirmationIndicator", order.drop_ship ? "Yes" : "No");
  for (const OrderLine& line : order.lines) add_line(purchase_order, order, line, names);
  purchase_order.set("proprietaryInformation/FreeFormText", order_text(order));
  root.set("thisDocumentGenerationDateTime/DateTimeStamp", rnif_time(at));
  root.set("thisDocumentIdentifier/ProprietaryDocumentIdentifier", order.purchase_order);
  purchase_order_request().arrange(root);

  const auto faults = purchase_order_request().check(document);
  if (faults.empty()) return document;
  Error error(Errc::kInvalid, "C22: " + faults.front().path + ": " + faults.front().what);
  for (const GrammarFault& fault : faults)
    error.fields.push_back({"", "C22: " + fault.path + ": " + fault.what});
  return fail(std::move(error));
}

}  // namespace handover::backends
