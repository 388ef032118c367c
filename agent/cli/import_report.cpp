#include "agent/cli/import_report.hpp"

#include "agent/cli/format.hpp"
#include "agent/cli/session.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kRefusalsKept = 100;
constexpr std::size_t kRefusalsShown = 10;

std::string quoted(const std::string& text) {
  std::string cell = "\"";
  // A spreadsheet would run what begins as a formula does.
  if (text.find_first_of("=+-@") == 0) cell += '\'';
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + '"';
}

}  // namespace

Result<ImportReport> ImportReport::make(const std::string& file) {
  ImportReport report;
  if (file.empty()) return report;
  auto made = posix::OutputFile::create(file);
  if (!made) return fail(wrong_usage(made.error().detail));
  report.file_.emplace(std::move(*made));
  RETURN_IF_ERROR(report.file_->write("row,line,field,expected\r\n"));
  return report;
}

void ImportReport::count_recorded(bool wanted) {
  ++recorded_;
  if (!wanted) ++not_wanted_;
}

Result<void> ImportReport::refuse(const importing::Row& row,
                                  const std::vector<importing::RowComplaint>& complaints) {
  ++refused_;
  for (const auto& complaint : complaints) {
    if (first_.size() < kRefusalsKept) first_.push_back({row.number, row.line, complaint});
    if (!file_) continue;
    RETURN_IF_ERROR(file_->write(std::to_string(row.number) + "," + std::to_string(row.line) + "," +
                                 quoted(complaint.field) + "," + quoted(complaint.expected) +
                                 "\r\n"));
  }
  return {};
}

Json ImportReport::to_json(bool dry_run) const {
  Json refusals = Json::array();
  for (const auto& refusal : first_) {
    refusals.push_back(Json::object({{"row", Json(refusal.row)},
                                     {"line", Json(refusal.line)},
                                     {"field", refusal.complaint.field},
                                     {"expected", refusal.complaint.expected}}));
  }
  Json report = Json::object({{"dry_run", Json(dry_run)}, {"rows", Json(rows())}});
  if (dry_run) report.set("fine", Json(fine_));
  if (!dry_run) {
    report.set("recorded", Json(recorded_));
    report.set("recorded_before", Json(known_));
    report.set("not_wanted", Json(not_wanted_));
  }
  report.set("refused", Json(refused_));
  report.set("refusals", std::move(refusals));
  return report;
}

std::string ImportReport::text(bool dry_run) const {
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  std::string text = number(rows()) + " rows: ";
  text += dry_run ? number(fine_) + " could be recorded"
                  : number(recorded_) + " recorded, " + number(known_) + " recorded before";
  text += ", " + number(refused_) + " refused.\n";
  if (not_wanted_ > 0) {
    text += number(not_wanted_) +
            " of them are wanted by no lane; why: handover records --state not_wanted\n";
  }
  for (std::size_t i = 0; i < std::min(first_.size(), kRefusalsShown); ++i) {
    const Refusal& refusal = first_[i];
    text += "  row " + number(refusal.row) + " (line " + number(refusal.line) + ")";
    if (!refusal.complaint.field.empty()) text += ", " + printable(refusal.complaint.field);
    text += ": " + printable(refusal.complaint.expected) + "\n";
  }
  if (first_.size() > kRefusalsShown) text += "  … all of them with --report FILE\n";
  return text;
}

}  // namespace handover::cli
