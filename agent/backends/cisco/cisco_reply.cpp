#include "agent/backends/cisco/cisco_reply.hpp"

#include <algorithm>

#include "agent/backends/answer.hpp"
#include "agent/backends/cisco/rnif_message.hpp"
#include "agent/backends/cisco/rnif_mime.hpp"

namespace handover::backends {
namespace {

constexpr std::size_t kLinesMax = 2000;
constexpr std::size_t kReasonsMax = 20;
constexpr std::size_t kMessagesMax = 200;
constexpr std::size_t kTextMax = 300;
constexpr std::string_view kWebOrder = "MPNUMBER=";

std::string short_text(std::string text) { return plain_words(text.substr(0, kTextMax * 4)); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// What follows "MPNUmber=", in any case, up to the bar.
std::string web_order_in(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(), upper);
  const auto place = folded.find(kWebOrder);
  if (place == std::string::npos) return {};
  const std::string_view rest = text.substr(place + kWebOrder.size());
  return std::string(rest.substr(0, rest.find('|')));
}

/// Where Cisco puts its words is not public: both places are read.
std::string words_in(const XmlElement& element) {
  std::string words = element.text_at("comments/FreeFormText");
  const std::string more = element.text_at("proprietaryInformation/FreeFormText");
  if (!words.empty() && !more.empty()) words += "|";
  return words + more;
}

std::vector<std::string> reasons_in(const XmlElement& element) {
  std::vector<std::string> reasons;
  for (const XmlElement& child : element.children) {
    if (child.name != "GlobalPurchaseOrderAcknowledgmentReasonCode") continue;
    if (reasons.size() < kReasonsMax) reasons.push_back(short_text(child.text));
  }
  return reasons;
}

ConfirmedLine read_line(const XmlElement& element) {
  ConfirmedLine line;
  line.line_number = short_text(element.text_at("buyerLineItem/LineNumber"));
  line.status = short_text(element.text_at("GlobalPurchaseOrderStatusCode"));
  line.reasons = reasons_in(element);
  line.words = short_text(words_in(element));
  return line;
}

std::optional<CiscoReply> read_confirmation(const XmlElement& root, CiscoReply reply) {
  if (root.name != "Pip3A4PurchaseOrderConfirmation") return std::nullopt;
  const XmlElement* order = root.find("PurchaseOrder");
  if (order == nullptr) return std::nullopt;
  reply.kind = CiscoReply::Kind::kConfirmation;
  reply.purchase_order = root.text_at("requestingDocumentIdentifier/ProprietaryDocumentIdentifier");
  reply.status = order->text_at("GlobalPurchaseOrderStatusCode");
  if (reply.status != "Accept" && reply.status != "Reject" && reply.status != "Pending")
    return std::nullopt;
  const std::string words = words_in(*order);
  reply.words = short_text(words);
  reply.web_order = short_text(web_order_in(words));
  reply.reasons = reasons_in(*order);
  for (const XmlElement& child : order->children) {
    if (child.name == "ProductLineItem" && reply.lines.size() < kLinesMax)
      reply.lines.push_back(read_line(child));
  }
  return reply;
}

std::optional<CiscoReply> read_exception(const XmlElement& root, CiscoReply reply) {
  if (root.name != "Exception") return std::nullopt;
  reply.kind = CiscoReply::Kind::kException;
  reply.exception_code = short_text(
      root.text_at("ExceptionDescription/errorClassification/GlobalMessageExceptionCode"));
  reply.words = short_text(root.text_at("ExceptionDescription/errorDescription/FreeFormText"));
  if (reply.exception_code.empty()) return std::nullopt;
  return reply;
}

}  // namespace

std::optional<CiscoReply> read_reply(std::string_view content_type, std::string_view body) {
  const auto message = parse_rnif(content_type, body);
  if (!message) return std::nullopt;
  // Whether a signal's roles mirror those of what it answers can be read in two ways: both are
  // taken. An action must come from the seller.
  const bool is_action = message->envelope.signal.empty();
  if (is_action && message->envelope.from_buyer) return std::nullopt;
  CiscoReply reply;
  reply.tracking_id = message->envelope.tracking_id;
  reply.in_reply_to = message->envelope.reply_to_tracking_id;
  const XmlElement& root = message->content.root;
  if (message->envelope.signal == kReceiptSignal) {
    if (root.name != "ReceiptAcknowledgment") return std::nullopt;
    reply.kind = CiscoReply::Kind::kReceipt;
    return reply;
  }
  if (message->envelope.signal == kExceptionSignal) return read_exception(root, std::move(reply));
  return read_confirmation(root, std::move(reply));
}

std::optional<RelayAnswer> read_relay_answer(const HttpResponse& response) {
  constexpr JsonLimits kLimits{.bytes_max = std::size_t{4} << 20, .depth_max = 8};
  const auto body = parse_json(response.body, kLimits);
  if (!body || !body->is_object()) return std::nullopt;
  const Json* messages = body->find("messages");
  if (messages == nullptr || !messages->is_array()) return std::nullopt;
  RelayAnswer answer;
  const Json* request = body->find("request");
  answer.knows_request = request != nullptr && request->is_object();
  for (const Json& item : messages->items()) {
    const auto bytes = from_base64(item.text_of("body"));
    auto reply = bytes ? read_reply(item.text_of("content_type"), *bytes) : std::nullopt;
    if (reply && answer.replies.size() < kMessagesMax) {
      answer.replies.push_back(std::move(*reply));
    } else {
      ++answer.unreadable;
    }
  }
  return answer;
}

}  // namespace handover::backends
