#include "crypto/terms.hpp"

#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "crypto/identifier.hpp"
#include "crypto/quantity.hpp"

namespace handover::crypto {
namespace {

/// A JSON string as RFC 8785 writes it. Identifiers hold no control characters, so only these two
/// are escaped.
std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

struct Header {
  std::string from;
  std::string to;
  std::string sender;
  std::string receiver;
};

// (prod, serial, batch): what makes lines one line, and the order of lines, compared as UTF-8
// bytes.
using LineKey = std::tuple<std::string, std::string, std::string>;
using Lines = std::map<LineKey, Quantity>;

/// Takes the typed fields to canonical form, and remembers every one that is wrong.
class Canonicalizer {
 public:
  Header header(const TermsInput& input) {
    Header header;
    header.from = take("/FromStorageLocation", canonical_identifier(input.from));
    header.to = take("/ToStorageLocation", canonical_identifier(input.to));
    header.sender = take("/sender", canonical_identifier(input.sender));
    header.receiver = take("/receiver", canonical_identifier(input.receiver));
    return header;
  }

  Lines lines(const std::vector<TermsItem>& items) {
    if (items.empty()) refuse("/Items", "at least one line is needed");
    if (items.size() > kLinesMax) {
      refuse("/Items", "more than " + std::to_string(kLinesMax) + " lines");
      return {};
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      add_line("/Items/" + std::to_string(i), items[i]);
    return std::move(lines_);
  }

  [[nodiscard]] const std::vector<FieldError>& wrong() const { return wrong_; }

 private:
  void refuse(std::string pointer, std::string why) {
    wrong_.push_back({std::move(pointer), std::move(why)});
  }

  template <typename T>
  T take(std::string pointer, Result<T> field) {
    if (field) return std::move(*field);
    refuse(std::move(pointer), std::move(field).error().detail);
    return T();
  }

  void add_line(const std::string& pointer, const TermsItem& item) {
    const std::size_t wrong_before = wrong_.size();
    std::string prod = take(pointer + "/ProdNum", canonical_identifier(item.prod));
    const Quantity quantity = take(pointer + "/Qty", Quantity::parse(item.qty));
    std::string serial = take(pointer + "/SerialNum",
                              canonical_optional_identifier(item.serial, kSerialCharactersMax));
    std::string batch = take(pointer + "/BatchNum", canonical_optional_identifier(item.batch));
    if (!serial.empty()) check_serialized(pointer, prod, serial, quantity);
    if (wrong_.size() == wrong_before) {
      merge(pointer, {std::move(prod), std::move(serial), std::move(batch)}, quantity);
    }
  }

  void check_serialized(const std::string& pointer, const std::string& prod,
                        const std::string& serial, Quantity quantity) {
    // Zero and "" stand for a field that is wrong already: one complaint a field is enough.
    if (!quantity.is_zero() && quantity != Quantity::one()) {
      refuse(pointer + "/Qty", "a serialized line has quantity 1");
    }
    if (!prod.empty() && !units_.emplace(prod, serial).second) {
      refuse(pointer + "/SerialNum", "serial number listed twice");
    }
  }

  void merge(const std::string& pointer, LineKey key, Quantity quantity) {
    Quantity& sum = lines_[std::move(key)];
    if (sum + quantity > Quantity::largest()) {
      refuse(pointer + "/Qty",
             "the lines of this item add up to more than " + Quantity::largest().to_string());
      return;
    }
    sum = sum + quantity;
  }

  std::vector<FieldError> wrong_;
  std::set<std::pair<std::string, std::string>> units_;
  Lines lines_;
};

Error to_error(const std::vector<FieldError>& wrong) {
  const FieldError& first = wrong.front();
  Error error(Errc::kInvalid, first.pointer + ": " + first.detail);
  if (wrong.size() > 1) error.detail += "; and " + std::to_string(wrong.size() - 1) + " more";
  error.fields = wrong;
  return error;
}

std::string line_row(const LineKey& key, Quantity quantity) {
  const auto& [prod, serial, batch] = key;
  return "{\"batch\":" + quote(batch) + ",\"prod\":" + quote(prod) +
         ",\"qty\":" + quote(quantity.to_string()) + ",\"serial\":" + quote(serial) + "}";
}

}  // namespace

Result<Terms> make_terms(const TermsInput& input) {
  Canonicalizer canonicalizer;
  const Header header = canonicalizer.header(input);
  const Lines lines = canonicalizer.lines(input.items);
  if (!canonicalizer.wrong().empty()) return fail(to_error(canonicalizer.wrong()));

  const std::string from = "{\"from\":" + quote(header.from);
  const std::string people_and_to = ",\"receiver\":" + quote(header.receiver) +
                                    ",\"sender\":" + quote(header.sender) +
                                    ",\"to\":" + quote(header.to);
  std::vector<std::string> rows = {from + people_and_to + "}"};
  std::string items;
  for (const auto& [key, quantity] : lines) {
    rows.push_back(line_row(key, quantity));
    items += (items.empty() ? "" : ",") + rows.back();
  }
  return Terms(from + ",\"items\":[" + items + "]" + people_and_to + ",\"v\":1}", std::move(rows));
}

}  // namespace handover::crypto
