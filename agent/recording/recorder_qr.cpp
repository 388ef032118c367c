// The part of the recorder that shows and reads QR codes. It adds signatures to the halves of a
// transfer and takes nothing away: tries, nonces, replays and records are those of the spoken code.
#include <algorithm>

#include "agent/recording/recorder.hpp"
#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "crypto/validation_code.hpp"
#include "platform/assert.hpp"

namespace handover::recording {
namespace {

using crypto::same_identifier;
using qr::Message;
using qr::MessageKind;
using storage::TransferDirection;
using storage::TransferRow;
using storage::TransferState;

qr::List list_of(const Message& message) { return {message.from, message.to, message.items}; }
qr::List list_of(const Transfer& transfer) { return {transfer.from, transfer.to, transfer.items}; }

/// The offer as the receiver's device would have recorded it.
Transfer form_of(const Message& offer) {
  Transfer form;
  form.direction = Direction::kInbound;
  form.from = offer.from;
  form.to = offer.to;
  form.other = offer.signer.technician;
  form.items = offer.items;
  return form;
}

std::vector<Warning> warnings_of(const Message& offer) {
  const auto& locations = offer.signer.locations;
  const bool own = std::any_of(locations.begin(), locations.end(), [&](const auto& location) {
    return same_identifier(location, offer.from);
  });
  if (own) return {};
  return {{"/transfer/FromStorageLocation",
           "not among the storage locations of " + offer.signer.technician.user_id +
               " in the certificate; ask him whether this is right"}};
}

Error wrong_kind(MessageKind found, const char* expected) {
  return Error::refused(
      "qr-wrong-kind",
      "this is the other technician's " + std::string(to_string(found)) + "; expected " + expected);
}

}  // namespace

Result<const qr::Enrollment*> Recorder::enrollment() const {
  if (world_.enrollment != nullptr) return world_.enrollment;
  return fail(Error::refused("not-enrolled",
                             "this device has no certificate of the company: say the code aloud, "
                             "or ask the office for an enrollment (handover enroll)"));
}

/// What it signs with an expired certificate nobody takes: scanning ends before anybody counts on
/// it.
Result<const qr::Enrollment*> Recorder::valid_enrollment() const {
  TRY_ASSIGN(const auto* own, enrollment());
  RETURN_IF_ERROR(qr::check_validity(own->certificate, world_.clock.wall_now()));
  return own;
}

bool Recorder::may_sign() const { return valid_enrollment().has_value(); }

Result<Message> Recorder::read_whole(const std::vector<std::string>& codes) const {
  TRY_ASSIGN(const auto* own, valid_enrollment());
  TRY_ASSIGN(const qr::Scanned scanned, qr::read_codes(codes));
  if (!scanned.message) {
    return fail(Error::refused("qr-incomplete", "only " + std::to_string(scanned.have.size()) +
                                                    " of its " + std::to_string(scanned.of) +
                                                    " codes were scanned; scan the others too"));
  }
  return qr::read_message(*scanned.message, own->company_keys, world_.clock.wall_now());
}

Result<std::optional<Message>> Recorder::stored(const TransferRow& row, MessageKind kind) const {
  TRY_ASSIGN(const auto bytes,
             world_.store.signed_messages.read(row.number, static_cast<int>(kind)));
  if (!bytes) return std::optional<Message>();
  auto message = qr::parse_message(*bytes);
  // It was read before it was written: what cannot be read now was damaged on the disk.
  if (!message)
    return fail(Errc::kCorrupt, "a signed message of this transfer is damaged in the store");
  return std::optional(std::move(*message));
}

/// The same where a damaged message is as good as none: the spoken code works without it.
std::optional<Message> Recorder::readable(const TransferRow& row, MessageKind kind) const {
  auto message = stored(row, kind);
  return message ? std::move(*message) : std::nullopt;
}

Result<void> Recorder::keep(const TransferRow& row, const Message& message) {
  return world_.store.signed_messages.write(row.number, static_cast<int>(message.kind),
                                            message.bytes);
}

Result<Message> Recorder::sign_and_keep(const TransferRow& row, Message message) {
  message.issued_at = world_.clock.wall_now();
  message.bytes = qr::sign_message(message, *world_.enrollment);
  RETURN_IF_ERROR(keep(row, message));
  return message;
}

/// Signs what the sender's half offers now. A list that is too long for QR codes has none, and a
/// half that an earlier technician of this device recorded is not for this one to sign.
Result<void> Recorder::sign_offer(const TransferRow& row, const Transfer& transfer) {
  if (!may_sign()) return {};
  // What was signed of an earlier offer, and what answers it, is over.
  for (const auto kind : {MessageKind::kOffer, MessageKind::kReceipt, MessageKind::kCount}) {
    RETURN_IF_ERROR(world_.store.signed_messages.remove(row.number, static_cast<int>(kind)));
  }
  if (!same_identifier(user_of_row(row), world_.enrollment->certificate.technician.user_id))
    return {};
  Message offer;
  offer.kind = MessageKind::kOffer;
  offer.issued_at = world_.clock.wall_now();
  offer.code = row.public_code;
  offer.from = transfer.from;
  offer.to = transfer.to;
  offer.receiver = transfer.other;
  offer.items = transfer.items;
  offer.bytes = qr::sign_message(offer, *world_.enrollment);
  if (!qr::write_codes(offer.bytes)) return {};
  return keep(row, offer);
}

Result<void> Recorder::check_offer(const Message& offer) const {
  const std::string& own = device_.technician.user_id;
  if (!same_identifier(offer.receiver.user_id, own)) {
    return fail(Error::refused("not-for-this-technician", "this offer is for " +
                                                              offer.receiver.user_id +
                                                              ", and this is the device of " + own +
                                                              "; the sender must offer to " + own));
  }
  auto terms = terms_of(form_of(offer), own);
  if (!terms) {
    return fail(Error::refused("qr-unreadable", "this offer breaks a rule: " +
                                                    terms.error().detail + ". Say the code aloud"));
  }
  const auto code = crypto::parse_typed_code(offer.code, crypto::CodeSide::kSender);
  if (!code) return fail(Error::refused("qr-unreadable", "this offer has no sender code"));
  const auto hash = crypto::sha256({terms->json()});
  TRY_ASSIGN(const bool replayed,
             world_.store.transfers.is_accepted(
                 {reinterpret_cast<const char*>(hash.data()), hash.size()}, *code));
  if (replayed) {
    return fail(Error::refused(
        "code-replayed",
        "this offer was received here already, and nothing is to be offered again: open that "
        "handover, and show its receipt or read its 8 digits to the sender"));
  }
  return {};
}

Result<ScanReading> Recorder::read_scan(const std::vector<std::string>& codes) const {
  TRY_ASSIGN(const auto* own, valid_enrollment());
  ScanReading reading;
  TRY_ASSIGN(reading.scanned, qr::read_codes(codes));
  if (!reading.scanned.message) return reading;
  TRY_ASSIGN(reading.message, qr::read_message(*reading.scanned.message, own->company_keys,
                                               world_.clock.wall_now()));
  RETURN_IF_ERROR(reading.message->kind == MessageKind::kOffer ? place_offer(reading)
                                                               : place_answer(reading));
  return reading;
}

/// The half that waits here for this offer: between the same people and places; of several the one
/// with the same list, else the newest.
Result<void> Recorder::place_offer(ScanReading& reading) const {
  const Message& offer = *reading.message;
  RETURN_IF_ERROR(check_offer(offer));
  reading.transfer = form_of(offer);
  reading.warnings = warnings_of(offer);
  TRY_ASSIGN(const auto waiting, world_.store.transfers.open_in(TransferState::kRecorded));
  for (const TransferRow& row : waiting) {
    const Transfer half = transfer_of(row);
    if (!same_identifier(half.other.user_id, offer.signer.technician.user_id) ||
        !same_identifier(half.from, offer.from) || !same_identifier(half.to, offer.to) ||
        !check_own_half(row))
      continue;
    reading.transfer_id = row.id;
    reading.changes = qr::changes_between(list_of(offer), list_of(half));
    if (reading.changes.empty()) return {};
  }
  return {};
}

/// The open offer here that a receipt or a count answers.
Result<void> Recorder::place_answer(ScanReading& reading) const {
  const Message& answer = *reading.message;
  TRY_ASSIGN(const auto offers, world_.store.transfers.open_in(TransferState::kOffered));
  for (const TransferRow& row : offers) {
    const auto offer = readable(row, MessageKind::kOffer);
    if (!offer || qr::hash_of(offer->bytes) != answer.offer_hash) continue;
    RETURN_IF_ERROR(check_answer(row, answer));
    reading.transfer_id = row.id;
    if (answer.kind != MessageKind::kCount) return {};
    Transfer counted = transfer_of(row);
    reading.changes = qr::changes_between(list_of(counted), list_of(answer));
    counted.from = answer.from;
    counted.to = answer.to;
    counted.items = answer.items;
    reading.transfer = std::move(counted);
    return {};
  }
  return fail(Error::refused(
      "receipt-of-another-offer",
      "this answers no offer that is open here: if you offered again, show the new code; if the "
      "half is complete already, nothing is left to do"));
}

Result<void> Recorder::check_answer(const TransferRow& row, const Message& answer) const {
  const Transfer half = transfer_of(row);
  if (same_identifier(answer.signer.technician.user_id, half.other.user_id)) return {};
  return fail(Error::refused("not-for-this-technician", answer.signer.technician.user_id +
                                                            " signed this, but the offer is to " +
                                                            half.other.user_id +
                                                            "; only he can receive it"));
}

Result<void> Recorder::check_own_half(const TransferRow& row) const {
  const std::string user = user_of_row(row);
  if (same_identifier(user, device_.technician.user_id)) return {};
  return fail(Error::refused("not-for-this-technician",
                             user + " recorded this half, and this is the device of " +
                                 device_.technician.user_id +
                                 " now; complete it with the spoken "
                                 "code, or cancel it"));
}

Result<CodeOutcome> Recorder::scan(std::string_view id, const std::vector<std::string>& codes) {
  TRY_ASSIGN(TransferRow row, world_.store.transfers.read_by_id(id));
  TRY_ASSIGN(const Message message, read_whole(codes));
  if (row.state == TransferState::kRecorded) {
    RETURN_IF_ERROR(check_own_half(row));
    if (message.kind != MessageKind::kOffer)
      return fail(wrong_kind(message.kind, "the sender's offer"));
    RETURN_IF_ERROR(check_offer(message));
    return take_offer(std::move(row), message);
  }
  if (row.state != TransferState::kOffered) return closed_outcome(std::move(row));
  if (message.kind == MessageKind::kOffer)
    return fail(wrong_kind(message.kind, "the receiver's receipt, or his count"));
  return take_answer(std::move(row), message);
}

Result<CodeOutcome> Recorder::receive_scanned(const Transfer& transfer,
                                              const std::vector<std::string>& codes) {
  TRY_ASSIGN(const Message offer, read_whole(codes));
  if (offer.kind != MessageKind::kOffer) return fail(wrong_kind(offer.kind, "the sender's offer"));
  if (transfer.direction != Direction::kInbound)
    return fail(Error::invalid("/direction", "expected inbound: an offer was scanned"));
  RETURN_IF_ERROR(check_offer(offer));
  TRY_ASSIGN(TransferView view, start(transfer));
  TRY_ASSIGN(CodeOutcome outcome, take_offer(std::move(view.row), offer));
  add_news(view.warnings, outcome.view.warnings);
  outcome.view.warnings = std::move(view.warnings);
  if (outcome.kind == CodeOutcome::Kind::kDeadOffer)
    return fail(Error::refused("offer-dead", outcome.words));
  return outcome;
}

/// The scanned offer stays with the half, whatever comes of it.
Result<CodeOutcome> Recorder::take_offer(TransferRow row, const Message& offer) {
  const Transfer half = transfer_of(row);
  if (!same_identifier(half.other.user_id, offer.signer.technician.user_id)) {
    return fail(Error::invalid("/transfer/TransferTech/UserID",
                               "the scanned offer is of " + offer.signer.technician.user_id +
                                   "; expected the same technician here"));
  }
  RETURN_IF_ERROR(keep(row, offer));
  TRY_ASSIGN(const crypto::Terms offered, terms_of(form_of(offer), device_.technician.user_id));
  if (offered.json() == row.terms) {
    RETURN_IF_ERROR(
        world_.store.signed_messages.remove(row.number, static_cast<int>(MessageKind::kCount)));
    if (!codes_that_fit(offer.code, offered)) {
      // Nobody guesses at a signed code: it is the keys that differ, and no try is used.
      return fail(Error::refused("validation-keys-differ",
                                 "the lists agree, but the code does not fit: the two devices have "
                                 "different validation keys; tell the office"));
    }
    return enter_sender_code(std::move(row), offer.code);
  }
  Message count;
  count.kind = MessageKind::kCount;
  count.from = half.from;
  count.to = half.to;
  count.items = half.items;
  count.offer_hash = qr::hash_of(offer.bytes);
  RETURN_IF_ERROR(sign_and_keep(row, std::move(count)));
  return CodeOutcome{CodeOutcome::Kind::kListsDiffer,
                     "the lists differ: show this code to the sender, who can offer what was "
                     "counted",
                     view_of(std::move(row))};
}

Result<CodeOutcome> Recorder::take_answer(TransferRow row, const Message& answer) {
  TRY_ASSIGN(const auto offer, stored(row, MessageKind::kOffer));
  if (!offer || qr::hash_of(offer->bytes) != answer.offer_hash) {
    return fail(Error::refused("receipt-of-another-offer",
                               "this answers another offer than this one; show the receiver the "
                               "code that is on the screen now"));
  }
  RETURN_IF_ERROR(check_answer(row, answer));
  if (answer.kind == MessageKind::kCount) {
    RETURN_IF_ERROR(keep(row, answer));
    return CodeOutcome{CodeOutcome::Kind::kListsDiffer,
                       "the receiver counted otherwise: cancel this offer and offer what he "
                       "counted, or count again together",
                       view_of(std::move(row))};
  }
  if (!crypto::codes_equal(answer.code, row.expected_code)) return refuse_code(std::move(row));
  RETURN_IF_ERROR(keep(row, answer));
  return complete(std::move(row), answer.code);
}

/// Both signatures, where this half was completed by what was scanned. A half that was completed
/// by the spoken code has none, whatever was scanned before.
Result<void> Recorder::add_evidence(const TransferRow& row, const std::string& private_code,
                                    Json& half) {
  if (world_.enrollment == nullptr) return {};
  const auto offer = readable(row, MessageKind::kOffer);
  if (!offer) return {};
  std::optional<Message> receipt;
  if (row.direction == TransferDirection::kInbound) {
    TRY_ASSIGN(const crypto::Terms offered, terms_of(form_of(*offer), device_.technician.user_id));
    if (offered.json() != row.terms || offer->code != private_code || !may_sign()) return {};
    Message made;
    made.kind = MessageKind::kReceipt;
    made.code = row.public_code;
    made.offer_hash = qr::hash_of(offer->bytes);
    TRY_ASSIGN(receipt, sign_and_keep(row, std::move(made)));
  } else {
    receipt = readable(row, MessageKind::kReceipt);
    if (!receipt || receipt->code != private_code ||
        receipt->offer_hash != qr::hash_of(offer->bytes))
      return {};
  }
  half.set("evidence", Json::object({{"offer", qr::write_whole(offer->bytes)},
                                     {"receipt", qr::write_whole(receipt->bytes)}}));
  return {};
}

QrView Recorder::qr_of(const TransferRow& row) const {
  QrView view;
  if (world_.enrollment == nullptr) return view;
  const bool outbound = row.direction == TransferDirection::kOutbound;
  const bool open = row.state == TransferState::kOffered || row.state == TransferState::kRecorded;
  if (!outbound && row.state == TransferState::kCompleted && readable(row, MessageKind::kReceipt)) {
    view.shows = MessageKind::kReceipt;
  }
  if (!open) return view;
  const auto offer = readable(row, MessageKind::kOffer);
  const auto count = readable(row, MessageKind::kCount);
  if (outbound && offer) view.shows = MessageKind::kOffer;
  if (!outbound && count) view.shows = MessageKind::kCount;
  if (offer && count) view.changes = qr::changes_between(list_of(*offer), list_of(*count));
  return view;
}

Result<ShownCodes> Recorder::shown_codes(std::string_view id) const {
  RETURN_IF_ERROR(enrollment());
  TRY_ASSIGN(const TransferRow row, world_.store.transfers.read_by_id(id));
  for (const auto kind : {MessageKind::kOffer, MessageKind::kReceipt, MessageKind::kCount})
    RETURN_IF_ERROR(stored(row, kind));  // One that is damaged is said to be so, here.
  const QrView view = qr_of(row);
  if (!view.shows) {
    return fail(Error::refused(
        "no-qr", row.state == TransferState::kOffered
                     ? "this offer has no QR code: it was made before this device was enrolled, or "
                       "its list is too long; offer again, or say the code aloud"
                     : "this transfer has nothing to show now"));
  }
  TRY_ASSIGN(const auto message, stored(row, *view.shows));
  INVARIANT(message.has_value());
  // The certificate that it was signed with, which the other device will look at.
  RETURN_IF_ERROR(qr::check_validity(message->signer, world_.clock.wall_now()));
  ShownCodes shown;
  shown.kind = *view.shows;
  TRY_ASSIGN(shown.codes, qr::write_codes(message->bytes));
  return shown;
}

}  // namespace handover::recording
