// The chapter of the demo about the warehouse: a file of receipts becomes assets of the CMDB, once
// each.
#include <fstream>
#include <map>
#include <sstream>

#include "sim/demo/demo.hpp"
#include "sim/demo/story.hpp"

namespace handover::sim {
namespace {

constexpr int kReceipts = 1000;

std::string serial_of(int receipt) { return "WWT" + std::to_string(10000 + receipt); }

/// One receipt in each row, with the headings of the asset integration, and three rows that are
/// wrong.
Result<void> write_receipts(const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  out << "Serial Number,Manufacture part number,Asset Tag,Mac Address,Quantity\r\n";
  for (int receipt = 0; receipt < kReceipts; ++receipt) {
    const std::string serial = serial_of(receipt);
    out << serial << ",WS-C3850-48U-S,FWL-" << serial << ",00:11:22:33:44:55,1\r\n";
    if (receipt == 300) out << "WWT-A,,FWL-WWT-A,,1\r\n";
    if (receipt == 600) out << "WWT-B,WS-C3850-48U-S,FWL-WWT-B,,2\r\n";
    if (receipt == 900) out << "WWT-C,WS-C3850-48U-S\r\n";
  }
  out.close();
  if (!out) return fail(Errc::kConfig, file + ": cannot be written");
  return {};
}

std::int64_t number_in(const Json& state, const char* name) {
  return std::stoll(state.text_of(name));
}

}  // namespace

Result<void> Demo::import_receipts() {
  tell_step(
      "The warehouse hands in a file with 1,000 receipts and three wrong rows. One answer in four "
      "is still lost.");
  const Json before = back_ends_->state(BackEndName::kCmdb);
  const std::string file = settings_.directory + "/receipts.csv";
  RETURN_IF_ERROR(write_receipts(file));
  DeviceSettings settings;
  settings.directory = settings_.directory + "/warehouse";
  settings.user = "warehouse";
  settings.location = "WWT";
  settings.lanes_toml = cmdb_lane_toml({.cmdb_url = back_ends_->url(BackEndName::kCmdb)});
  TRY_ASSIGN(warehouse_, DeviceProcess::make(std::move(settings)));
  RETURN_IF_ERROR(warehouse_->start());

  RETURN_IF_ERROR(import_file(file, 1, "1000 recorded, 0 recorded before, 3 refused."));
  tell("The clerk is not sure whether it ran, and runs it again. No row is recorded twice.");
  RETURN_IF_ERROR(import_file(file, 1, "0 recorded, 1000 recorded before, 3 refused."));
  RETURN_IF_ERROR(drain(*warehouse_, "warehouse"));
  return check_imported(before);
}

/// handover assets import, as the clerk runs it. It must end with `exit_code`, and its counts must
/// be `counts`.
Result<void> Demo::import_file(const std::string& file, int exit_code, const std::string& counts) {
  const std::vector<std::string> words = {
      "assets", "import",      file,  "--event",  "receipt",        "--location",
      "WWT",    "--stockroom", "WWT", "--report", file + ".refused"};
  TRY_ASSIGN(const CommandOutcome outcome, warehouse_->run(words));
  std::istringstream lines(outcome.said);
  for (std::string line; std::getline(lines, line);) tell(line);
  if (outcome.exit_code != exit_code || outcome.said.find(counts) == std::string::npos)
    return fail(wrong("the import should say: " + counts));
  return {};
}

/// The CMDB's own books: a new asset for each receipt, written once, and nothing else.
Result<void> Demo::check_imported(const Json& before) {
  const Json state = back_ends_->state(BackEndName::kCmdb);
  const auto grown = [&](const char* name) {
    return number_in(state, name) - number_in(before, name);
  };
  std::map<std::string, int> made;
  for (const Json& asset : state.find("assets")->items()) ++made[asset.text_of("serial_number")];
  int once = 0;
  for (int receipt = 0; receipt < kReceipts; ++receipt) {
    const auto found = made.find(serial_of(receipt));
    if (found != made.end() && found->second == 1) ++once;
  }
  tell("CMDB: " + std::to_string(once) + " receipts are one asset each, " +
       std::to_string(grown("assets_count")) + " assets were made, " +
       std::to_string(grown("audit_count")) + " writes, " +
       std::to_string(grown("import_rows_count")) +
       " messages; faults: " + state.find("faults")->dump());
  if (once != kReceipts || grown("assets_count") != kReceipts ||
      grown("audit_count") != kReceipts || grown("duplicates_count") != 0) {
    return fail(wrong("the CMDB should hold each of the 1,000 receipts once"));
  }
  return {};
}

}  // namespace handover::sim
