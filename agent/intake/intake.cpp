#include "agent/intake/intake.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"

namespace handover::intake {
namespace {

using storage::IntakeName;

constexpr std::size_t kDigestBytes = 8;
constexpr std::int64_t kLookAtOnce = 100;

/// The parts with their lengths, so that no other parts make the same name.
IntakeName name_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(std::to_string(part.size())).append(":").append(part);
  const auto digest = crypto::sha256({text});
  IntakeName name{};
  std::copy_n(digest.begin(), name.size(), name.begin());
  return name;
}

std::string folded(std::string_view typed) {
  return crypto::canonical_identifier(typed).value_or(std::string(typed));
}

std::int64_t number_in(std::string_view digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string digest_of(std::string_view body) {
  const auto digest = crypto::sha256({body});
  return {reinterpret_cast<const char*>(digest.data()), kDigestBytes};
}

Json origin_of(const Arrival& arrival, const Row& row) {
  Json origin = Json::object({{"system", "servicemobility"}, {"via", arrival.via}});
  if (!arrival.payload_id.empty()) origin.set("payload_id", arrival.payload_id);
  if (!arrival.source.empty()) origin.set("webhook", arrival.source);
  if (!row.rowver.empty()) origin.set("rowver", row.rowver);
  return origin;
}

}  // namespace

Result<Taken> Intake::take_payload(const Payload& payload, std::string_view body) {
  auto& intake = world_.store.intake;
  // As CloudEvents has it: an id is the source's own.
  const IntakeName name = name_of({"payload", payload.source, payload.id});
  const std::string digest = digest_of(body);
  TRY_ASSIGN(const auto before, intake.find(name));
  RETURN_IF_ERROR(
      intake.set_count("last_payload_at", world_.clock.wall_now().time_since_epoch().count()));
  if (before) {
    RETURN_IF_ERROR(intake.add_to("payloads_repeated", 1));
    RETURN_IF_ERROR(intake.add_to("payloads_conflicting", *before == digest ? 0 : 1));
    return Taken();
  }
  RETURN_IF_ERROR(intake.remember(name, digest));
  RETURN_IF_ERROR(intake.add_to("payloads", 1));
  return take_rows({"webhook", payload.id, payload.source}, payload.type, payload.data.rows);
}

Result<Taken> Intake::take_rows(const Arrival& arrival, RowType type,
                                const std::vector<Row>& rows) {
  Taken taken;
  for (const Row& row : rows) RETURN_IF_ERROR(take_row(arrival, type, row, taken));
  auto& intake = world_.store.intake;
  RETURN_IF_ERROR(intake.add_to("rows", static_cast<std::int64_t>(rows.size())));
  RETURN_IF_ERROR(intake.add_to("rows_repeated", taken.repeated));
  return taken;
}

/// Whether this row was never here; from now on it was.
/// A row is its type, its rowver and what it says: the same rowver with other words is another fact
/// and not to be lost, the same words with another rowver are another row of the log. Where a
/// webhook leaves the rowver out, what the row says must do; then it may still come with a rowver
/// on the other way, once.
Result<bool> Intake::is_new(RowType type, const Row& row) {
  auto& intake = world_.store.intake;
  const std::string_view kind = to_string(type);
  const std::string words = canonical_text(row.object);
  const IntakeName said = name_of({"words", kind, words});
  const IntakeName open = name_of({"open", kind, words});
  const IntakeName numbered = name_of({"row", kind, row.rowver, words});
  TRY_ASSIGN(const auto known, intake.find(row.rowver.empty() ? said : numbered));
  if (known) return false;
  RETURN_IF_ERROR(intake.remember(said));
  if (row.rowver.empty()) {
    RETURN_IF_ERROR(intake.remember(open));
    return true;
  }
  RETURN_IF_ERROR(intake.remember(numbered));
  TRY_ASSIGN(const auto waits, intake.find(open));
  if (!waits) return true;
  RETURN_IF_ERROR(intake.forget(open));
  return false;
}

Result<void> Intake::take_row(const Arrival& arrival, RowType type, const Row& row, Taken& taken) {
  TRY_ASSIGN(const bool fresh, is_new(type, row));
  if (!fresh) {
    ++taken.repeated;
    return {};
  }
  Json origin = origin_of(arrival, row);
  auto fact = row.flaw.empty() ? read_row(type, row.object, settings_)
                               : Result<Fact>(fail(Error::invalid("", row.flaw)));
  if (!fact) {
    ++taken.set_aside;
    storage::SetAsideRow aside;
    aside.type = to_string(type);
    if (!row.flaw.empty()) origin.set("flawed", Json(true));
    aside.origin = origin.dump();
    aside.object = row.object.dump();
    aside.reason = fact.error().detail;
    aside.since = world_.clock.wall_now();
    return world_.store.intake.set_aside(aside);
  }
  ++taken.records;
  return write_record(std::move(*fact), std::move(origin));
}

/// The sender's half of a transfer whose other half came first: the unit has arrived, and must not
/// be put back on the road. Which is which is told by their codes, not by anybody's clock.
Result<bool> Intake::is_overtaken(const Fact& fact) {
  if (fact.transfer_id.empty()) return false;
  const IntakeName arrived = name_of({"arrived", fact.transfer_id});
  if (!fact.outbound) {
    RETURN_IF_ERROR(world_.store.intake.remember(arrived));
    return false;
  }
  TRY_ASSIGN(const auto before, world_.store.intake.find(arrived));
  return before.has_value();
}

/// The units of which the same technician has told something later before: rows come by several
/// webhooks and exports, in any order, and the last to arrive must not be the last word. Only what
/// one technician tells is put in order by its times: two devices' clocks may differ.
Result<Json> Intake::overtaken_units(const Fact& fact) {
  Json overtaken = Json::array();
  if (!fact.happened_at || fact.user_id.empty()) return overtaken;
  const std::string at = std::to_string(fact.happened_at->time_since_epoch().count());
  for (const std::string& serial : fact.serials) {
    const IntakeName name = name_of({"moved", folded(fact.user_id), folded(serial)});
    TRY_ASSIGN(const auto last, world_.store.intake.find(name));
    if (last && number_in(*last) > number_in(at)) {
      overtaken.push_back(serial);
      continue;
    }
    RETURN_IF_ERROR(world_.store.intake.forget(name));
    RETURN_IF_ERROR(world_.store.intake.remember(name, at));
  }
  return overtaken;
}

Result<void> Intake::write_record(Fact fact, Json origin) {
  TRY_ASSIGN(const bool overtaken, is_overtaken(fact));
  if (overtaken) origin.set("overtaken", Json(true));
  TRY_ASSIGN(Json units, overtaken_units(fact));
  if (!units.items().empty()) origin.set("overtaken_units", std::move(units));
  fact.body.set("origin", std::move(origin));
  const WallTime happened_at = fact.happened_at.value_or(world_.clock.wall_now());
  TRY_ASSIGN(const Record record,
             world_.recorder.take_in(fact.kind, happened_at, std::move(fact.body)));
  TRY_ASSIGN(const auto deliveries, world_.store.deliveries.of_record(record.seq));
  RETURN_IF_ERROR(world_.store.intake.add_to("without_lane", deliveries.empty() ? 1 : 0));
  return world_.store.intake.add_to("records", 1);
}

Result<std::int64_t> Intake::look_again() {
  std::int64_t read = 0;
  for (std::int64_t after = 0;;) {
    TRY_ASSIGN(const auto rows, world_.store.intake.list_set_aside(after, kLookAtOnce));
    if (rows.empty()) return read;
    for (const auto& row : rows) {
      after = row.id;
      const auto type = row_type_named(row.type);
      const auto object = parse_json(row.object, kStoredJsonLimits);
      auto origin = parse_json(row.origin, kStoredJsonLimits);
      // What is not even an object of its type stays so.
      if (!type || !object || !origin || origin->find("flawed") != nullptr) continue;
      auto fact = read_row(*type, *object, settings_);
      if (!fact) {
        if (fact.error().detail != row.reason)
          RETURN_IF_ERROR(world_.store.intake.change_reason(row.id, fact.error().detail));
        continue;
      }
      TRY_ASSIGN(const bool removed, world_.store.intake.remove_set_aside(row.id));
      if (!removed) continue;
      RETURN_IF_ERROR(write_record(std::move(*fact), std::move(*origin)));
      ++read;
    }
  }
}

Result<IntakeCounts> Intake::counts() const {
  const auto& intake = world_.store.intake;
  IntakeCounts counts;
  TRY_ASSIGN(counts.payloads, intake.count("payloads"));
  TRY_ASSIGN(counts.payloads_repeated, intake.count("payloads_repeated"));
  TRY_ASSIGN(counts.payloads_conflicting, intake.count("payloads_conflicting"));
  TRY_ASSIGN(counts.rows, intake.count("rows"));
  TRY_ASSIGN(counts.rows_repeated, intake.count("rows_repeated"));
  TRY_ASSIGN(counts.records, intake.count("records"));
  TRY_ASSIGN(counts.without_lane, intake.count("without_lane"));
  TRY_ASSIGN(counts.last_payload_at, intake.count("last_payload_at"));
  TRY_ASSIGN(counts.set_aside, intake.count_set_aside());
  return counts;
}

}  // namespace handover::intake
