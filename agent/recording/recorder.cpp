#include "agent/recording/recorder.hpp"

#include <algorithm>

#include "agent/forwarding/record_of.hpp"
#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "crypto/validation_code.hpp"
#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::recording {
namespace {

using storage::TransferDirection;
using storage::TransferRow;
using storage::TransferState;

constexpr std::int64_t kTriesPerOffer = 5;
constexpr std::int64_t kNonces = 10000;

storage::Digest digest_of(std::string_view text) {
  const auto digest = crypto::sha256({text});
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Json to_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

/// One usage for each device: its own location only; out for the sender, in for the receiver.
Usage usage_of_transfer(const Transfer& transfer, const std::string& one_string_code) {
  UsageLocation location;
  location.id = transfer.own_location();
  for (const Item& item : transfer.items) {
    UsageItem line;
    line.prod = item.prod;
    line.serial = item.serial;
    line.batch = item.batch;
    const bool leaves = transfer.direction == Direction::kOutbound;
    (leaves != deliberate_bug(Bug::kMovementReversed) ? line.out : line.in) = item.qty;
    location.items.push_back(std::move(line));
  }
  Usage usage;
  usage.ref_module = kTransferModule;
  usage.ref_obj_id = one_string_code;
  usage.locations.push_back(std::move(location));
  return usage;
}

/// Its usage has one location, with the transfer's lines in their order.
std::vector<Warning> in_terms_of_transfer(std::vector<Warning> warnings) {
  constexpr std::string_view kItems = "/Items/";
  for (Warning& warning : warnings)
    warning.pointer = "/transfer" + warning.pointer.substr(warning.pointer.rfind(kItems));
  return warnings;
}

Error closed(const TransferRow& row) {
  const char* words = row.state == TransferState::kCompleted ? "this half is complete already"
                      : row.state == TransferState::kCancelled
                          ? "this transfer was cancelled"
                          : "this offer is dead after five wrong codes";
  return Error::refused("transfer-closed", words);
}

}  // namespace

Recorder::Recorder(const World& world, Device device, StockPolicy policy,
                   std::vector<LanePlan> lanes)
    : world_(world),
      device_(std::move(device)),
      stock_(world.store, policy),
      lanes_(std::move(lanes)) {}

/// Adds the warnings of `more` about lines that have none yet.
void Recorder::add_news(std::vector<Warning>& warnings, const std::vector<Warning>& more) {
  const auto known = warnings;
  for (const Warning& warning : more) {
    const bool has_one = std::any_of(known.begin(), known.end(), [&](const Warning& other) {
      return other.pointer == warning.pointer;
    });
    if (!has_one) warnings.push_back(warning);
  }
}

Transfer Recorder::transfer_of(const TransferRow& row) {
  auto object = parse_json(row.body, kStoredJsonLimits);
  INVARIANT(object.has_value());
  return transfer_from_object(static_cast<Direction>(row.direction), *object);
}

Result<TransferView> Recorder::start(const Transfer& transfer) {
  TRY_ASSIGN(const crypto::Terms terms, terms_of(transfer, device_.technician.user_id));
  TRY_ASSIGN(std::vector<Warning> warnings, stock_.check(transfer));
  TransferRow row;
  row.direction = static_cast<TransferDirection>(transfer.direction);
  row.body = transfer_object(transfer, {}).dump();
  row.terms = terms.json();
  row.terms_hash = digest_of(terms.json());
  row.header_hash = digest_of(terms.rows().front());
  row.created_at = world_.clock.wall_now();
  row.changed_at = row.created_at;
  row.tries_left = kTriesPerOffer;
  if (transfer.direction == Direction::kOutbound) {
    RETURN_IF_ERROR(make_offer(row, terms));
  } else {
    row.state = TransferState::kRecorded;
  }
  TRY_ASSIGN(row, world_.store.transfers.add(std::move(row)));
  if (row.state == TransferState::kOffered) RETURN_IF_ERROR(sign_offer(row, transfer));
  TransferView view = view_of(std::move(row));
  view.warnings = std::move(warnings);
  return view;
}

/// A nonce that these terms never had, and the codes that go with it.
Result<void> Recorder::make_offer(TransferRow& row, const crypto::Terms& terms) {
  auto& transfers = world_.store.transfers;
  TRY_ASSIGN(const std::int64_t used, transfers.count_nonces(row.terms_hash));
  if (used >= kNonces) {
    return fail(Error::refused(
        "nonces-used-up", "this very list went to this technician 10,000 times; split it in two"));
  }
  while (true) {
    const crypto::Nonce nonce = deliberate_bug(Bug::kNonceReused) && !row.nonce.empty()
                                    ? crypto::nonce_of(row.public_code)
                                    : crypto::Nonce::draw(world_.entropy);
    TRY_ASSIGN(const bool fresh, transfers.use_nonce(row.terms_hash, nonce.text()));
    if (!fresh && !deliberate_bug(Bug::kNonceReused)) continue;
    const Secret& key = world_.key_ring.newest();
    crypto::Codes codes = crypto::compute_codes(key, nonce, terms);
    row.state = TransferState::kOffered;
    row.nonce = nonce.text();
    row.public_code = std::move(codes.sender_code);
    row.expected_code = std::move(codes.receiver_code);
    row.line_checks = to_json(crypto::compute_line_checks(key, nonce, terms)).dump();
    row.tries_left = kTriesPerOffer;
    return {};
  }
}

Result<CodeOutcome> Recorder::enter_code(std::string_view id, std::string_view typed) {
  TRY_ASSIGN(TransferRow row, world_.store.transfers.read_by_id(id));
  if (row.state == TransferState::kOffered) return enter_receiver_code(std::move(row), typed);
  if (row.state == TransferState::kRecorded) return enter_sender_code(std::move(row), typed);
  return closed_outcome(std::move(row));
}

CodeOutcome Recorder::closed_outcome(TransferRow row) const {
  HANDOVER_MARK("recording.code_for_a_closed_transfer");
  std::string words = closed(row).detail;
  return CodeOutcome{CodeOutcome::Kind::kClosed, std::move(words), view_of(std::move(row))};
}

Result<CodeOutcome> Recorder::enter_receiver_code(TransferRow row, std::string_view typed) {
  const auto code = crypto::parse_typed_code(typed, crypto::CodeSide::kReceiver);
  if (!code)
    return CodeOutcome{CodeOutcome::Kind::kMistyped, code.error().detail, view_of(std::move(row))};
  if (crypto::codes_equal(*code, row.expected_code) || deliberate_bug(Bug::kAnyTermsAccepted))
    return complete(std::move(row), *code);
  return refuse_code(std::move(row));
}

/// The codes of the first key of the ring, newest first, whose sender code this is.
std::optional<crypto::Codes> Recorder::codes_that_fit(const std::string& sender_code,
                                                      const crypto::Terms& terms) const {
  const crypto::Nonce nonce = crypto::nonce_of(sender_code);
  for (const Secret& key : world_.key_ring.keys()) {
    const bool newest = &key == &world_.key_ring.newest();
    if (!newest && deliberate_bug(Bug::kNewestKeyOnly)) break;
    crypto::Codes codes = crypto::compute_codes(key, nonce, terms);
    if (!crypto::codes_equal(sender_code, codes.sender_code) &&
        !deliberate_bug(Bug::kAnyTermsAccepted))
      continue;
    if (!newest) HANDOVER_MARK("recording.older_key_fits");
    return codes;
  }
  return std::nullopt;
}

Result<CodeOutcome> Recorder::enter_sender_code(TransferRow row, std::string_view typed) {
  auto& transfers = world_.store.transfers;
  const auto code = crypto::parse_typed_code(typed, crypto::CodeSide::kSender);
  if (!code)
    return CodeOutcome{CodeOutcome::Kind::kMistyped, code.error().detail, view_of(std::move(row))};
  const crypto::Nonce nonce = crypto::nonce_of(*code);
  TRY_ASSIGN(const std::int64_t wrong, transfers.wrong_codes(row.header_hash, nonce.text()));
  if (wrong >= kTriesPerOffer) {
    HANDOVER_MARK("recording.code_of_a_dead_offer");
    return CodeOutcome{CodeOutcome::Kind::kDeadOffer,
                       "that offer is dead after five wrong codes; the sender must offer again",
                       view_of(std::move(row))};
  }
  TRY_ASSIGN(const bool replayed, transfers.is_accepted(row.terms_hash, *code));
  if (replayed) {
    HANDOVER_MARK("recording.code_replayed");
    return CodeOutcome{
        CodeOutcome::Kind::kReplayed,
        "this code was accepted before for the same parts; the sender must offer again",
        view_of(std::move(row))};
  }
  TRY_ASSIGN(const crypto::Terms terms, terms_of_row(row));
  if (auto codes = codes_that_fit(*code, terms)) {
    RETURN_IF_ERROR(transfers.accept_code(row.terms_hash, *code));
    row.nonce = nonce.text();
    row.public_code = std::move(codes->receiver_code);
    row.line_checks.clear();
    RETURN_IF_ERROR(transfers.forget_wrong_codes(row.header_hash, row.nonce));
    return complete(std::move(row), *code);
  }
  row.nonce = nonce.text();
  row.line_checks =
      to_json(crypto::compute_line_checks(world_.key_ring.newest(), nonce, terms)).dump();
  return refuse_code(std::move(row));
}

/// A wrong code: one try less, and after the last the offer is dead.
Result<CodeOutcome> Recorder::refuse_code(TransferRow row) {
  INVARIANT(row.tries_left > 0);
  HANDOVER_MARK("recording.wrong_code");
  row.tries_left -= 1;
  row.changed_at = world_.clock.wall_now();
  const bool receiver = row.direction == TransferDirection::kInbound;
  if (receiver) {
    TRY_ASSIGN(const std::int64_t wrong,
               world_.store.transfers.add_wrong_code(row.header_hash, row.nonce));
    row.tries_left = std::min(row.tries_left, kTriesPerOffer - wrong);
  }
  if (row.tries_left == 0) {
    HANDOVER_MARK("recording.offer_dies");
    row.state = TransferState::kDead;
  }
  if (!deliberate_bug(Bug::kWrongTriesForgotten))
    RETURN_IF_ERROR(world_.store.transfers.update(row));
  std::string words =
      row.tries_left == 0
          ? "the code does not fit, and that was the last try: the sender must offer again"
      : receiver ? "the code does not fit this list: compare the line checks with the sender's, "
                   "line by line"
                 : "the code does not fit this offer: ask the receiver to read it again";
  return CodeOutcome{CodeOutcome::Kind::kMismatch, std::move(words), view_of(std::move(row))};
}

Result<CodeOutcome> Recorder::complete(TransferRow row, const std::string& private_code) {
  const Transfer transfer = transfer_of(row);
  const bool outbound = transfer.direction == Direction::kOutbound;
  const WallTime now = world_.clock.wall_now();
  TransferFacts facts;
  facts.user_id = user_of_row(row);
  facts.transfer_type = outbound ? device_.transfer_type_outbound : device_.transfer_type_inbound;
  facts.transfer_utc = now;
  facts.public_code = row.public_code;
  facts.private_code = deliberate_bug(Bug::kOwnCodeInHalf) ? row.public_code : private_code;
  Json half = Json::object({{"direction", to_string(transfer.direction)}, {"transfer_id", row.id}});
  half.set("transfer", transfer_object(transfer, facts));
  RETURN_IF_ERROR(add_evidence(row, private_code, half));
  TRY_ASSIGN(const Record record, write_record(RecordKind::kTransfer, now, std::move(half)));

  // The one-string form is the same on both sides: sender code, then receiver code.
  const std::string one_string =
      outbound ? row.public_code + "-" + private_code : private_code + "-" + row.public_code;
  Usage usage = usage_of_transfer(transfer, one_string);
  std::vector<Warning> warnings;
  if (deliberate_bug(Bug::kStockInAnotherCommit)) {
    world_.store.committer.when_durable([this, usage](const Result<void>& durable) mutable {
      if (durable) (void)world_.store.committer.write([&] { return stock_.move(usage); });
    });
  } else {
    TRY_ASSIGN(warnings, stock_.move(usage));
  }
  Json movement =
      Json::object({{"usage", usage_object(usage, facts.user_id, now)}, {"transfer_id", row.id}});
  if (!deliberate_bug(Bug::kUsageLeftOut))
    RETURN_IF_ERROR(write_record(RecordKind::kUsage, now, std::move(movement)));

  row.state = TransferState::kCompleted;
  row.expected_code = private_code;
  row.changed_at = now;
  row.record_id = record.id;
  RETURN_IF_ERROR(world_.store.transfers.update(row));
  CodeOutcome outcome{CodeOutcome::Kind::kCompleted, {}, view_of(std::move(row))};
  outcome.view.warnings = in_terms_of_transfer(std::move(warnings));
  return outcome;
}

Result<TransferView> Recorder::offer_again(std::string_view id) {
  TRY_ASSIGN(TransferRow row, world_.store.transfers.read_by_id(id));
  if (row.direction == TransferDirection::kInbound) {
    return fail(Error::refused("transfer-closed",
                               "only the sender offers; record what you receive again instead"));
  }
  if (row.state != TransferState::kOffered && row.state != TransferState::kDead)
    return fail(closed(row));
  // An open offer keeps what it offers; a dead one gave it free, and it may be promised to others
  // since.
  std::vector<Warning> warnings;
  if (row.state == TransferState::kDead) {
    HANDOVER_MARK("recording.dead_offer_offered_again");
    TRY_ASSIGN(warnings, stock_.check(transfer_of(row)));
  }
  TRY_ASSIGN(const crypto::Terms terms, terms_of_row(row));
  RETURN_IF_ERROR(make_offer(row, terms));
  row.changed_at = world_.clock.wall_now();
  RETURN_IF_ERROR(world_.store.transfers.update(row));
  RETURN_IF_ERROR(sign_offer(row, transfer_of(row)));
  TransferView view = view_of(std::move(row));
  view.warnings = std::move(warnings);
  return view;
}

Result<TransferView> Recorder::cancel(std::string_view id) {
  TRY_ASSIGN(TransferRow row, world_.store.transfers.read_by_id(id));
  if (row.state == TransferState::kCompleted || row.state == TransferState::kCancelled)
    return fail(closed(row));
  row.state = TransferState::kCancelled;
  row.changed_at = world_.clock.wall_now();
  RETURN_IF_ERROR(world_.store.transfers.update(row));
  return view_of(std::move(row));
}

Result<RecordView> Recorder::record_usage(Usage usage) {
  RecordView view;
  TRY_ASSIGN(view.warnings, stock_.check(usage));
  TRY_ASSIGN(const auto impossible, stock_.move(usage));
  add_news(view.warnings, impossible);
  const WallTime now = world_.clock.wall_now();
  Json body = Json::object({{"usage", usage_object(usage, device_.technician.user_id, now)}});
  if (!usage.site.empty()) body.set("site", usage.site);
  TRY_ASSIGN(view.record, write_record(RecordKind::kUsage, now, std::move(body)));
  return view;
}

Result<RecordView> Recorder::record_asset_event(Json event) {
  TRY_ASSIGN(auto before, find_by_key(event));
  if (before) return std::move(*before);
  const std::string key = event.text_of("key");
  const storage::Digest content = digest_of(event.dump());
  RecordView view;
  TRY_ASSIGN(view.record, write_record(RecordKind::kAssetEvent, world_.clock.wall_now(),
                                       Json::object({{"asset_event", std::move(event)}})));
  if (!key.empty()) {
    RETURN_IF_ERROR(world_.store.record_keys.add(digest_of(key), content, view.record.seq));
  }
  return view;
}

Result<RecordView> Recorder::record_service_order(Json order, const std::string& order_id) {
  RecordView view;
  Json body = Json::object({{"service_order", std::move(order)}, {"order_id", order_id}});
  TRY_ASSIGN(view.record,
             write_record(RecordKind::kServiceOrder, world_.clock.wall_now(), std::move(body)));
  RETURN_IF_ERROR(check_with_back_ends(view.record));
  return view;
}

Result<Record> Recorder::take_in(RecordKind kind, WallTime happened_at, Json body) {
  INVARIANT(body.find("origin") != nullptr);
  return write_record(kind, happened_at, std::move(body));
}

/// A refusal here undoes the whole piece, the record with it.
Result<void> Recorder::check_with_back_ends(const Record& record) const {
  for (const LanePlan& lane : lanes_) RETURN_IF_ERROR(lane.backend->check(record));
  return {};
}

Result<std::optional<RecordView>> Recorder::find_by_key(const Json& event) const {
  const std::string& key = event.text_of("key");
  if (key.empty()) return std::optional<RecordView>();
  TRY_ASSIGN(const auto found,
             world_.store.record_keys.find(digest_of(key), digest_of(event.dump())));
  if (!found) return std::optional<RecordView>();
  if (!found->same) {
    return fail(Error::refused("key-reused",
                               "record " + std::to_string(found->record_seq) +
                                   " was made with this key from other values; give a new event "
                                   "another key, and correct the old one with a correction"));
  }
  TRY_ASSIGN(auto entry, world_.store.journal.read(found->record_seq));
  RecordView view;
  view.known = true;
  view.record = forwarding::record_of(std::move(entry));
  return std::optional(std::move(view));
}

Result<TransferView> Recorder::show(std::string_view id) const {
  TRY_ASSIGN(TransferRow row, world_.store.transfers.read_by_id(id));
  return view_of(std::move(row));
}

TransferView Recorder::view_of(TransferRow row) const {
  const Transfer transfer = transfer_of(row);
  const bool outbound = transfer.direction == Direction::kOutbound;
  TransferFacts facts;
  facts.user_id = user_of_row(row);
  facts.transfer_type = outbound ? device_.transfer_type_outbound : device_.transfer_type_inbound;
  facts.public_code = row.public_code;
  if (row.state == TransferState::kCompleted) {
    facts.transfer_utc = row.changed_at;
    facts.private_code = row.expected_code;
  }
  TransferView view;
  view.object = transfer_object(transfer, facts);
  if (!row.line_checks.empty()) {
    const auto checks = parse_json(row.line_checks);
    INVARIANT(checks.has_value());
    for (const Json& check : checks->items()) view.line_checks.push_back(check.text());
  }
  view.row = std::move(row);
  return view;
}

/// The UserID of the technician who recorded this half: the device's, unless that was changed
/// since. It is part of the terms that the other technician agreed to. An earlier one is in
/// canonical form.
std::string Recorder::user_of_row(const TransferRow& row) const {
  const auto terms = parse_json(row.terms, kStoredJsonLimits);
  INVARIANT(terms.has_value());
  const bool outbound = row.direction == TransferDirection::kOutbound;
  const std::string& recorded = terms->text_of(outbound ? "sender" : "receiver");
  const auto present = crypto::canonical_identifier(device_.technician.user_id);
  return present && *present == recorded ? device_.technician.user_id : recorded;
}

/// The terms as they were recorded: codes, tries and the check for replayed codes all hang on them.
Result<crypto::Terms> Recorder::terms_of_row(const TransferRow& row) const {
  TRY_ASSIGN(crypto::Terms terms, terms_of(transfer_of(row), user_of_row(row)));
  if (terms.json() == row.terms) return terms;
  return fail(Errc::kCorrupt,
              "the list of this transfer does not give the terms any more that were recorded; "
              "cancel it and record it again");
}

Result<Record> Recorder::write_record(RecordKind kind, WallTime captured_at, Json body) {
  TRY_ASSIGN(storage::JournalEntry entry,
             world_.store.journal.append(static_cast<int>(kind), captured_at, body.dump()));
  Record record;
  record.id = std::move(entry.id);
  record.seq = entry.seq;
  record.kind = kind;
  record.captured_at = captured_at;
  record.body = std::move(body);
  RETURN_IF_ERROR(plan_deliveries(record));
  return record;
}

storage::NewDelivery Recorder::new_delivery(const Record& record, const LanePlan& lane, int place,
                                            std::string unit) {
  storage::NewDelivery delivery;
  delivery.record_seq = record.seq;
  delivery.place = place;
  delivery.lane = lane.lane;
  delivery.unit = std::move(unit);
  delivery.key = make_uuid(world_.entropy);
  delivery.now = world_.schedule.now();
  return delivery;
}

Result<void> Recorder::plan_deliveries(const Record& record) {
  int place = 0;
  for (const LanePlan& lane : lanes_) {
    for (auto& plan : lane.backend->plan(record)) {
      auto delivery = new_delivery(record, lane, place++, std::move(plan.unit));
      delivery.environment = std::move(plan.environment);
      if (deliberate_bug(Bug::kOrderIgnored)) plan.order_keys.clear();
      for (const auto& key : plan.order_keys)
        delivery.order_keys.push_back(crypto::sha256_number(key));
      RETURN_IF_ERROR(world_.store.deliveries.add(delivery));
    }
    RETURN_IF_ERROR(note_not_wanted(record, lane, place));
  }
  return {};
}

/// What a lane's settings leave out is written down like what it takes: it can be seen and counted.
Result<void> Recorder::note_not_wanted(const Record& record, const LanePlan& lane, int& place) {
  for (auto& left_out : lane.backend->not_wanted(record)) {
    auto delivery = new_delivery(record, lane, place++, std::move(left_out.unit));
    delivery.not_wanted = std::move(left_out.why);
    RETURN_IF_ERROR(world_.store.deliveries.add(delivery));
  }
  return {};
}

}  // namespace handover::recording
