// RNIF 2.0 messages: three header documents and a content document, packed as MIME, in a signed
// profile with a detached signature. Used by the agent for what it sends and what the relay kept
// for it, and by the simulated gateway for the other direction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "agent/backends/cisco/xml_document.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::backends {

inline constexpr std::string_view kRequestAction = "Purchase Order Request Action";
inline constexpr std::string_view kConfirmationAction = "Purchase Order Confirmation Action";
inline constexpr std::string_view kReceiptSignal = "Receipt Acknowledgment";
inline constexpr std::string_view kExceptionSignal = "Exception";

/// Who sends what to whom, in answer to what.
struct RnifEnvelope {
  std::string sender;    ///< DUNS
  std::string receiver;  ///< DUNS
  bool from_buyer = true;
  std::string usage;  ///< Test or Production
  std::string tracking_id;
  std::string pip_instance_id;
  std::string initiator;  ///< DUNS of who began the exchange: the buyer.
  WallTime at;
  std::string action;  ///< Of an action; else `signal` is set.
  std::string signal;
  std::string reply_to_tracking_id;  ///< Empty: in reply to nothing.
  std::string reply_to_action;
};

struct PackedRnif {
  std::string content_type;
  std::string body;
};

/// Makes a detached PKCS#7 signature (DER) of the bytes.
using RnifSigner = std::function<Result<std::string>(std::string_view bytes)>;
struct RnifSigning {
  RnifSigner sign;
  std::string micalg = "sha-256";
};

/// The same bytes for the same arguments. Errors: those of `signing`.
[[nodiscard]] Result<PackedRnif> pack_rnif(const RnifEnvelope& envelope, const XmlDocument& content,
                                           const RnifSigning* signing = nullptr);

struct RnifMessage {
  RnifEnvelope envelope;
  std::string pip_code;
  std::string pip_version;
  std::string attachments;  ///< As the manifest counts them.
  std::size_t extra_parts = 0;
  XmlDocument content;
  std::string signed_part;  ///< What `signature` is about; empty: not signed.
  std::string signature;    ///< DER, not verified.
};

/// Why a message is not usable.
struct RnifFault {
  std::string code;  ///< RNIF's own: UNP.SCON.READERR.
  std::string what;
  bool silent = false;  ///< RNIF answers no signal: the sender or the headers cannot be trusted.
  /// The headers, where they could be read: what an Exception signal answers.
  std::optional<RnifEnvelope> envelope;
};

/// Takes any bytes. The content is well-formed, and not yet checked against its grammar.
[[nodiscard]] tl::expected<RnifMessage, RnifFault> parse_rnif(std::string_view content_type,
                                                              std::string_view body);

/// CCYYMMDDThhmmss.sssZ
[[nodiscard]] std::string rnif_time(WallTime time);

}  // namespace handover::backends
