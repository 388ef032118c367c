// What a technician does: hand over, receive, enter a code, cancel, use a part. Each call is one
// piece of one transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/domain/record.hpp"
#include "agent/domain/transfer.hpp"
#include "agent/domain/usage.hpp"
#include "agent/forwarding/backend.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "agent/recording/scan.hpp"
#include "agent/recording/stock_keeper.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/terms.hpp"
#include "crypto/validation_code.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "storage/store.hpp"

namespace handover::recording {

struct Device {
  std::string id;
  Technician technician;
  std::string storage_location;
  std::string transfer_type_outbound =
      "1001";  ///< Codes shown with a transfer; each lane sends its own.
  std::string transfer_type_inbound = "1002";
};

/// A lane that new records may need deliveries on.
struct LanePlan {
  std::int64_t lane = 0;
  const forwarding::Backend* backend = nullptr;
};

struct TransferView {
  storage::TransferRow row;
  Json object;  ///< The Inventory Transfer Object as far as it is known. The other side's code is
                ///< in it only once it was entered.
  std::vector<std::string>
      line_checks;  ///< Sender: of his offer. Receiver: after a mismatch. Else none.
  std::vector<Warning> warnings;
};

struct CodeOutcome {
  enum class Kind {
    kCompleted,
    kMistyped,
    kMismatch,
    kReplayed,
    kDeadOffer,
    kClosed,
    kListsDiffer  ///< Scanned codes alone: both were told, and nothing was completed.
  };
  Kind kind = Kind::kClosed;
  std::string words;  ///< For people, for all but kCompleted.
  TransferView view;
};

struct RecordView {
  Record record;
  std::vector<Warning> warnings;
  bool known = false;  ///< The record was there already: nothing was written.
};

/// Requires of every call that changes something: made inside Committer::write(), and answered only
/// when that is durable.
class Recorder {
 public:
  struct World {
    storage::Store& store;
    const Clock& clock;
    const forwarding::ScheduleClock& schedule;
    Entropy& entropy;
    const crypto::KeyRing& key_ring;
    const qr::Enrollment* enrollment = nullptr;  ///< Without one, no QR codes are made or read.
  };

  Recorder(const World& world, Device device, StockPolicy policy, std::vector<LanePlan> lanes);

  /// A new offer (outbound) or a recorded receipt (inbound).
  /// Errors: kInvalid; kRefused `not-in-stock` under kEnforce; kRefused `nonces-used-up` (this same
  /// list went over 10,000 times).
  [[nodiscard]] Result<TransferView> start(const Transfer& transfer);

  /// The code that the other technician said. A right one completes this half: its record, its
  /// usage and the change of stock are one piece. A wrong one costs a try, which counts over
  /// restarts. Every outcome must be committed. Errors: kNotFound, and the store's.
  [[nodiscard]] Result<CodeOutcome> enter_code(std::string_view id, std::string_view typed);

  /// Sender: a new nonce and five new tries. Errors: kNotFound, kRefused `transfer-closed`.
  [[nodiscard]] Result<TransferView> offer_again(std::string_view id);
  /// Errors: kNotFound, kRefused `transfer-closed`.
  [[nodiscard]] Result<TransferView> cancel(std::string_view id);

  /// Reads and proves what was scanned, and finds what it belongs to. Errors: those of
  /// qr::read_codes() and qr::read_message(); kRefused `not-enrolled`, `not-for-this-technician`,
  /// `code-replayed`, `receipt-of-another-offer`.
  [[nodiscard]] Result<ScanReading> read_scan(const std::vector<std::string>& codes) const;
  /// What the other technician showed for this transfer: an offer that fits, or a receipt,
  /// completes this half like its spoken code; a list that differs is noted on both sides. Every
  /// outcome must be committed. Errors: kNotFound; those of read_scan(); kRefused `qr-incomplete`,
  /// `qr-wrong-kind`.
  [[nodiscard]] Result<CodeOutcome> scan(std::string_view id,
                                         const std::vector<std::string>& codes);
  /// start() and scan() of the offer in one piece: the receiver's half is completed, or its list
  /// differs; after an error nothing was written. Errors: those of both; kRefused
  /// `validation-keys-differ`, `offer-dead`.
  [[nodiscard]] Result<CodeOutcome> receive_scanned(const Transfer& transfer,
                                                    const std::vector<std::string>& codes);
  [[nodiscard]] QrView qr_of(const storage::TransferRow& row) const;
  /// What this device has to show for it now. Errors: kNotFound; kRefused `not-enrolled`, `no-qr`,
  /// `certificate-expired`.
  [[nodiscard]] Result<ShownCodes> shown_codes(std::string_view id) const;

  /// Errors: kInvalid; kRefused `not-in-stock` under kEnforce.
  [[nodiscard]] Result<RecordView> record_usage(Usage usage);
  /// An event whose `key` has made a record before gives that record.
  /// Errors: kRefused `key-reused` if another event came with this key before.
  [[nodiscard]] Result<RecordView> record_asset_event(Json event);
  /// An order that keeps the rules (OrderBook). Errors: kInvalid, where a back-end would refuse it.
  [[nodiscard]] Result<RecordView> record_service_order(Json order, const std::string& order_id);

  /// A fact that another system has told: its record, as `body` has it. It moves no stock of this
  /// device. Requires: the body's "origin" names the system.
  [[nodiscard]] Result<Record> take_in(RecordKind kind, WallTime happened_at, Json body);

  /// Errors: kNotFound.
  [[nodiscard]] Result<TransferView> show(std::string_view id) const;
  [[nodiscard]] TransferView view_of(storage::TransferRow row) const;

 private:
  [[nodiscard]] Result<CodeOutcome> enter_receiver_code(storage::TransferRow row,
                                                        std::string_view typed);
  [[nodiscard]] std::optional<crypto::Codes> codes_that_fit(const std::string& sender_code,
                                                            const crypto::Terms& terms) const;
  [[nodiscard]] Result<CodeOutcome> enter_sender_code(storage::TransferRow row,
                                                      std::string_view typed);
  [[nodiscard]] Result<CodeOutcome> refuse_code(storage::TransferRow row);
  [[nodiscard]] Result<CodeOutcome> complete(storage::TransferRow row,
                                             const std::string& private_code);
  [[nodiscard]] CodeOutcome closed_outcome(storage::TransferRow row) const;
  [[nodiscard]] Result<const qr::Enrollment*> enrollment() const;
  [[nodiscard]] Result<qr::Message> read_whole(const std::vector<std::string>& codes) const;
  [[nodiscard]] Result<std::optional<qr::Message>> stored(const storage::TransferRow& row,
                                                          qr::MessageKind kind) const;
  [[nodiscard]] Result<const qr::Enrollment*> valid_enrollment() const;
  [[nodiscard]] bool may_sign() const;
  [[nodiscard]] std::optional<qr::Message> readable(const storage::TransferRow& row,
                                                    qr::MessageKind kind) const;
  [[nodiscard]] Result<void> keep(const storage::TransferRow& row, const qr::Message& message);
  [[nodiscard]] Result<qr::Message> sign_and_keep(const storage::TransferRow& row,
                                                  qr::Message message);
  [[nodiscard]] Result<void> sign_offer(const storage::TransferRow& row, const Transfer& transfer);
  [[nodiscard]] Result<void> check_offer(const qr::Message& offer) const;
  [[nodiscard]] Result<void> check_own_half(const storage::TransferRow& row) const;
  [[nodiscard]] Result<void> check_answer(const storage::TransferRow& row,
                                          const qr::Message& answer) const;
  [[nodiscard]] Result<void> place_offer(ScanReading& reading) const;
  [[nodiscard]] Result<void> place_answer(ScanReading& reading) const;
  [[nodiscard]] Result<CodeOutcome> take_offer(storage::TransferRow row, const qr::Message& offer);
  [[nodiscard]] Result<CodeOutcome> take_answer(storage::TransferRow row,
                                                const qr::Message& answer);
  [[nodiscard]] Result<void> add_evidence(const storage::TransferRow& row,
                                          const std::string& private_code, Json& half);
  static void add_news(std::vector<Warning>& warnings, const std::vector<Warning>& more);
  [[nodiscard]] static Transfer transfer_of(const storage::TransferRow& row);
  [[nodiscard]] Result<void> make_offer(storage::TransferRow& row, const crypto::Terms& terms);
  [[nodiscard]] std::string user_of_row(const storage::TransferRow& row) const;
  [[nodiscard]] Result<crypto::Terms> terms_of_row(const storage::TransferRow& row) const;
  [[nodiscard]] Result<Record> write_record(RecordKind kind, WallTime captured_at, Json body);
  [[nodiscard]] Result<std::optional<RecordView>> find_by_key(const Json& event) const;
  [[nodiscard]] storage::NewDelivery new_delivery(const Record& record, const LanePlan& lane,
                                                  int place, std::string unit);
  [[nodiscard]] Result<void> plan_deliveries(const Record& record);
  [[nodiscard]] Result<void> check_with_back_ends(const Record& record) const;
  [[nodiscard]] Result<void> note_not_wanted(const Record& record, const LanePlan& lane,
                                             int& place);

  World world_;
  Device device_;
  StockKeeper stock_;
  std::vector<LanePlan> lanes_;
};

}  // namespace handover::recording
