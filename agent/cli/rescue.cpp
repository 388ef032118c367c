#include "agent/cli/rescue.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "agent/api/views.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/secret_file.hpp"
#include "agent/domain/record.hpp"
#include "platform/posix/file_status.hpp"
#include "platform/posix/stream_file.hpp"
#include "storage/deliveries.hpp"
#include "storage/journal.hpp"
#include "storage/page_check.hpp"
#include "storage/schema.hpp"

namespace handover::cli {
namespace {

using storage::Delivery;
using storage::DeliveryState;

// Where no table tells how many records there are: after so many numbers in a row that nothing is
// known of, there are no more.
constexpr std::int64_t kUnknownInARow = 1000;
constexpr std::size_t kNumbersNamed = 20;

/// What a person has to do about a delivery, or a record. A later one outweighs those before it.
enum class ToDo { kNothing, kSend, kDecide, kAsk };

const char* to_string(ToDo to_do) {
  switch (to_do) {
    case ToDo::kNothing:
      return "nothing";
    case ToDo::kSend:
      return "send";
    case ToDo::kDecide:
      return "decide";
    case ToDo::kAsk:
      return "ask";
  }
  return "ask";
}

ToDo to_do_of(const Delivery& delivery) {
  switch (delivery.state) {
    case DeliveryState::kPending:
      return delivery.repeat ? ToDo::kAsk : ToDo::kSend;
    case DeliveryState::kUnknown:
    case DeliveryState::kInFlight:
      return ToDo::kAsk;
    case DeliveryState::kQuarantined:
      return ToDo::kDecide;
    case DeliveryState::kDelivered:
    case DeliveryState::kSuperseded:
    case DeliveryState::kDiscarded:
    case DeliveryState::kNotWanted:
      return ToDo::kNothing;
  }
  return ToDo::kAsk;
}

struct Counts {
  std::int64_t records = 0;
  std::array<std::int64_t, 4> by_to_do{};
  std::vector<std::int64_t> damaged;
  std::optional<std::int64_t> unsure_after;  ///< Whether there were records after it is not known.
};

/// Reads record by record: where one cannot be read, the next one still may.
class Rescue {
 public:
  Rescue(storage::Database& database, Entropy& entropy, posix::OutputFile file)
      : database_(database),
        journal_(database, entropy),
        deliveries_(database),
        file_(std::move(file)) {}

  Result<Counts> run() {
    const auto of_records = number("SELECT coalesce(max(seq), 0) FROM records");
    const auto of_deliveries = number("SELECT coalesce(max(id), 0) / 65536 FROM deliveries");
    last_ = std::max(of_records.value_or(0), of_deliveries.value_or(0));
    std::int64_t unknown = 0;
    for (std::int64_t seq = 1; seq <= last_ || !of_records; ++seq) {
      TRY_ASSIGN(const bool known, write_record(seq));
      unknown = known ? 0 : unknown + 1;
      if (seq > last_ && unknown >= kUnknownInARow) break;
    }
    if (!of_records) forget_mere_numbers();
    return std::move(counts_);
  }

 private:
  /// Nothing if it cannot be read.
  std::optional<std::int64_t> number(const char* sql) {
    storage::Query row(database_, sql);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
  }

  /// Those at the end of which nothing is known need not have been records.
  void forget_mere_numbers() {
    while (!counts_.damaged.empty() && counts_.damaged.back() > last_) counts_.damaged.pop_back();
    counts_.unsure_after = last_;
  }

  /// False if neither the record nor a delivery of it can be read.
  Result<bool> write_record(std::int64_t seq) {
    const auto entry = read_entry(seq);
    const auto deliveries = deliveries_.of_record(seq);
    const bool known = entry || (deliveries && !deliveries->empty());
    if (!entry) counts_.damaged.push_back(seq);
    if (!known) return false;
    last_ = std::max(last_, seq);
    Json line = Json::object({{"seq", Json(seq)}, {"damaged", Json(!entry.has_value())}});
    if (entry) add_entry(line, *entry);
    ToDo to_do = deliveries ? ToDo::kNothing : ToDo::kAsk;
    Json list = Json::array();
    for (const Delivery& delivery : deliveries.value_or(std::vector<Delivery>())) {
      to_do = std::max(to_do, to_do_of(delivery));
      list.push_back(delivery_json(delivery));
    }
    line.set("deliveries", deliveries ? std::move(list) : Json());
    line.set("to_do", to_string(to_do));
    counts_.records += 1;
    counts_.by_to_do[static_cast<std::size_t>(to_do)] += 1;
    RETURN_IF_ERROR(file_.write(line.dump() + "\n"));
    return true;
  }

  /// Nothing if it is damaged. Behind one that is, no checksum can be chained: what stands there
  /// is vouched for by its page's HMAC alone.
  std::optional<storage::JournalEntry> read_entry(std::int64_t seq) {
    if (auto entry = journal_.read(seq)) return std::move(*entry);
    if (counts_.damaged.empty() || counts_.damaged.back() != seq - 1) return std::nullopt;
    storage::Query row(database_, "SELECT id, kind, captured_at, body FROM records WHERE seq = ?",
                       seq);
    if (!row.next()) return std::nullopt;
    storage::JournalEntry entry;
    entry.id = row.text(0);
    entry.seq = seq;
    entry.kind = static_cast<int>(row.integer(1));
    entry.captured_at = WallTime(milliseconds(row.integer(2)));
    entry.body = row.text(3);
    return entry;
  }

  static void add_entry(Json& line, const storage::JournalEntry& entry) {
    line.set("id", entry.id);
    line.set("kind", handover::to_string(static_cast<RecordKind>(entry.kind)));
    line.set("captured_at", format_rfc3339(entry.captured_at));
    auto body = parse_json(entry.body, kStoredJsonLimits);
    line.set("body", body ? std::move(*body) : Json());
  }

  Json delivery_json(const Delivery& delivery) {
    const auto name = deliveries_.lane_name(delivery.lane);
    Json json = Json::object(
        {{"lane", name && !name->empty() ? *name : "lane " + std::to_string(delivery.lane)}});
    if (!delivery.unit.empty()) json.set("unit", delivery.unit);
    json.set("state", api::to_string(delivery.state));
    json.set("attempts", Json(delivery.attempts));
    json.set("key", delivery.key);
    json.set("why", delivery.why);
    json.set("to_do", to_string(to_do_of(delivery)));
    return json;
  }

  storage::Database& database_;
  storage::Journal journal_;
  storage::Deliveries deliveries_;
  posix::OutputFile file_;
  Counts counts_;
  std::int64_t last_ = 0;  // The highest number that is known of.
};

Result<void> check_readable(const storage::PageFindings& found, const std::string& path) {
  if (!found.first_page || !found.contents) {
    return fail(Errc::kCorrupt, path +
                                    ": the page that leads to all others is damaged; nothing can "
                                    "be read. More: handover doctor");
  }
  const auto known = static_cast<std::int64_t>(storage::kSchemaVersion);
  if (found.layout == known) return {};
  return fail(Errc::kNewerSchema, path + ": it has layout " + std::to_string(found.layout) +
                                      ", and this program reads layout " + std::to_string(known) +
                                      " alone; run the handover that wrote it last");
}

std::string numbers_text(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < std::min(numbers.size(), kNumbersNamed); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  if (numbers.size() > kNumbersNamed)
    text += " and " + std::to_string(numbers.size() - kNumbersNamed) + " more";
  return text;
}

void tell(Session& session, const Counts& counts, const std::string& file) {
  const auto of = [&](ToDo to_do) { return counts.by_to_do[static_cast<std::size_t>(to_do)]; };
  Json damaged = Json::array();
  for (const std::int64_t seq : counts.damaged) damaged.push_back(Json(seq));
  session.answer(
      Json::object({{"file", file},
                    {"records", Json(counts.records)},
                    {"nothing", Json(of(ToDo::kNothing))},
                    {"send", Json(of(ToDo::kSend))},
                    {"decide", Json(of(ToDo::kDecide))},
                    {"ask", Json(of(ToDo::kAsk))},
                    {"damaged", std::move(damaged)},
                    {"unsure_after", counts.unsure_after ? Json(*counts.unsure_after) : Json()}}));
  session.out() << counted(counts.records, "record is", "records are") << " written to " << file
                << ", each with its deliveries and what is to be done:\n"
                << "  nothing  " << of(ToDo::kNothing) << "  every back-end has what it wants\n"
                << "  send     " << of(ToDo::kSend)
                << "  a back-end does not have it: record it again for that one\n"
                << "  decide   " << of(ToDo::kDecide)
                << "  a back-end refused it for good: `why` has its words\n"
                << "  ask      " << of(ToDo::kAsk)
                << "  it may have arrived: look there before anything is recorded again\n";
  if (!counts.damaged.empty()) {
    session.out() << wrap(
        "Not to be read: " +
            counted(static_cast<std::int64_t>(counts.damaged.size()), "record, ", "records, ") +
            numbers_text(counts.damaged) +
            ". Their technician and the back-ends know what they were.",
        "");
  }
  if (counts.unsure_after) {
    session.out() << "Whether there were records after " << *counts.unsure_after
                  << " cannot be told: the end of the list is damaged.\n";
  }
  session.hints() << "It holds payloads: keep it from others, and remove it when all is done.\n"
                     "What to do with it: docs/operating.md, When the store is damaged.\n";
}

}  // namespace

Result<ExitCode> rescue(Session& session, const std::string& file) {
  TRY_ASSIGN(const Config* config, session.config());
  TRY_ASSIGN(const Secret key, read_store_key(config->store_key_file));
  const storage::DatabaseSettings settings{
      .path = config->store_path, .vfs = {}, .mode = storage::OpenMode::kExamine};
  TRY_ASSIGN(const storage::PageFindings found, storage::check_pages(settings, key));
  RETURN_IF_ERROR(check_readable(found, config->store_path));
  if (posix::name_is_taken(file)) {
    return fail(Error::refused("already-exists",
                               file + ": there is such a file; nothing was changed. Name another"));
  }
  TRY_ASSIGN(const auto database, storage::Database::open(settings, key));
  RETURN_IF_ERROR(database->execute_script("BEGIN IMMEDIATE; COMMIT"));  // Keeps an agent out.
  TRY_ASSIGN(posix::OutputFile output, posix::OutputFile::create(file));
  TRY_ASSIGN(const Counts counts,
             Rescue(*database, session.world().entropy, std::move(output)).run());
  tell(session, counts, file);
  return ExitCode::kDone;
}

void add_rescue_command(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program, {"rescue",
                "Write down every record that can be read of a store that is damaged, and which "
                "back-ends have it",
                "  handover rescue records.jsonl --config /var/lib/handover/handover.toml"});
  auto file = std::make_shared<std::string>();
  command
      .add_option("FILE", *file,
                  "The file to make: a line of JSON for each record. The agent must be stopped")
      ->required();
  commands.on_chosen(command, [file](Session& session) { return rescue(session, *file); });
}

}  // namespace handover::cli
