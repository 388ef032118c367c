#include "agent/backends/cisco/rnif_message.hpp"

#include <algorithm>
#include <set>

#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/rnif_mime.hpp"
#include "crypto/sha256.hpp"

namespace handover::backends {
namespace {

constexpr const char* kActivity = "Request Purchase Order";
constexpr std::size_t kHeaderParts = 4;
constexpr std::size_t kBase64LineMax = 76;
constexpr const char* kMessageControl = "ProcessControl/ActivityControl/MessageControl";
using Fault = tl::unexpected<RnifFault>;

XmlDocument make_preamble() {
  XmlDocument document = preamble().document();
  document.root.set("standardName/GlobalAdministeringAuthorityCode", "RosettaNet");
  document.root.set("standardVersion/VersionIdentifier", "V02.00");
  return document;
}

void set_partner(XmlElement& element, const std::string& duns) {
  element.set("PartnerIdentification/domain/FreeFormText", "DUNS");
  element.set("PartnerIdentification/GlobalBusinessIdentifier", duns);
}

XmlDocument make_delivery_header(const RnifEnvelope& envelope) {
  XmlDocument document = delivery_header().document();
  XmlElement& root = document.root;
  root.set("isSecureTransportRequired/AffirmationIndicator", "Yes");
  root.set("messageDateTime/DateTimeStamp", rnif_time(envelope.at));
  set_partner(root.make("messageReceiverIdentification"), envelope.receiver);
  set_partner(root.make("messageSenderIdentification"), envelope.sender);
  root.set("messageTrackingID/InstanceIdentifier", envelope.tracking_id);
  return document;
}

std::string role(bool buyer) { return buyer ? "Buyer" : "Seller"; }

void set_content_identity(XmlElement& control, const RnifEnvelope& envelope) {
  XmlElement& manifest = control.make("Manifest");
  manifest.set("numberOfAttachments/CountableAmount", "0");
  XmlElement& content = manifest.make("ServiceContentControl");
  if (envelope.signal.empty()) {
    content.set("ActionIdentity/GlobalBusinessActionCode", envelope.action);
    return;
  }
  content.set("SignalIdentity/GlobalBusinessSignalCode", envelope.signal);
  content.set("SignalIdentity/VersionIdentifier", "V02.00");
}

XmlDocument make_service_header(const RnifEnvelope& envelope) {
  XmlDocument document = service_header().document();
  XmlElement& process = document.root.make("ProcessControl");
  process.set("ActivityControl/BusinessActivityIdentifier", kActivity);
  XmlElement& control = process.make("ActivityControl/MessageControl");
  control.set("fromRole/GlobalPartnerRoleClassificationCode", role(envelope.from_buyer));
  control.set("fromService/GlobalBusinessServiceCode", role(envelope.from_buyer) + " Service");
  control.set("toRole/GlobalPartnerRoleClassificationCode", role(!envelope.from_buyer));
  control.set("toService/GlobalBusinessServiceCode", role(!envelope.from_buyer) + " Service");
  if (!envelope.reply_to_tracking_id.empty()) {
    XmlElement& action = control.make("inReplyTo/ActionControl");
    action.set("ActionIdentity/GlobalBusinessActionCode", envelope.reply_to_action);
    action.set("messageTrackingID/InstanceIdentifier", envelope.reply_to_tracking_id);
  }
  set_content_identity(control, envelope);
  process.set("GlobalUsageCode", envelope.usage);
  process.set("pipCode/GlobalProcessIndicatorCode", "3A4");
  process.set("pipInstanceId/InstanceIdentifier", envelope.pip_instance_id);
  process.set("pipVersion/VersionIdentifier", "V02.00");
  set_partner(process.make("KnownInitiatingPartner"), envelope.initiator);
  service_header().arrange(document.root);
  return document;
}

struct PlainPart {
  const char* location;
  std::string xml;
};

std::string write_plain_part(const PlainPart& part, const std::string& tracking_id) {
  MimePart mime;
  mime.headers = {
      {"Content-Type", "application/xml"},
      {"Content-Location", part.location},
      {"Content-ID", "<" + std::string(part.location) + "." + tracking_id + "@handover>"},
      {"Content-Transfer-Encoding", "binary"}};
  mime.body = part.xml;
  return write_part(mime);
}

/// Stands nowhere in `text`. The same for the same text.
std::string boundary_for(std::string_view text, std::string_view purpose) {
  for (unsigned i = 0;; ++i) {
    const auto digest = crypto::sha256({purpose, ":", std::to_string(i), ":", text});
    std::string boundary = "handover-" + crypto::to_hex(std::span(digest).first(16));
    if (text.find(boundary) == text.npos) return boundary;
  }
}

std::string join(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts) all += part;
  return all;
}

std::string wrapped_base64(std::string_view bytes) {
  const std::string line = crypto::to_base64(bytes);
  std::string text;
  for (std::size_t i = 0; i < line.size(); i += kBase64LineMax)
    text.append(line, i, kBase64LineMax).append("\r\n");
  return text;
}

/// The entity with its Content-Type: a multipart/related, or a multipart/signed around it.
struct Entity {
  std::string type;
  std::string header;
  std::string body;
};

Result<Entity> sign(const Entity& inner, const RnifSigning& signing) {
  const std::string content = write_part({{{"Content-Type", inner.header}}, inner.body, {}});
  TRY_ASSIGN(const std::string der, signing.sign(content));
  MimePart signature;
  signature.headers = {{"Content-Type", "application/pkcs7-signature; name=\"smime.p7s\""},
                       {"Content-Transfer-Encoding", "base64"},
                       {"Content-Disposition", "attachment; filename=\"smime.p7s\""}};
  signature.body = wrapped_base64(der);
  const std::vector<std::string> parts = {content, write_part(signature)};
  const std::string boundary = boundary_for(join(parts), "signed");
  Entity entity;
  entity.type = "multipart/signed";
  entity.header =
      "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=" + signing.micalg +
      "; boundary=\"" + boundary + "\"";
  entity.body = write_multipart(parts, boundary);
  return entity;
}

RnifFault silent(std::string code, std::string what) {
  RnifFault fault;
  fault.code = std::move(code);
  fault.what = std::move(what);
  fault.silent = true;
  return fault;
}

std::string type_of(const MimePart& part) {
  const auto type = parse_content_type(find_header(part.headers, "Content-Type"));
  return type ? type->type : std::string();
}

/// The multipart/related that holds the documents, taken out of what HTTP and a signature wrap
/// around it.
struct Unwrapped {
  std::vector<MimePart> parts;
  std::string signed_part;
  std::string signature;
};

tl::expected<Unwrapped, RnifFault> unwrap(std::string_view header, std::string_view body,
                                          int depth) {
  constexpr int kWrappingsMax = 3;
  const auto type = parse_content_type(header);
  if (!type || depth > kWrappingsMax) return Fault(silent("PKG.MESG.GENERR", "no RNIF package"));
  auto parts = parse_multipart(body, type->parameter("boundary"));
  if (!parts) return Fault(silent("PKG.MESG.GENERR", parts.error().detail));
  const bool related = type->type == "multipart/related";
  if (related && !parts->empty() && type_of(parts->front()) == "application/xml")
    return Unwrapped{std::move(*parts), {}, {}};
  if (related && parts->size() == 1) {
    const MimePart& inner = parts->front();
    return unwrap(find_header(inner.headers, "Content-Type"), inner.body, depth + 1);
  }
  if (type->type != "multipart/signed" || parts->size() != 2)
    return Fault(silent("PKG.MESG.GENERR", "expected multipart/related or multipart/signed"));
  const MimePart& content = parts->front();
  auto unwrapped = unwrap(find_header(content.headers, "Content-Type"), content.body, depth + 1);
  auto signature = decode_body(parts->back());
  if (unwrapped && !signature) return Fault(silent("UNP.MESG.SIGNERR", signature.error().detail));
  if (unwrapped) {
    unwrapped->signed_part = content.raw;
    unwrapped->signature = std::move(*signature);
  }
  return unwrapped;
}

std::string package_fault(const std::vector<MimePart>& parts) {
  if (parts.size() < kHeaderParts) return "expected four parts";
  std::set<std::string> ids;
  for (const MimePart& part : parts) {
    const std::string id(find_header(part.headers, "Content-ID"));
    if (id.empty()) return "a part has no Content-ID";
    if (!ids.insert(id).second) return "two parts have one Content-ID";
  }
  return {};
}

Result<XmlDocument> document_in(const MimePart& part) {
  if (type_of(part) != "application/xml") return fail(Errc::kCorrupt, "expected application/xml");
  TRY_ASSIGN(const std::string bytes, decode_body(part));
  return parse_xml(bytes);
}

tl::expected<XmlDocument, RnifFault> header_in(const MimePart& part, const Grammar& grammar,
                                               const std::string& code) {
  auto document = document_in(part);
  if (!document) return Fault(silent(code + ".READERR", document.error().detail));
  const auto faults = grammar.check(*document);
  if (!faults.empty())
    return Fault(silent(code + ".VALERR", faults.front().path + ": " + faults.front().what));
  return std::move(*document);
}

constexpr const char* kPartner = "/PartnerIdentification/GlobalBusinessIdentifier";

std::optional<WallTime> time_in(const std::string& text) {
  // The grammar has made sure of its form.
  if (text.size() != 20) return std::nullopt;
  const auto time =
      parse_rfc3339(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" +
                    text.substr(9, 2) + ":" + text.substr(11, 2) + ":" + text.substr(13));
  return time ? std::optional(*time) : std::nullopt;
}

void read_headers(const XmlElement& delivery, const XmlElement& service, RnifMessage& message) {
  RnifEnvelope& envelope = message.envelope;
  envelope.receiver = delivery.text_at(std::string("messageReceiverIdentification") + kPartner);
  envelope.sender = delivery.text_at(std::string("messageSenderIdentification") + kPartner);
  envelope.tracking_id = delivery.text_at("messageTrackingID/InstanceIdentifier");
  envelope.at = time_in(delivery.text_at("messageDateTime/DateTimeStamp")).value_or(WallTime());
  const XmlElement nothing;
  const XmlElement* found = service.at(kMessageControl);
  const XmlElement& control = found == nullptr ? nothing : *found;
  envelope.from_buyer = control.text_at("fromRole/GlobalPartnerRoleClassificationCode") == "Buyer";
  const std::string manifest = "Manifest/ServiceContentControl/";
  envelope.action = control.text_at(manifest + "ActionIdentity/GlobalBusinessActionCode");
  envelope.signal = control.text_at(manifest + "SignalIdentity/GlobalBusinessSignalCode");
  const std::string reply = "inReplyTo/ActionControl/";
  envelope.reply_to_action = control.text_at(reply + "ActionIdentity/GlobalBusinessActionCode");
  envelope.reply_to_tracking_id = control.text_at(reply + "messageTrackingID/InstanceIdentifier");
  envelope.usage = service.text_at("ProcessControl/GlobalUsageCode");
  envelope.pip_instance_id = service.text_at("ProcessControl/pipInstanceId/InstanceIdentifier");
  envelope.initiator =
      service.text_at(std::string("ProcessControl/KnownInitiatingPartner") + kPartner);
  message.pip_code = service.text_at("ProcessControl/pipCode/GlobalProcessIndicatorCode");
  message.pip_version = service.text_at("ProcessControl/pipVersion/VersionIdentifier");
  message.attachments = control.text_at("Manifest/numberOfAttachments/CountableAmount");
}

}  // namespace

std::string rnif_time(WallTime time) {
  std::string text = format_rfc3339(time);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '-' || c == ':'; }),
             text.end());
  return text;
}

Result<PackedRnif> pack_rnif(const RnifEnvelope& envelope, const XmlDocument& content,
                             const RnifSigning* signing) {
  const std::vector<PlainPart> documents = {
      {"RN-Preamble", write_xml(make_preamble())},
      {"RN-Delivery-Header", write_xml(make_delivery_header(envelope))},
      {"RN-Service-Header", write_xml(make_service_header(envelope))},
      {"RN-Service-Content", write_xml(content)}};
  std::vector<std::string> parts;
  for (const PlainPart& document : documents)
    parts.push_back(write_plain_part(document, envelope.tracking_id));
  const std::string boundary = boundary_for(join(parts), "related");
  Entity entity;
  entity.type = "multipart/related";
  entity.header = "multipart/related; type=\"application/xml\"; boundary=\"" + boundary + "\"";
  entity.body = write_multipart(parts, boundary);
  if (signing != nullptr) {
    TRY_ASSIGN(entity, sign(entity, *signing));
  }
  const std::vector<std::string> whole = {
      write_part({{{"Content-Type", entity.header}}, entity.body, {}})};
  const std::string outer = boundary_for(whole.front(), "outer");
  PackedRnif packed;
  packed.content_type =
      "multipart/related; type=\"" + entity.type + "\"; boundary=\"" + outer + "\"";
  packed.body = write_multipart(whole, outer);
  return packed;
}

tl::expected<RnifMessage, RnifFault> parse_rnif(std::string_view content_type,
                                                std::string_view body) {
  auto package = unwrap(content_type, body, 1);
  if (!package) return Fault(std::move(package).error());
  const auto& parts = package->parts;
  if (const auto why = package_fault(parts); !why.empty())
    return Fault(silent("PKG.MESG.GENERR", why));
  auto first = header_in(parts[0], preamble(), "UNP.PRMB");
  if (!first) return Fault(std::move(first).error());
  auto delivery = header_in(parts[1], delivery_header(), "UNP.DHDR");
  if (!delivery) return Fault(std::move(delivery).error());
  auto service = header_in(parts[2], service_header(), "UNP.SHDR");
  if (!service) return Fault(std::move(service).error());

  RnifMessage message;
  read_headers(delivery->root, service->root, message);
  message.extra_parts = parts.size() - kHeaderParts;
  message.signed_part = std::move(package->signed_part);
  message.signature = std::move(package->signature);
  RnifFault fault;
  fault.envelope = message.envelope;
  if (message.attachments != std::to_string(message.extra_parts)) {
    fault.code = "UNP.SHDR.MNFSTERR";
    fault.what = "the manifest counts other attachments than there are";
    return Fault(std::move(fault));
  }
  auto content = document_in(parts[3]);
  if (!content) {
    fault.code = "UNP.SCON.READERR";
    fault.what = content.error().detail;
    return Fault(std::move(fault));
  }
  message.content = std::move(*content);
  return message;
}

}  // namespace handover::backends
