#include "agent/cli/asset_import_command.hpp"

#include <memory>

#include "agent/cli/asset_import.hpp"
#include "agent/domain/asset_event.hpp"

namespace handover::cli {
namespace {

struct Arguments {
  ImportSettings settings;
  std::string delimiter = ",";
  std::vector<std::string> columns;
};

Result<void> read_format(ImportSettings& settings) {
  const auto ends = [&](std::string_view ending) { return settings.file.ends_with(ending); };
  if (settings.format.empty() && ends(".csv")) settings.format = "csv";
  if (settings.format.empty() && (ends(".jsonl") || ends(".ndjson"))) settings.format = "jsonl";
  if (settings.format == "csv" || settings.format == "jsonl") return {};
  return fail(wrong_usage("cannot tell what the file is written in; give --format csv or jsonl"));
}

Result<char> delimiter_of(const std::string& text) {
  if (text == "tab") return '\t';
  if (text.size() == 1 && text[0] > ' ' && text[0] != '"') return text[0];
  return fail(wrong_usage("--delimiter is one character, or tab"));
}

Result<void> read_columns(ImportSettings& settings, const std::vector<std::string>& columns) {
  for (const auto& column : columns) {
    const auto equals = column.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == column.size())
      return fail(wrong_usage("--column is HEADING=FIELD, or HEADING=- to leave the column out"));
    settings.columns[column.substr(0, equals)] = column.substr(equals + 1);
  }
  return {};
}

Result<ExitCode> import_file(Session& session, Arguments arguments) {
  ImportSettings& settings = arguments.settings;
  RETURN_IF_ERROR(read_format(settings));
  TRY_ASSIGN(settings.delimiter, delimiter_of(arguments.delimiter));
  RETURN_IF_ERROR(read_columns(settings, arguments.columns));
  TRY_ASSIGN(const ImportReport report, import_assets(session, settings));
  session.answer(report.to_json(settings.dry_run));
  session.out() << report.text(settings.dry_run) << std::flush;
  return report.refused() == 0 ? ExitCode::kDone : ExitCode::kRefused;
}

std::string field_list() {
  std::string text =
      "Fields: serialNumber, manufacturerPartNumber, asset_tag, type, quantity (of a line without "
      "a "
      "serial number), event, location, stockroom, key";
  for (const auto& names : {kAssetDataPoints, kAssetClassification}) {
    for (const auto name : names) text += ", " + std::string(name);
  }
  return text + ".\nHeadings fit without regard to case, blanks and punctuation.";
}

}  // namespace

void add_asset_import_command(CLI::App& program, Commands& commands) {
  CLI::App* assets =
      program.add_subcommand("assets", "A warehouse's serialized units, by the file");
  assets->require_subcommand(1);
  CLI::App& command = commands.add(
      *assets,
      {"import", "Record an asset event for each row of a file, once however often it is run",
       "  handover assets import receipts.csv --event receipt --location WWT --stockroom WWT "
       "--dry-run\n"
       "  handover assets import receipts.csv --event receipt --location WWT --stockroom WWT "
       "--report refused.csv\n"
       "  handover assets import export.csv --delimiter ';' --column \"Serial No.=serialNumber\" "
       "--column Remarks=-"});
  auto arguments = std::make_shared<Arguments>();
  ImportSettings& settings = arguments->settings;
  command
      .add_option("FILE", settings.file,
                  "CSV with a heading, or JSON lines; - reads standard input. " + field_list())
      ->required();
  command.add_option("--event", settings.defaults.event,
                     "Of rows that name none: receipt, correction, shipment, return_shipped, "
                     "return_received or removal");
  command.add_option("--location", settings.defaults.location, "Of rows that name none");
  command.add_option("--stockroom", settings.defaults.stockroom, "Of rows that name none");
  command.add_option("--format", settings.format, "csv or jsonl; else as the file's name ends");
  command.add_option("--delimiter", arguments->delimiter, "Of CSV: one character, or tab");
  command
      .add_option("--column", arguments->columns,
                  "HEADING=FIELD: what a column means; HEADING=- leaves it out")
      ->allow_extra_args(false);
  command.add_option(
      "--import-name", settings.name,
      "Of which rows are recorded once, however often it is run; else the file's name. "
      "Rows with a column key are recorded once for that key");
  command.add_option("--report", settings.report_file,
                     "Write every refused row there, as CSV: row, line, field, expected");
  command.add_flag("--dry-run", settings.dry_run, "Only check the rows; the agent is not asked");
  commands.on_chosen(command,
                     [arguments](Session& session) { return import_file(session, *arguments); });
}

}  // namespace handover::cli
