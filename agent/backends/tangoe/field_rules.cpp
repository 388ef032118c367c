#include "agent/backends/tangoe/field_rules.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "agent/backends/xml/xml_reader.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "agent/domain/text.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::size_t kDigitsMax = 30;

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool is_decimal(std::string_view text) {
  text = without_sign(text);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (point == std::string_view::npos) return is_digits(whole) && whole.size() <= kDigitsMax;
  return is_digits(whole) && is_digits(text.substr(point + 1)) && text.size() <= kDigitsMax;
}

bool is_int(std::string_view text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// A decimal in one form: no plus, no leading or trailing zeros, no minus zero. Else as it is.
std::string plain_decimal(std::string_view text) {
  if (!is_decimal(text)) return std::string(text);
  const bool minus = text.front() == '-';
  std::string_view digits = without_sign(text);
  const auto point = digits.find('.');
  std::string_view whole = digits.substr(0, point);
  std::string_view part = point == std::string_view::npos ? "" : digits.substr(point + 1);
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!part.empty() && part.back() == '0') part.remove_suffix(1);
  std::string plain(whole);
  if (!part.empty()) plain += "." + std::string(part);
  return minus && plain != "0" ? "-" + plain : plain;
}

std::string_view plain_boolean(std::string_view text) {
  if (text == "1") return "true";
  if (text == "0") return "false";
  return text;
}

int two_digits(std::string_view text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

std::string complaint_about_text(std::string_view text) {
  if (!xml::can_carry(text)) return "expected text without control characters, in UTF-8";
  if (count_characters(text) > kTextMax) {
    return "expected at most " + std::to_string(kTextMax) + " characters";
  }
  // What an empty element means to an edit is not documented; it may clear the field.
  return xml::trimmed(text).empty() ? "expected a text; leave the field out to keep it as it is"
                                    : "";
}

}  // namespace

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') return false;
  if (!is_digits(text.substr(0, 2)) || !is_digits(text.substr(3, 2)) ||
      !is_digits(text.substr(6))) {
    return false;
  }
  using namespace std::chrono;
  const int year_number = two_digits(text.substr(6, 2)) * 100 + two_digits(text.substr(8, 2));
  const year_month_day date{year(year_number), month(unsigned(two_digits(text.substr(0, 2)))),
                            day(unsigned(two_digits(text.substr(3, 2))))};
  return date.ok() && year_number >= 1;
}

std::string format_date(WallTime time) {
  const std::string iso = format_rfc3339_seconds(time);  // 2026-11-22T…
  return iso.substr(5, 2) + "/" + iso.substr(8, 2) + "/" + iso.substr(0, 4);
}

std::string complaint_about(FieldType type, std::string_view text) {
  switch (type) {
    case FieldType::kText:
      return complaint_about_text(text);
    case FieldType::kInteger:
      return is_int(text) ? "" : "expected a whole number";
    case FieldType::kBoolean:
      return text == "true" || text == "false" ? "" : "expected true or false";
    case FieldType::kNumber:
      return is_decimal(text) ? ""
                              : "expected a number such as 12.50, with a point and no exponent";
    case FieldType::kDate:
      return is_date(text) ? "" : "expected a date as mm/dd/yyyy";
    case FieldType::kCircuitMappings:
    case FieldType::kCustomFields:
      break;
  }
  return "expected a list";
}

bool same_value(FieldType type, std::string_view left, std::string_view right) {
  left = xml::trimmed(left);
  right = xml::trimmed(right);
  if (type == FieldType::kNumber) return plain_decimal(left) == plain_decimal(right);
  if (type == FieldType::kBoolean) return plain_boolean(left) == plain_boolean(right);
  return left == right;
}

}  // namespace handover::backends::tangoe
