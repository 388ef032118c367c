#include "agent/backends/cisco/grammar.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/backends/xml/xml_writer.hpp"
#include "agent/domain/text.hpp"
#include "platform/assert.hpp"

namespace handover::backends {
namespace {

constexpr std::size_t kFaultsMax = 20;

std::size_t number_in(std::string_view digits) {
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool is_one_of(std::string_view text, std::string_view words) {
  while (true) {
    const auto bar = words.find('|');
    if (words.substr(0, bar) == text) return true;
    if (bar == words.npos) return false;
    words.remove_prefix(bar + 1);
  }
}

bool is_date(std::string_view text) {
  if (text.size() != 9 || text[8] != 'Z' || !is_digits(text.substr(0, 8))) return false;
  const std::size_t month = number_in(text.substr(4, 2));
  const std::size_t day = number_in(text.substr(6, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/// CCYYMMDDThhmmss.sssZ
bool is_date_time(std::string_view text) {
  return text.size() == 20 && text[8] == 'T' && text[15] == '.' && text[19] == 'Z' &&
         is_date(std::string(text.substr(0, 8)) + "Z") && is_digits(text.substr(9, 6)) &&
         is_digits(text.substr(16, 3)) && number_in(text.substr(9, 2)) < 24 &&
         number_in(text.substr(11, 2)) < 60 && number_in(text.substr(13, 2)) < 61;
}

bool is_amount(std::string_view text) {
  const auto point = text.find('.');
  return is_digits(text.substr(0, point)) &&
         (point == text.npos || is_digits(text.substr(point + 1)));
}

/// What `text` should have been, or nothing if it is that.
std::optional<std::string> complaint(std::string_view rule, std::string_view text) {
  if (!xml::can_carry(text)) return "holds characters that XML cannot carry";
  if (rule.starts_with('=')) {
    rule.remove_prefix(1);
    if (is_one_of(text, rule)) return std::nullopt;
    return "expected " + std::string(rule);
  }
  const auto colon = rule.find(':');
  const std::string_view kind = rule.substr(0, colon);
  std::string_view most = colon == rule.npos ? std::string_view() : rule.substr(colon + 1);
  if (kind == "text") {
    std::size_t least = 1;
    if (const auto dash = most.find('-'); dash != most.npos) {
      least = number_in(most.substr(0, dash));
      most.remove_prefix(dash + 1);
    }
    const std::size_t size = count_characters(text);
    if (size >= least && (most.empty() || size <= number_in(most))) return std::nullopt;
    return "expected " + std::to_string(least) + " to " + std::string(most) + " characters";
  }
  if (kind == "digits") {
    if (is_digits(text) && (most.empty() || text.size() == number_in(most))) return std::nullopt;
    return "expected " + (most.empty() ? "digits" : std::string(most) + " digits");
  }
  if (kind == "number") {
    if (is_digits(text) && text.find_first_not_of('0') != text.npos) return std::nullopt;
    return "expected a whole number above 0";
  }
  if (kind == "amount") {
    if (is_amount(text)) return std::nullopt;
    return "expected an amount such as 120.50";
  }
  if (kind == "date") {
    if (is_date(text)) return std::nullopt;
    return "expected a date such as 20261201Z";
  }
  INVARIANT(kind == "datetime");
  if (is_date_time(text)) return std::nullopt;
  return "expected a time such as 20261201T102653.000Z";
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

}  // namespace

Grammar::Grammar(std::string system_id, std::string name_space, std::span<const GrammarRow> rows)
    : system_id_(std::move(system_id)), name_space_(std::move(name_space)) {
  root_ = build(rows);
  INVARIANT(rows.empty());
}

Grammar::Node Grammar::build(std::span<const GrammarRow>& rows) {
  const GrammarRow& row = rows.front();
  rows = rows.subspan(1);
  Node node;
  node.name = row.name;
  node.times = row.times;
  node.text = row.text;
  node.guide = row.guide;
  while (!rows.empty() && rows.front().depth > row.depth) {
    INVARIANT(rows.front().depth == row.depth + 1);
    node.children.push_back(build(rows));
  }
  INVARIANT(node.text.empty() != node.children.empty());
  return node;
}

XmlDocument Grammar::document() const {
  XmlDocument document;
  document.system_id = system_id_;
  document.name_space = name_space_;
  document.root.name = root_.name;
  return document;
}

void Grammar::arrange(XmlElement& root) const { arrange(root_, root); }

void Grammar::arrange(const Node& node, XmlElement& element) {
  const auto place_of = [&node](const XmlElement& child) {
    return std::find_if(node.children.begin(), node.children.end(),
                        [&](const Node& known) { return known.name == child.name; }) -
           node.children.begin();
  };
  std::stable_sort(element.children.begin(), element.children.end(),
                   [&](const XmlElement& left, const XmlElement& right) {
                     return place_of(left) < place_of(right);
                   });
  for (XmlElement& child : element.children) {
    const auto place = static_cast<std::size_t>(place_of(child));
    if (place < node.children.size()) arrange(node.children[place], child);
  }
}

std::vector<GrammarFault> Grammar::check(const XmlDocument& document) const {
  std::vector<GrammarFault> faults;
  if (document.root.name != root_.name) {
    faults.push_back({"", "expected the document " + root_.name});
    return faults;
  }
  if (!document.system_id.empty() && document.system_id != system_id_)
    faults.push_back({"", "expected the DOCTYPE of " + system_id_});
  if (!document.name_space.empty() && document.name_space != name_space_)
    faults.push_back({"", "expected another namespace"});
  check(root_, document.root, "", faults);
  return faults;
}

void Grammar::check(const Node& node, const XmlElement& element, const std::string& path,
                    std::vector<GrammarFault>& faults) {
  if (faults.size() >= kFaultsMax || node.text == "any") return;
  const std::string guide = node.guide < 0 ? "" : " (no. " + std::to_string(node.guide) + ")";
  if (!node.children.empty()) {
    if (element.children.empty() && !element.text.empty())
      faults.push_back({path, "expected elements, not text" + guide});
    check_children(node, element, path, faults);
    return;
  }
  if (!element.children.empty()) {
    faults.push_back({path, "expected text, not elements" + guide});
  } else if (const auto why = complaint(node.text, element.text)) {
    faults.push_back({path, *why + guide});
  }
}

void Grammar::check_children(const Node& node, const XmlElement& element, const std::string& path,
                             std::vector<GrammarFault>& faults) {
  std::size_t next = 0;
  for (const Node& known : node.children) {
    std::size_t count = 0;
    const std::string at = below(path, known.name);
    const bool many = known.times == '*' || known.times == '+';
    while (next < element.children.size() && element.children[next].name == known.name) {
      ++count;
      check(known, element.children[next++], many ? at + "[" + std::to_string(count) + "]" : at,
            faults);
    }
    if (faults.size() >= kFaultsMax) return;
    if (count == 0 && (known.times == '1' || known.times == '+'))
      faults.push_back({at, "missing, or not where it belongs"});
    if (count > 1 && !many) faults.push_back({at, "stands there more than once"});
  }
  if (next < element.children.size()) {
    const std::string& name = element.children[next].name;
    faults.push_back({below(path, name.substr(0, 60)), "unknown here, or not where it belongs"});
  }
}

}  // namespace handover::backends
