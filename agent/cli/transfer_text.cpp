#include "agent/cli/transfer_text.hpp"

#include "agent/cli/format.hpp"
#include "crypto/terms.hpp"
#include "crypto/validation_code.hpp"

namespace handover::cli {
namespace {

const Json kNothing;

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found != nullptr ? *found : kNothing;
}

std::string word(const Json& object, std::string_view name) {
  return printable(object.text_of(name));
}

std::string line_text(std::string_view prod, std::string_view qty, std::string_view serial,
                      std::string_view batch) {
  std::string text = printable(prod) + "  x" + printable(qty);
  if (!serial.empty()) text += "  serial " + printable(serial);
  if (!batch.empty()) text += "  batch " + printable(batch);
  return text;
}

std::string technician_text(const Json& technician) {
  const std::string name = word(technician, "FirstName") + " " + word(technician, "LastName");
  return word(technician, "UserID") + (name == " " ? "" : " (" + name + ")");
}

bool is_outbound(const Json& view) { return view.text_of("direction") == "outbound"; }

std::string header_text(const Json& transfer) {
  return word(transfer, "FromStorageLocation") + " -> " + word(transfer, "ToStorageLocation");
}

/// The rows of the canonical terms, or none if the transfer cannot be read as one.
std::vector<std::string> canonical_rows(const Json& view, const std::string& own_user_id) {
  const Json& transfer = member(view, "transfer");
  const std::string other = member(transfer, "TransferTech").text_of("UserID");
  crypto::TermsInput input;
  input.from = transfer.text_of("FromStorageLocation");
  input.to = transfer.text_of("ToStorageLocation");
  input.sender = is_outbound(view) ? own_user_id : other;
  input.receiver = is_outbound(view) ? other : own_user_id;
  for (const Json& item : member(transfer, "Items").items()) {
    input.items.push_back({item.text_of("ProdNum"), item.text_of("Qty"), item.text_of("SerialNum"),
                           item.text_of("BatchNum")});
  }
  const auto terms = crypto::make_terms(input);
  return terms ? terms->rows() : std::vector<std::string>();
}

std::string row_text(const std::string& row) {
  const auto json = parse_json(row);
  if (!json) return {};
  if (json->find("from") != nullptr) {
    return "header: " + word(*json, "from") + " -> " + word(*json, "to") + ", " +
           word(*json, "sender") + " to " + word(*json, "receiver");
  }
  return line_text(json->text_of("prod"), json->text_of("qty"), json->text_of("serial"),
                   json->text_of("batch"));
}

}  // namespace

std::string transfer_text(const Json& view) {
  const Json& transfer = member(view, "transfer");
  // What was only scanned has neither id nor state.
  const std::string state = word(view, "state");
  std::string text = state.empty() ? "" : "Transfer " + word(view, "id") + "\n";
  text += std::string("  ") + (is_outbound(view) ? "sending" : "receiving") + ", " +
          (state.empty() ? "" : state + ", ") + header_text(transfer) + ", with " +
          technician_text(member(transfer, "TransferTech")) + "\n";
  int number = 0;
  for (const Json& item : member(transfer, "Items").items()) {
    text += "  " + std::to_string(++number) + "  " +
            line_text(item.text_of("ProdNum"), item.text_of("Qty"), item.text_of("SerialNum"),
                      item.text_of("BatchNum")) +
            "\n";
  }
  const std::string code = crypto::group_code(word(view, "public_code"));
  if (!code.empty())
    text +=
        std::string("  ") + (is_outbound(view) ? "sender" : "receiver") + " code: " + code + "\n";
  return text;
}

std::string changes_text(const Json& view) {
  std::string text;
  for (const Json& change : member(view, "changes").items()) {
    const std::string field = word(change, "field");
    std::string what = field;
    if (field.empty()) {
      what = word(change, "ProdNum");
      if (const auto serial = word(change, "SerialNum"); !serial.empty())
        what += "  serial " + serial;
      if (const auto batch = word(change, "BatchNum"); !batch.empty()) what += "  batch " + batch;
    }
    text += "  differs: " + what + ": offered " + word(change, "offered") + ", counted " +
            word(change, "counted") + "\n";
  }
  return text;
}

std::string next_step_text(const Json& view) {
  const std::string state = view.text_of("state");
  const std::string id = short_id(view.text_of("id"));
  const std::string code = crypto::group_code(word(view, "public_code"));
  const std::string enter = "  handover transfer code " + id + " CODE\n";
  if (state == "offered") {
    return "Tell the receiver: " + code + "\nThen enter the receiver's code of 8 digits (" +
           word(view, "tries_left") + " tries left):\n" + enter;
  }
  if (state == "recorded")
    return "Ask the sender for the code of 12 digits, and enter it:\n" + enter;
  if (state == "completed" && !is_outbound(view))
    return "Tell the sender: " + code + "\nYour half is recorded.\n";
  if (state == "completed")
    return "Your half is recorded. Follow it with: handover records show " +
           short_id(word(view, "record_id")) + "\n";
  if (state == "dead" && is_outbound(view)) {
    return "Too many wrong codes. Compare the lists, then make a new code:\n  handover transfer "
           "offer " +
           id + "\n";
  }
  if (state == "dead")
    return "Too many wrong codes. Compare the lists, then start again with: handover transfer "
           "receive\n";
  return {};
}

std::string line_checks_text(const Json& checks, const Json& view, const std::string& own_user_id) {
  const auto rows = canonical_rows(view, own_user_id);
  std::string text;
  std::size_t place = 0;
  for (const Json& check : checks.items()) {
    const std::string row =
        place < rows.size() ? row_text(rows[place]) : "line " + std::to_string(place);
    text += fit("  " + printable(check.text()) + "  " + row, kScreenColumns) + "\n";
    ++place;
  }
  return text;
}

std::string warnings_text(const Json& answer) {
  std::string text;
  for (const Json& warning : member(answer, "warnings").items()) {
    const std::string pointer = word(warning, "pointer");
    text += "warning: " + pointer + (pointer.empty() ? "" : ": ") + word(warning, "detail") + "\n";
  }
  return text;
}

}  // namespace handover::cli
