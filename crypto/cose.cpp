#include "crypto/cose.hpp"

#include <array>

#include "crypto/cbor.hpp"

namespace handover::crypto {
namespace {

constexpr std::uint64_t kSign1Tag = 18;
constexpr std::int64_t kAlgorithm = 1;  // Header parameters (RFC 9052, section 3.1).
constexpr std::int64_t kCritical = 2;
constexpr std::int64_t kKeyId = 4;
constexpr std::int64_t kEdDsa = -8;

std::string to_be_signed(std::string_view header, std::string_view purpose,
                         std::string_view payload) {
  return Cbor::array({Cbor::text("Signature1"), Cbor::bytes(std::string(header)),
                      Cbor::bytes(std::string(purpose)), Cbor::bytes(std::string(payload))})
      .encode();
}

tl::unexpected<Error> refuse(const char* why) {
  return fail(Error::invalid("", std::string("expected a COSE_Sign1 message: ") + why));
}

/// The four elements, if they are of the right kinds.
const std::vector<Cbor>* elements_of(const Cbor& message) {
  constexpr std::array kKinds = {Cbor::Kind::kBytes, Cbor::Kind::kMap, Cbor::Kind::kBytes,
                                 Cbor::Kind::kBytes};
  const Cbor* inside = message.tag() == kSign1Tag ? message.tagged_value() : nullptr;
  if (inside == nullptr || inside->items().size() != kKinds.size()) return nullptr;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (!inside->items()[i].is(kKinds[i])) return nullptr;
  }
  return &inside->items();
}

}  // namespace

std::string cose_sign(std::string_view payload, std::string_view purpose, const SigningKey& key,
                      std::string_view key_id) {
  std::vector<Cbor::Entry> header = {{Cbor(kAlgorithm), Cbor(kEdDsa)}};
  if (!key_id.empty()) header.emplace_back(Cbor(kKeyId), Cbor::bytes(std::string(key_id)));
  const std::string protected_header = Cbor::map(std::move(header)).encode();
  std::string signature = key.sign(to_be_signed(protected_header, purpose, payload));
  return Cbor::tagged(kSign1Tag, Cbor::array({Cbor::bytes(protected_header), Cbor::map({}),
                                              Cbor::bytes(std::string(payload)),
                                              Cbor::bytes(std::move(signature))}))
      .encode();
}

Result<CoseSign1> parse_cose_sign1(std::string_view message) {
  TRY_ASSIGN(const Cbor tree, parse_cbor(message));
  const auto* elements = elements_of(tree);
  if (elements == nullptr) return refuse("it is another structure");
  TRY_ASSIGN(const Cbor header, parse_cbor((*elements)[0].string()));
  const Cbor* algorithm = header.find(kAlgorithm);
  if (algorithm == nullptr || algorithm->number() != kEdDsa)
    return refuse("its algorithm is not EdDSA");
  if (header.find(kCritical) != nullptr) return refuse("it has a header that is not known here");
  CoseSign1 parsed;
  const Cbor* key_id = header.find(kKeyId);
  if (key_id != nullptr) parsed.key_id = key_id->string();
  parsed.has_unprotected_header = !(*elements)[1].entries().empty();
  parsed.protected_header = (*elements)[0].string();
  parsed.payload = (*elements)[2].string();
  parsed.signature = (*elements)[3].string();
  return parsed;
}

bool cose_verify(const CoseSign1& message, std::string_view purpose, std::string_view public_key) {
  return ed25519_verify(public_key,
                        to_be_signed(message.protected_header, purpose, message.payload),
                        message.signature);
}

}  // namespace handover::crypto
