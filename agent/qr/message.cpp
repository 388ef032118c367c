#include "agent/qr/message.hpp"

#include <algorithm>

#include "agent/qr/claims.hpp"
#include "crypto/cose.hpp"
#include "crypto/sha256.hpp"
#include "crypto/terms.hpp"
#include "platform/assert.hpp"

namespace handover::qr {
namespace {

using crypto::Cbor;

constexpr std::int64_t kKind = 0;
constexpr std::int64_t kCertificate = 1;
constexpr std::int64_t kIssuedAt = 2;
constexpr std::int64_t kCode = 3;
constexpr std::int64_t kFrom = 4;
constexpr std::int64_t kTo = 5;
constexpr std::int64_t kReceiver = 6;
constexpr std::int64_t kItems = 7;
constexpr std::int64_t kOffer = 8;

constexpr std::size_t kSenderDigits = 12;
constexpr std::size_t kReceiverDigits = 8;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kItemPartsMax = 4;  // Product, quantity, serial number, batch.

std::string purpose_of(MessageKind kind) {
  return "handover/" + std::string(to_string(kind)) + "/1";
}

bool has_list(MessageKind kind) { return kind != MessageKind::kReceipt; }
bool has_code(MessageKind kind) { return kind != MessageKind::kCount; }
bool answers(MessageKind kind) { return kind != MessageKind::kOffer; }

tl::unexpected<Error> unreadable() {
  return fail(Error::refused("qr-unreadable",
                             "this handover code cannot be read; scan it again, or say the code "
                             "aloud"));
}

/// [product, quantity, serial number, batch], without the empty ones at the end.
Cbor item_of(const Item& item) {
  std::vector<std::string> parts = {item.prod, item.qty.to_string(), item.serial, item.batch};
  while (parts.back().empty()) parts.pop_back();
  return Cbor::array(to_cbor(parts));
}

Cbor items_of(const std::vector<Item>& items) {
  std::vector<Cbor> list;
  list.reserve(items.size());
  for (const Item& item : items) list.push_back(item_of(item));
  return Cbor::array(std::move(list));
}

void read_items(Claims& claims, Message& message) {
  for (const Cbor& entry : claims.list(kItems, crypto::kLinesMax)) {
    const Cbor wrapped = Cbor::map({{Cbor(kItems), entry}});
    Claims item(wrapped);
    auto parts = item.texts(kItems, 2, kItemPartsMax);
    parts.resize(kItemPartsMax);
    const auto quantity = crypto::Quantity::parse(parts[1]);
    if (!item.good() || !quantity || parts[0].empty()) return claims.complain();
    message.items.push_back({parts[0], parts[2], parts[3], *quantity});
  }
}

/// Digits alone, as docs/qr-handover.md has it: one way to write a code, so that it can be
/// compared.
bool is_code_of(MessageKind kind, const std::string& code) {
  const std::size_t length = kind == MessageKind::kOffer ? kSenderDigits : kReceiverDigits;
  return code.size() == length &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The members of its kind, and no certificate yet.
Result<Message> message_of(const Cbor& tree) {
  Claims claims(tree);
  Message message;
  const std::int64_t kind = claims.number(kKind);
  if (!claims.good() || kind < 1 || kind > 3) return unreadable();
  message.kind = static_cast<MessageKind>(kind);
  message.issued_at = claims.time(kIssuedAt);
  if (has_code(message.kind)) {
    message.code = claims.text(kCode);
    if (!is_code_of(message.kind, message.code)) return unreadable();
  }
  if (has_list(message.kind)) {
    message.from = claims.text(kFrom);
    message.to = claims.text(kTo);
    read_items(claims, message);
  }
  if (message.kind == MessageKind::kOffer) {
    const auto receiver = claims.texts(kReceiver, 3, 3);
    message.receiver = {receiver[0], receiver[1], receiver[2]};
  }
  if (answers(message.kind)) message.offer_hash = claims.bytes(kOffer);
  if (!claims.good() || (answers(message.kind) && message.offer_hash.size() != kHashBytes))
    return unreadable();
  return message;
}

struct Opened {
  crypto::CoseSign1 signed_part;
  Message message;
  std::string certificate;
};

Result<Opened> open(std::string_view bytes) {
  auto signed_part = crypto::parse_cose_sign1(bytes);
  if (!signed_part || signed_part->has_unprotected_header) return unreadable();
  const auto tree = crypto::parse_cbor(signed_part->payload);
  if (!tree) return unreadable();
  Claims claims(*tree);
  std::string certificate = claims.bytes(kCertificate);
  TRY_ASSIGN(Message message, message_of(*tree));
  message.bytes = bytes;
  return Opened{std::move(*signed_part), std::move(message), std::move(certificate)};
}

}  // namespace

std::string_view to_string(MessageKind kind) {
  switch (kind) {
    case MessageKind::kOffer:
      return "offer";
    case MessageKind::kReceipt:
      return "receipt";
    case MessageKind::kCount:
      return "count";
  }
  return {};
}

std::string sign_message(const Message& message, const Enrollment& enrollment) {
  std::vector<Cbor::Entry> entries = {
      {Cbor(kKind), Cbor(static_cast<std::int64_t>(message.kind))},
      {Cbor(kCertificate), Cbor::bytes(enrollment.certificate.bytes)},
      {Cbor(kIssuedAt), Cbor(seconds_of(message.issued_at))}};
  const auto add = [&](std::int64_t key, Cbor value) {
    entries.emplace_back(Cbor(key), std::move(value));
  };
  if (has_code(message.kind)) add(kCode, Cbor::text(message.code));
  if (has_list(message.kind)) {
    add(kFrom, Cbor::text(message.from));
    add(kTo, Cbor::text(message.to));
    add(kItems, items_of(message.items));
  }
  if (message.kind == MessageKind::kOffer) {
    const Technician& receiver = message.receiver;
    add(kReceiver,
        Cbor::array(to_cbor({receiver.user_id, receiver.first_name, receiver.last_name})));
  }
  if (answers(message.kind)) {
    INVARIANT(message.offer_hash.size() == kHashBytes);
    add(kOffer, Cbor::bytes(message.offer_hash));
  }
  return crypto::cose_sign(Cbor::map(std::move(entries)).encode(), purpose_of(message.kind),
                           enrollment.key);
}

Result<Message> read_message(std::string_view bytes, const CompanyKeys& company_keys,
                             WallTime now) {
  TRY_ASSIGN(Opened opened, open(bytes));
  TRY_ASSIGN(Certificate signer, read_certificate(opened.certificate, company_keys));
  if (!crypto::cose_verify(opened.signed_part, purpose_of(opened.message.kind),
                           signer.public_key)) {
    return fail(Error::refused(
        "signature-wrong",
        "the signature is not of the device that it names: do not trust this code; ask the other "
        "technician to show it again, or say the code aloud"));
  }
  RETURN_IF_ERROR(check_validity(signer, now));
  // When it was signed is the signer's claim; one that his own certificate denies is none.
  RETURN_IF_ERROR(check_validity(signer, opened.message.issued_at));
  opened.message.signer = std::move(signer);
  return std::move(opened.message);
}

Result<Message> parse_message(std::string_view bytes) {
  TRY_ASSIGN(Opened opened, open(bytes));
  TRY_ASSIGN(opened.message.signer, parse_certificate(opened.certificate));
  return std::move(opened.message);
}

std::string hash_of(std::string_view message) {
  const auto digest = crypto::sha256({message});
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace handover::qr
