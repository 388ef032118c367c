#include "sim/back-ends/cisco/cisco_model.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/cisco/grammar.hpp"
#include "crypto/cms.hpp"
#include "crypto/sha256.hpp"
#include "sim/back-ends/cisco/answer_documents.hpp"
#include "sim/back-ends/option_reader.hpp"
#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

using backends::RnifEnvelope;
using backends::RnifMessage;

constexpr std::string_view kRnif = "/rnif";
constexpr std::string_view kRelay = "/relay/v1/messages";
constexpr std::size_t kFirstWebOrder = 900000;

HttpResponse plain(int status, std::string words) {
  HttpResponse response(status);
  response.headers.push_back({"Content-Type", "text/plain"});
  response.body = std::move(words);
  return response;
}

std::string read_set(const Json& value, std::set<std::string>& target) {
  if (!value.is_array()) return "expected a list of strings";
  std::set<std::string> texts;
  for (const Json& text : value.items()) texts.insert(text.text());
  target = std::move(texts);
  return {};
}

OptionReader::Setter set_setter(std::set<std::string>& target) {
  return [&target](const Json& value) { return read_set(value, target); };
}

std::string bill_to_of(const backends::XmlElement& root) {
  return root.text_at(
      "PurchaseOrder/AccountDescription/billTo/PartnerRoleDescription/ContactInformation/"
      "PhysicalAddress/GlobalLocationIdentifier");
}

Json texts_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

Json line_json(const CheckedLine& line) {
  return Json::object({{"line_number", line.line_number},
                       {"product", line.product},
                       {"quantity", line.quantity},
                       {"accepted", Json(line.accepted)},
                       {"covers", line.covers},
                       {"reasons", texts_json(line.reasons)},
                       {"words", texts_json(line.words)}});
}

}  // namespace

CiscoModel::CiscoModel(CiscoOptions options, std::uint64_t) : options_(std::move(options)) {}

HttpResponse CiscoModel::handle(const HttpRequest& request, WallTime now) {
  const Target target = parse_target(request.target);
  if (target.path != kRnif && target.path != kRelay) return failure(404);
  if (!is_authenticated(request)) return failure(401);
  if (target.path == kRnif) {
    if (request.method != "POST") return failure(405);
    return take_message(request, now);
  }
  if (request.method != "GET") return failure(405);
  return answer_relay(request, now);
}

bool CiscoModel::is_authenticated(const HttpRequest& request) const {
  constexpr std::string_view kBasic = "Basic ";
  const std::string_view given = find_header(request.headers, "Authorization");
  if (!given.starts_with(kBasic)) return false;
  const auto pair = decode_base64(given.substr(kBasic.size()));
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return false;
  const auto user = options_.users.find(pair->substr(0, colon));
  return user != options_.users.end() && user->second == pair->substr(colon + 1);
}

HttpResponse CiscoModel::take_message(const HttpRequest& request, WallTime now) {
  if (find_header(request.headers, "x-RN-Version") != "RosettaNet/V02.00")
    return plain(400, "expected x-RN-Version: RosettaNet/V02.00");
  const std::string mode(find_header(request.headers, "x-RN-Response-Type"));
  if (mode == "sync") return failure(501);
  if (!mode.empty() && mode != "async") return plain(400, "expected x-RN-Response-Type: async");
  const auto message =
      backends::parse_rnif(find_header(request.headers, "Content-Type"), request.body);
  if (!message && !message.error().silent && message.error().envelope) {
    const auto& fault = message.error();
    if (seen_[fault.envelope->tracking_id]++ == 0)
      except(*fault.envelope, fault.code, fault.what, now);
  } else if (!message || !silent_fault(*message).empty()) {
    // RNIF answers nothing to what it cannot trust: the sender sees a time-out.
    ++silent_;
  } else {
    take_request(*message, now);
  }
  return HttpResponse(202);
}

/// Why the sender cannot be answered; empty if it can.
std::string CiscoModel::silent_fault(const RnifMessage& message) const {
  const RnifEnvelope& envelope = message.envelope;
  if (!options_.buyers.empty() && !options_.buyers.contains(envelope.sender))
    return "unknown sender";
  if (envelope.receiver != options_.seller_duns) return "another receiver";
  if (envelope.usage != options_.usage) return "another usage";
  if (options_.signing_certificate.empty()) return {};
  const bool good =
      crypto::cms_verify(message.signed_part, message.signature, options_.signing_certificate);
  return good ? "" : "bad signature";
}

void CiscoModel::take_request(const RnifMessage& message, WallTime now) {
  const RnifEnvelope& envelope = message.envelope;
  const bool again = seen_[envelope.tracking_id]++ > 0;
  if (again) {
    for (Order& order : orders_) {
      if (order.tracking_id == envelope.tracking_id) ++order.times_seen;
    }
    // The same signal once more; the order is not processed twice. A confirmation is not repeated.
    const auto first = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
      return kept.tracking_id == envelope.tracking_id && kept.kind != "confirmation";
    });
    if (first != kept_.end()) {
      Kept repeated = *first;
      repeated.at = std::max(now, repeated.at);
      kept_.push_back(std::move(repeated));
    }
    return;
  }
  const bool of_3a4 = message.pip_code == "3A4" &&
                      (message.pip_version == "V02.00" || message.pip_version == "V02.00.00");
  if (!of_3a4 || envelope.action != backends::kRequestAction || !envelope.from_buyer ||
      !envelope.reply_to_tracking_id.empty()) {
    except(envelope, "UNP.MESG.SEQERR", "expected a 3A4 purchase order request", now);
    return;
  }
  const auto faults = backends::purchase_order_request().check(message.content);
  if (!faults.empty()) {
    except(envelope, "UNP.SCON.VALERR", faults.front().path + ": " + faults.front().what, now);
    return;
  }
  if (options_.exceptions > 0) {
    --options_.exceptions;
    except(envelope, "UNP.SCON.READERR", "an exception on purpose", now);
    return;
  }
  take_order(message, now);
}

void CiscoModel::take_order(const RnifMessage& message, WallTime now) {
  const backends::XmlElement& root = message.content.root;
  if (!options_.never_acknowledge)
    keep(message.envelope, "receipt", receipt_document(), now + options_.acknowledge_after);
  Order order;
  order.buyer = message.envelope.sender;
  order.purchase_order = root.text_at("thisDocumentIdentifier/ProprietaryDocumentIdentifier");
  order.bill_to = bill_to_of(root);
  order.tracking_id = message.envelope.tracking_id;
  order.times_seen = 1;
  const bool repeated = is_repeated(order.buyer, order.bill_to, order.purchase_order);
  order.checked = check_order(root, repeated, options_.check);
  if (options_.rejects > 0) {
    --options_.rejects;
    order.checked.accepted = false;
    order.checked.reasons.emplace_back("Credit hold");
    order.checked.warnings.emplace_back("rejected on purpose");
  }
  if (order.checked.accepted) order.web_order = std::to_string(kFirstWebOrder + ++numbers_);
  confirm(message, order, now);
  orders_.push_back(std::move(order));
}

void CiscoModel::confirm(const RnifMessage& message, Order& order, WallTime now) {
  if (options_.never_confirm) return;
  const backends::XmlElement& root = message.content.root;
  WallTime at = now + options_.confirm_after;
  if (options_.pending_for.count() > 0) {
    keep(message.envelope, "confirmation",
         confirmation_document(root, order.checked, {"Pending", ""}, at), at);
    at += options_.pending_for;
  }
  CheckedOrder told = order.checked;
  if (options_.header_rejects_only && !told.accepted) {
    for (CheckedLine& line : told.lines) line.accepted = true;
  }
  const std::string status = told.accepted ? "Accept" : "Reject";
  keep(message.envelope, "confirmation",
       confirmation_document(root, told, {status, order.web_order}, at), at);
}

void CiscoModel::except(const RnifEnvelope& request, const std::string& code,
                        const std::string& words, WallTime now) {
  const bool content = code.starts_with("UNP.SCON");
  keep(request, "exception", exception_document(code, words, content),
       now + options_.acknowledge_after);
}

void CiscoModel::keep(const RnifEnvelope& request, const char* kind,
                      const backends::XmlDocument& content, WallTime at) {
  RnifEnvelope answer;
  const bool is_confirmation = std::string_view(kind) == "confirmation";
  answer.sender = request.receiver;
  answer.receiver = request.sender;
  answer.initiator = request.initiator.empty() ? request.sender : request.initiator;
  answer.from_buyer = false;
  answer.usage = request.usage;
  answer.tracking_id = "cisco-" + std::to_string(kept_.size() + 1);
  answer.pip_instance_id = request.pip_instance_id;
  answer.at = at;
  answer.reply_to_tracking_id = request.tracking_id;
  answer.reply_to_action = request.action.empty() ? request.signal : request.action;
  if (is_confirmation) {
    answer.action = backends::kConfirmationAction;
  } else {
    answer.signal =
        std::string_view(kind) == "receipt" ? backends::kReceiptSignal : backends::kExceptionSignal;
  }
  auto packed = backends::pack_rnif(answer, content);
  if (!packed) return;  // Only a signature could fail, and there is none.
  kept_.push_back({request.sender, request.tracking_id, at, kind, std::move(*packed)});
}

bool CiscoModel::is_repeated(const std::string& buyer, const std::string& bill_to,
                             const std::string& purchase_order) const {
  return std::any_of(orders_.begin(), orders_.end(), [&](const Order& order) {
    return order.buyer == buyer && order.bill_to == bill_to &&
           order.purchase_order == purchase_order;
  });
}

HttpResponse CiscoModel::answer_relay(const HttpRequest& request, WallTime now) const {
  const Target target = parse_target(request.target);
  const std::string* sender = find_field(target.query, "sender");
  const std::string* tracking_id = find_field(target.query, "tracking_id");
  const std::string* purchase_order = find_field(target.query, "purchase_order");
  if (sender == nullptr || purchase_order == nullptr)
    return plain(400, "expected sender and purchase_order");
  std::set<std::string> ids;
  for (const Order& order : orders_) {
    if (order.buyer == *sender && order.purchase_order == *purchase_order)
      ids.insert(order.tracking_id);
  }
  if (tracking_id != nullptr) ids.insert(*tracking_id);
  std::vector<const Kept*> there;
  for (const Kept& kept : kept_) {
    if (kept.buyer == *sender && ids.contains(kept.tracking_id) && kept.at <= now)
      there.push_back(&kept);
  }
  std::stable_sort(there.begin(), there.end(),
                   [](const Kept* left, const Kept* right) { return left->at < right->at; });
  Json messages = Json::array();
  for (const Kept* kept : there) {
    messages.push_back(Json::object({{"received_at", format_rfc3339(kept->at)},
                                     {"content_type", kept->message.content_type},
                                     {"body", crypto::to_base64(kept->message.body)}}));
  }
  Json known;
  if (tracking_id != nullptr && seen_.contains(*tracking_id) && !options_.forget_requests)
    known = Json::object({{"tracking_id", *tracking_id}});
  return json_answer(
      200, Json::object({{"request", std::move(known)}, {"messages", std::move(messages)}}));
}

HttpResponse CiscoModel::failure(int status) const {
  HttpResponse response = json_answer(
      status,
      Json::object(
          {{"error", Json::object({{"message", status == 401 ? "user or password is wrong"
                                                             : "the relay cannot do that"}})}}));
  if (status == 401) response.headers.push_back({"WWW-Authenticate", "Basic"});
  return response;
}

HttpResponse CiscoModel::rate_limited(const RateLimitHints& hints, WallTime) const {
  HttpResponse response = failure(429);
  add_hints_in_seconds(response, hints);
  return response;
}

HttpResponse CiscoModel::refuse_item(const HttpRequest&, WallTime) {
  return plain(422, "the message is not passed on");
}

void CiscoModel::reset() {
  orders_.clear();
  kept_.clear();
  seen_.clear();
  silent_ = 0;
  numbers_ = 0;
}

Result<void> CiscoModel::configure(const Json& options) {
  OrderCheckOptions& check = options_.check;
  return OptionReader()
      .seconds("acknowledge_after_s", options_.acknowledge_after)
      .seconds("confirm_after_s", options_.confirm_after)
      .seconds("pending_for_s", options_.pending_for)
      .flag("never_acknowledge", options_.never_acknowledge)
      .flag("never_confirm", options_.never_confirm)
      .flag("forget_requests", options_.forget_requests)
      .flag("header_rejects_only", options_.header_rejects_only)
      .number("exceptions", options_.exceptions)
      .number("rejects", options_.rejects)
      .text("usage", options_.usage)
      .text("seller_duns", options_.seller_duns)
      .text("pak_name", check.pak_name)
      .text("contract_number_name", check.contract_number_name)
      .flag("lenient_pairs", check.lenient_pairs)
      .flag("reject_repeated_order", check.reject_repeated_order)
      .flag("fewer_serials_reject", check.fewer_serials_reject)
      .flag("mixed_results", check.mixed_results)
      .with("buyers", set_setter(options_.buyers))
      .with("bill_tos", set_setter(check.bill_tos))
      .with("partial_duns", set_setter(check.partial_duns))
      .with("serial_numbers", set_setter(check.serial_numbers))
      .with("pak_numbers", set_setter(check.pak_numbers))
      .with("catalogue",
            [&check](const Json& value) -> std::string {
              auto catalogue = parse_catalogue(value);
              if (!catalogue) return catalogue.error().detail;
              check.catalogue = std::move(*catalogue);
              return {};
            })
      .read(options);
}

std::size_t CiscoModel::doubled() const {
  std::map<std::pair<std::string, std::string>, std::size_t> bought;
  std::size_t doubled = 0;
  for (const Order& order : orders_) {
    if (order.checked.accepted && bought[{order.bill_to, order.purchase_order}]++ > 0) ++doubled;
  }
  return doubled;
}

Json CiscoModel::counts() const {
  const auto accepted = static_cast<std::size_t>(std::count_if(
      orders_.begin(), orders_.end(), [](const Order& order) { return order.checked.accepted; }));
  return Json::object({{"orders_count", json_number(orders_.size())},
                       {"accepted_count", json_number(accepted)},
                       {"doubled_orders_count", json_number(doubled())},
                       {"messages_count", json_number(seen_.size())},
                       {"kept_count", json_number(kept_.size())},
                       {"silent_count", json_number(silent_)}});
}

Json CiscoModel::state() const {
  Json state = counts();
  Json orders = Json::array();
  for (const Order& order : orders_) {
    Json lines = Json::array();
    for (const CheckedLine& line : order.checked.lines) lines.push_back(line_json(line));
    orders.push_back(Json::object({{"buyer", order.buyer},
                                   {"purchase_order", order.purchase_order},
                                   {"bill_to", order.bill_to},
                                   {"tracking_id", order.tracking_id},
                                   {"type", order.checked.type},
                                   {"accepted", Json(order.checked.accepted)},
                                   {"web_order", order.web_order},
                                   {"reasons", texts_json(order.checked.reasons)},
                                   {"warnings", texts_json(order.checked.warnings)},
                                   {"times_seen", json_number(order.times_seen)},
                                   {"lines", std::move(lines)}}));
  }
  state.set("orders", std::move(orders));
  return state;
}

}  // namespace handover::sim
