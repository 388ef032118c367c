#include "sim/back-ends/cisco/answer_documents.hpp"

#include "agent/backends/cisco/grammar.hpp"

namespace handover::sim {
namespace {

using backends::XmlDocument;
using backends::XmlElement;

constexpr std::size_t kWordsMax = 1900;

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const auto& text : texts) all.append(all.empty() ? "" : between).append(text);
  return all;
}

/// What came out of an order may hold anything that XML can carry; a bar would end a pair.
std::string plain(std::string text) {
  for (char& c : text) {
    if (c == '|') c = '/';
  }
  return text.substr(0, kWordsMax);
}

std::string text_or(std::string text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

// Elements are added in the order of the document: nothing sorts them afterwards.
void add_from_role(XmlElement& root, const XmlElement& request) {
  const std::string from = "fromRole/PartnerRoleDescription/";
  XmlElement& role = root.make("fromRole/PartnerRoleDescription");
  // The guide says that these are the buyer's own, mirrored, with defaults where there are none.
  role.set("ContactInformation/EmailAddress",
           text_or(request.text_at(from + "ContactInformation/EmailAddress"),
                   "itds-ebis-support@cisco.com"));
  role.set(
      "ContactInformation/telephoneNumber/CommunicationsNumber",
      text_or(request.text_at(from + "ContactInformation/telephoneNumber/CommunicationsNumber"),
              "18005536387"));
  role.set("GlobalPartnerRoleClassificationCode", "Seller");
  role.set(
      "PartnerDescription/BusinessDescription/GlobalBusinessIdentifier",
      request.text_at(from + "PartnerDescription/BusinessDescription/GlobalBusinessIdentifier"));
  role.set("PartnerDescription/BusinessDescription/GlobalSupplyChainCode",
           "Information Technology");
  role.set("PartnerDescription/GlobalPartnerClassificationCode", "Manufacturer");
}

void add_to_role(XmlElement& root, const XmlElement& request) {
  XmlElement& role = root.make("toRole/PartnerRoleDescription");
  role.set("GlobalPartnerRoleClassificationCode", "Buyer");
  role.set("PartnerDescription/BusinessDescription/GlobalBusinessIdentifier",
           request.text_at("fromRole/PartnerRoleDescription/PartnerDescription/BusinessDescription/"
                           "GlobalBusinessIdentifier"));
  role.set("PartnerDescription/BusinessDescription/GlobalSupplyChainCode",
           "Information Technology");
  role.set("PartnerDescription/GlobalPartnerClassificationCode", "Buyer");
}

std::string comment_of(const CheckedOrder& order, const ConfirmationWords& words) {
  std::vector<std::string> warnings = order.warnings;
  for (const CheckedLine& line : order.lines) {
    for (const auto& word : line.words)
      warnings.push_back("line " + line.line_number + ": " + word);
  }
  const std::string text = plain(joined(warnings, ", "));
  if (words.status == "Accept")
    return "MPNUmber=" + words.web_order + (text.empty() ? "" : "|" + text);
  return "Warning Messages=" + text;
}

void add_reasons(XmlElement& element, const std::vector<std::string>& reasons) {
  for (const auto& reason : reasons)
    element.add("GlobalPurchaseOrderAcknowledgmentReasonCode").text = reason;
}

void add_line(XmlElement& order, const CheckedLine& line, const std::string& number,
              const std::string& status, const std::string& date) {
  XmlElement& item = order.add("ProductLineItem");
  item.set("buyerLineItem/LineNumber", line.line_number);
  if (!line.words.empty()) item.set("comments/FreeFormText", plain(joined(line.words, ", ")));
  item.set("GlobalProductUnitOfMeasureCode", "Each");
  add_reasons(item, line.reasons);
  item.set("GlobalPurchaseOrderStatusCode", status);
  item.set("isDropShip/AffirmationIndicator", "Yes");
  item.set("LineNumber", number);
  item.set("OrderQuantity/requestedQuantity/ProductQuantity", line.quantity);
  XmlElement& product = item.make("ProductIdentification/PartnerProductIdentification");
  product.set("GlobalPartnerClassificationCode", "Manufacturer");
  product.set("ProprietaryProductIdentifier", line.product);
  XmlElement& event = item.make("requestedEvent/TransportationEvent");
  event.set("DateStamp", date);
  event.set("GlobalTransportEventCode", "Ship");
}

}  // namespace

XmlDocument receipt_document() { return backends::receipt_acknowledgment().document(); }

XmlDocument exception_document(const std::string& code, const std::string& words, bool content) {
  XmlDocument document = backends::exception_signal().document();
  XmlElement& root = document.root;
  root.set("ExceptionDescription/errorClassification/GlobalMessageExceptionCode", code);
  root.set("ExceptionDescription/errorDescription/FreeFormText", words.substr(0, kWordsMax));
  root.set("GlobalExceptionTypeCode",
           content ? "Receipt Acknowledgment Exception" : "General Exception");
  return document;
}

XmlDocument confirmation_document(const XmlElement& request, const CheckedOrder& order,
                                  const ConfirmationWords& words, WallTime now) {
  XmlDocument document;
  document.system_id = "3A4_MS_V02_00_PurchaseOrderConfirmation.dtd";
  XmlElement& root = document.root;
  root.name = "Pip3A4PurchaseOrderConfirmation";
  add_from_role(root, request);
  root.set("GlobalDocumentFunctionCode", "Response");
  XmlElement& purchase_order = root.add("PurchaseOrder");
  const std::string comment = comment_of(order, words);
  purchase_order.set("comments/FreeFormText", comment);
  if (words.status == "Reject") add_reasons(purchase_order, order.reasons);
  purchase_order.set("GlobalPurchaseOrderStatusCode", words.status);
  purchase_order.set("GlobalPurchaseOrderTypeCode", order.type);
  purchase_order.set("isDropShip/AffirmationIndicator", "Yes");
  const std::string date = backends::rnif_time(now).substr(0, 8) + "Z";
  std::size_t number = 0;
  for (const CheckedLine& line : order.lines) {
    const std::string status = words.status == "Pending" ? "Pending"
                               : line.accepted           ? "Accept"
                                                         : "Reject";
    add_line(purchase_order, line, std::to_string(++number), status, date);
  }
  root.set("requestingDocumentDateTime/DateTimeStamp",
           request.text_at("thisDocumentGenerationDateTime/DateTimeStamp"));
  root.set("requestingDocumentIdentifier/ProprietaryDocumentIdentifier",
           request.text_at("thisDocumentIdentifier/ProprietaryDocumentIdentifier"));
  root.set("thisDocumentGenerationDateTime/DateTimeStamp", backends::rnif_time(now));
  root.set("thisDocumentIdentifier/ProprietaryDocumentIdentifier",
           "C-" + request.text_at("thisDocumentIdentifier/ProprietaryDocumentIdentifier"));
  add_to_role(root, request);
  return document;
}

}  // namespace handover::sim
