#include "agent/cli/asset_import.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "agent/cli/format.hpp"
#include "agent/importing/csv_rows.hpp"
#include "agent/importing/json_rows.hpp"
#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "platform/posix/stream_file.hpp"

namespace handover::cli {
namespace {

using importing::Columns;
using importing::Row;
using importing::RowReader;

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
constexpr std::size_t kNameCharactersMax = 100;
// So that a key, which is made of it, fits the call's 255 bytes.
constexpr std::size_t kNameBytesMax = 180;
constexpr std::int64_t kProgressStep = 50;
constexpr std::int64_t kProgressLine = 1000;

Error with_file(const ImportSettings& settings, Error error) {
  error.detail = settings.file + ": " + error.detail;
  return error;
}

/// The file in pieces of one size, whatever it comes from.
class Source {
 public:
  static Result<Source> open(Session& session, const ImportSettings& settings) {
    Source source(session);
    if (settings.file == "-") return source;
    auto file = posix::InputFile::open(settings.file);
    if (!file) return fail(wrong_usage(file.error().detail + hint_for(file.error())));
    source.file_.emplace(std::move(*file));
    return source;
  }
  Result<std::string> read() {
    if (file_) return file_->read(kPieceBytes);
    std::string piece(kPieceBytes, '\0');
    session_->world().in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(session_->world().in.gcount()));
    return piece;
  }

 private:
  /// A file is read twice: once to see that it is whole.
  static std::string hint_for(const Error& error) {
    return error.code == Errc::kConfig
               ? "; what comes out of a program is read as -: program | handover assets import - …"
               : "";
  }

  explicit Source(Session& session) : session_(&session) {}
  Session* session_;
  std::optional<posix::InputFile> file_;
};

std::unique_ptr<RowReader> make_reader(const ImportSettings& settings, const Columns& columns,
                                       importing::TakeRow take_row) {
  if (settings.format == "jsonl") return importing::read_json_lines(std::move(take_row));
  return importing::read_csv(
      settings.delimiter, [&columns](const auto& headings) { return columns.check(headings); },
      std::move(take_row));
}

/// What the import is called: as asked, else as the file.
std::string name_of(const ImportSettings& settings) {
  if (!settings.name.empty() || settings.file == "-") return settings.name;
  return settings.file.substr(settings.file.rfind('/') + 1);
}

Result<void> check_name(const std::string& name) {
  if (name.empty()) return {};
  const auto named = crypto::canonical_identifier(name, kNameCharactersMax);
  if (named && name.size() <= kNameBytesMax) return {};
  return fail(wrong_usage("the file's name cannot name the import (" +
                          (named ? std::string("it is too long") : named.error().detail) +
                          "); give another with --import-name"));
}

std::string digest_of(const Json& body) {
  const auto digest = crypto::sha256({body.dump()});
  return crypto::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

class Import {
 public:
  Import(Session& session, const ImportSettings& settings, Columns columns, ImportReport report)
      : session_(session),
        settings_(settings),
        columns_(std::move(columns)),
        report_(std::move(report)),
        name_(name_of(settings)) {}

  Result<ImportReport> run() {
    if (settings_.file != "-") RETURN_IF_ERROR(look_through());
    RETURN_IF_ERROR(read_all([this](const Row& row) { return take(row); }));
    end_progress();
    return std::move(report_);
  }

 private:
  /// Every row is read and none is recorded: a file that is broken at its end is refused whole.
  Result<void> look_through() {
    return read_all([this](const Row&) -> Result<void> {
      ++all_;
      return {};
    });
  }

  Result<void> read_all(importing::TakeRow take_row) {
    TRY_ASSIGN(Source source, Source::open(session_, settings_));
    const auto reader = make_reader(settings_, columns_, std::move(take_row));
    while (true) {
      TRY_ASSIGN(const std::string piece, source.read());
      if (piece.empty()) break;
      if (auto taken = reader->take(piece); !taken) return fail(told(std::move(taken).error()));
    }
    if (auto ended = reader->end(); !ended) return fail(told(std::move(ended).error()));
    return {};
  }

  Error told(Error error) {
    end_progress();
    return error.code == Errc::kInvalid ? with_file(settings_, std::move(error)) : std::move(error);
  }

  Result<void> take(const Row& row) {
    auto made = importing::make_event(row, columns_, settings_.defaults);
    if (!made.complaints.empty()) {
      RETURN_IF_ERROR(refuse(row, made.complaints));
    } else if (settings_.dry_run) {
      report_.count_fine();
    } else {
      RETURN_IF_ERROR(give_key(made.body));
      RETURN_IF_ERROR(record(row, made.body));
    }
    show_progress();
    return {};
  }

  /// A row without a key of its own gets one that is the same in each run: of the import's name,
  /// what the row says, and how often the file said so before. A corrected file can so be imported
  /// again, wherever its rows have moved.
  Result<void> give_key(Json& body) {
    if (!body.text_of("key").empty()) return {};
    if (name_.empty()) {
      return fail(
          wrong_usage("rows of standard input need a column key, or --import-name: without "
                      "them an import that is interrupted could not be started again"));
    }
    const std::string digest = digest_of(body);
    const int before = seen_[digest]++;
    body.set("key", "import " + name_ + " " + digest +
                        (before == 0 ? "" : " " + std::to_string(before + 1)));
    return {};
  }

  Result<void> record(const Row& row, const Json& body) {
    auto answer = session_.call("POST", "/v1/asset-events", body);
    if (!answer) return fail(stopped(std::move(answer).error()));
    if (answer->status == 200) {
      report_.count_known();
    } else if (!answer->refused()) {
      report_.count_recorded(is_wanted(answer->body));
    } else if (answer->status == 400 || answer->status == 409) {
      RETURN_IF_ERROR(refuse(row, complaints_of(session_.refusal_of(*answer))));
    } else {
      return fail(stopped(session_.refusal_of(*answer)));
    }
    return {};
  }

  Result<void> refuse(const Row& row, const std::vector<importing::RowComplaint>& complaints) {
    auto told = report_.refuse(row, complaints);
    if (!told) return fail(stopped(std::move(told).error()));
    return {};
  }

  static bool is_wanted(const Json& record) {
    const Json* deliveries = record.find("deliveries");
    if (deliveries == nullptr) return true;
    const auto& all = deliveries->items();
    return std::any_of(all.begin(), all.end(), [](const Json& delivery) {
      return delivery.text_of("state") != "not_wanted";
    });
  }

  static std::vector<importing::RowComplaint> complaints_of(const Error& error) {
    std::vector<importing::RowComplaint> complaints;
    for (const auto& field : error.fields)
      complaints.push_back({importing::field_at(field.pointer), field.detail});
    if (complaints.empty()) complaints.push_back({"", error.detail});
    return complaints;
  }

  Error stopped(Error error) {
    error.detail += "; the import stopped after " + std::to_string(report_.rows()) +
                    " rows. Run the same command again when this is put right: rows that are "
                    "recorded are not recorded twice";
    return error;
  }

  void show_progress() {
    const std::int64_t done = report_.rows();
    if (session_.world().messages_on_terminal) {
      if (done % kProgressStep != 0 || all_ == 0) return;
      session_.hints() << "\r"
                       << progress_bar(static_cast<std::size_t>(done),
                                       static_cast<std::size_t>(all_))
                       << " rows  " << std::flush;
      drawn_ = true;
    } else if (done % kProgressLine == 0) {
      session_.hints() << done << " rows" << (all_ > 0 ? " of " + std::to_string(all_) : "") << "\n"
                       << std::flush;
    }
  }
  void end_progress() {
    if (std::exchange(drawn_, false)) session_.hints() << "\n" << std::flush;
  }

  Session& session_;
  const ImportSettings& settings_;
  Columns columns_;
  ImportReport report_;
  std::string name_;
  std::map<std::string, int> seen_;  // Rows by what they say.
  std::int64_t all_ = 0;
  bool drawn_ = false;
};

}  // namespace

Result<ImportReport> import_assets(Session& session, const ImportSettings& settings) {
  auto columns = Columns::make(settings.columns);
  if (!columns) return fail(wrong_usage(columns.error().detail));
  RETURN_IF_ERROR(check_name(name_of(settings)));
  TRY_ASSIGN(ImportReport report, ImportReport::make(settings.report_file));
  Import import(session, settings, std::move(*columns), std::move(report));
  return import.run();
}

}  // namespace handover::cli
