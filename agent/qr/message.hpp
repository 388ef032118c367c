// The signed messages that two devices show each other: the sender's offer, the receiver's receipt,
// and the receiver's count where it differs from the offer. docs/qr-handover.md is their format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/transfer.hpp"
#include "agent/qr/certificate.hpp"
#include "crypto/ed25519.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::qr {

/// What makes a device's word worth something to others of its company.
struct Enrollment {
  crypto::SigningKey key;
  Certificate certificate;
  CompanyKeys company_keys;
};

/// Values are persistent, on paper and in the store.
enum class MessageKind { kOffer = 1, kReceipt = 2, kCount = 3 };
[[nodiscard]] std::string_view to_string(MessageKind kind);

struct Message {
  MessageKind kind = MessageKind::kOffer;
  Certificate signer;
  WallTime issued_at;
  std::string code;  ///< Offer: the sender code. Receipt: the receiver code. Digits alone.
  std::string from;  ///< Offer and count, like `to` and `items`: as typed.
  std::string to;
  Technician receiver;      ///< Offer.
  std::vector<Item> items;  ///< 1 to 500.
  std::string offer_hash;   ///< Receipt and count: hash_of() the offer that they answer.
  std::string bytes;        ///< The signed message itself.
};

/// Signs all members that its kind has, for the device of this enrollment.
[[nodiscard]] std::string sign_message(const Message& message, const Enrollment& enrollment);

/// Reads a message of another device and proves it: the certificate by the company's keys and the
/// time, the rest by the certificate. Errors: kRefused with one of `qr-unreadable`, `qr-newer`,
/// `signature-wrong`, and those of the certificate.
[[nodiscard]] Result<Message> read_message(std::string_view bytes, const CompanyKeys& company_keys,
                                           WallTime now);
/// The same without any proof: for what was proved before and kept in the store.
[[nodiscard]] Result<Message> parse_message(std::string_view bytes);

/// SHA-256, 32 bytes.
[[nodiscard]] std::string hash_of(std::string_view message);

}  // namespace handover::qr
