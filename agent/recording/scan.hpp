// What comes of a scanned QR code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/domain/transfer.hpp"
#include "agent/qr/code_text.hpp"
#include "agent/qr/list_changes.hpp"
#include "agent/qr/message.hpp"
#include "agent/recording/stock_keeper.hpp"

namespace handover::recording {

/// Codes that were read and proved; nothing was written for them.
struct ScanReading {
  qr::Scanned scanned;
  std::optional<qr::Message> message;  ///< Nothing while parts are missing.
  /// Offer: the receiver's form, filled. Count: the list as it was counted, to be offered anew.
  std::optional<Transfer> transfer;
  /// Offer: the half that waits here for it, if one does. Else: the offer that is answered.
  std::string transfer_id;
  std::vector<qr::Change> changes;  ///< Between what is recorded here and what was scanned.
  std::vector<Warning> warnings;
};

/// What a transfer shows because something was scanned or signed for it.
struct QrView {
  std::optional<qr::MessageKind> shows;  ///< What this device has to show now.
  std::vector<qr::Change> changes;       ///< What the receiver counted otherwise than offered.
};

/// What this device has to show.
struct ShownCodes {
  qr::MessageKind kind = qr::MessageKind::kOffer;
  std::vector<std::string> codes;
};

}  // namespace handover::recording
