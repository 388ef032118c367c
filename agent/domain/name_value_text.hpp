// The name/value text in which Cisco's purchase orders carry what the standard has no element for:
// "OrderPlatform=CCW|serviceOrderType=PARTIAL". docs/back-ends/cisco.md has the names.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handover {

using NameValue = std::pair<std::string, std::string>;

/// ALPHA, then ALPHA, DIGIT, "." and "_".
[[nodiscard]] bool is_pair_name(std::string_view name);
/// Not empty, no bar, no control character, no blank at its ends. There is no escape for a bar.
[[nodiscard]] bool is_pair_value(std::string_view value);

/// "name=value|name=value", in this order. Requires: every name and value is one.
[[nodiscard]] std::string write_pairs(const std::vector<NameValue>& pairs);

struct ReadPairs {
  std::vector<NameValue> pairs;
  /// What is no pair, as it stood there: no "=", no name, or a blank beside the "=".
  std::vector<std::string> unreadable;
};
/// Takes any text. The first "=" separates. `lenient` overlooks blanks beside it.
[[nodiscard]] ReadPairs read_pairs(std::string_view text, bool lenient = false);

/// ConfigurationInformation: lineID ";" parentLineID [";" rest].
struct Configuration {
  std::string line_id;
  std::string parent_line_id;
  std::string rest;  ///< Kept byte for byte.

  bool operator==(const Configuration&) const = default;
};
[[nodiscard]] std::string write_configuration(const Configuration& configuration);
/// Takes any text; blanks round the two ids and a ";" at the end are overlooked, as in Cisco's own
/// example. What is missing reads as empty.
[[nodiscard]] Configuration read_configuration(std::string_view text);

}  // namespace handover
