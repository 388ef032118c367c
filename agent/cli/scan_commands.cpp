#include "agent/cli/scan_commands.hpp"

#include <memory>

#include "agent/cli/format.hpp"
#include "agent/cli/transfer_commands.hpp"
#include "agent/cli/transfer_text.hpp"
#include "agent/qr/code_text.hpp"
#include "agent/qr/qr_picture.hpp"

namespace handover::cli {
namespace {

constexpr const char* kTransfers = "/v1/transfers";
constexpr std::size_t kLineBytesMax = 8192;

struct QrArguments {
  std::string id;
  std::size_t svg_part = 0;  // 0: the texts.
};

Result<ExitCode> show_qr(Session& session, const QrArguments& arguments) {
  TRY_ASSIGN(const std::string id, session.find_id(kTransfers, arguments.id));
  TRY_ASSIGN(const Json shown, session.get(std::string(kTransfers) + "/" + escape_url(id) + "/qr"));
  session.answer(shown);
  const Json* codes = shown.find("codes");
  if (codes == nullptr) return fail(Errc::kCorrupt, "the agent's answer has no codes");
  if (arguments.svg_part > codes->items().size()) {
    return fail(
        wrong_usage("--svg: expected a number from 1 to " + std::to_string(codes->items().size())));
  }
  if (arguments.svg_part > 0) {
    TRY_ASSIGN(const std::string svg, qr::qr_svg(codes->items()[arguments.svg_part - 1].text()));
    session.out() << svg << "\n";
    return ExitCode::kDone;
  }
  for (const Json& code : codes->items()) session.out() << printable(code.text()) << "\n";
  session.hints() << "The other technician scans all of these, in any order: "
                  << codes->items().size() << "\n";
  return ExitCode::kDone;
}

/// One code a line, as a scanner types them, until an empty line or the end.
Result<Json> read_codes(Session& session) {
  std::istream& in = session.world().in;
  Json codes = Json::array();
  std::string line;
  char c = 0;
  const auto end_line = [&] {
    const bool more = !line.empty() && codes.items().size() < qr::kCodesMax;
    if (more) codes.push_back(line);
    line.clear();
    return more;
  };
  while (in.get(c)) {
    if (c == '\r') continue;
    if (c == '\n') {
      if (!end_line()) break;
    } else if (line.size() < kLineBytesMax) {
      line += c;
    }
  }
  end_line();
  if (codes.items().empty()) return fail(wrong_usage("standard input has no code"));
  return codes;
}

void tell(Session& session, const Json& reading) {
  session.answer(reading);
  const std::string kind = printable(reading.text_of("kind"));
  if (kind == "incomplete") {
    session.out() << reading.find("have")->items().size() << " of " << reading.text_of("of")
                  << " codes; scan the others too.\n";
    return;
  }
  const Json* from = reading.find("from");
  session.out() << "A signed " << kind << " of "
                << (from != nullptr ? printable(from->text_of("UserID")) : "") << ".\n";
  if (reading.find("transfer") != nullptr) session.out() << transfer_text(reading);
  session.out() << changes_text(reading) << std::flush;
  session.world().messages << warnings_text(reading);
  session.hints() << (kind == "offer" ? "Count. If it is all there, scan again with --accept; else "
                                        "record what you counted with: handover transfer receive\n"
                                      : "To take it: scan again with --accept\n");
}

Result<ExitCode> scan(Session& session, bool accept) {
  TRY_ASSIGN(const Json codes, read_codes(session));
  TRY_ASSIGN(const Json reading, session.post("/v1/scans", Json::object({{"codes", codes}})));
  if (!accept || reading.text_of("kind") == "incomplete") {
    tell(session, reading);
    return ExitCode::kDone;
  }
  const std::string waiting = reading.text_of("transfer_id");
  if (!waiting.empty()) {
    TRY_ASSIGN(const Json view,
               session.post(std::string(kTransfers) + "/" + escape_url(waiting) + "/scan",
                            Json::object({{"codes", codes}})));
    return show_transfer(session, view);
  }
  const Json* direction = reading.find("direction");
  const Json* transfer = reading.find("transfer");
  if (direction == nullptr || transfer == nullptr)
    return fail(Errc::kCorrupt, "the agent's answer has no transfer");
  TRY_ASSIGN(const Json view, session.post(kTransfers, Json::object({{"direction", *direction},
                                                                     {"transfer", *transfer},
                                                                     {"scanned", codes}})));
  return show_transfer(session, view);
}

}  // namespace

void add_scan_commands(CLI::App& transfer, Commands& commands) {
  CLI::App& qr =
      commands.add(transfer, {"qr", "Show the QR codes of a transfer, as text or as a picture",
                              "  handover transfer qr 1f2e3d4c --svg 1 > code.svg"});
  auto arguments = std::make_shared<QrArguments>();
  qr.add_option("ID", arguments->id, "The transfer, or the last 4 or more characters of its id")
      ->required();
  qr.add_option("--svg", arguments->svg_part, "The picture of that code, counted from 1, as SVG");
  commands.on_chosen(qr, [arguments](Session& session) { return show_qr(session, *arguments); });

  CLI::App& command = commands.add(
      transfer, {"scan", "Read the other technician's QR codes, one a line, from standard input",
                 "  handover transfer scan --accept < codes"});
  auto accept = std::make_shared<bool>(false);
  command.add_flag("--accept", *accept,
                   "Offer: record all of it as received. Receipt: complete this half. Count: note "
                   "what differs");
  commands.on_chosen(command, [accept](Session& session) { return scan(session, *accept); });
}

}  // namespace handover::cli
