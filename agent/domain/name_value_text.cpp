#include "agent/domain/name_value_text.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace handover {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string_view take_until(std::string_view& text, char end) {
  const auto place = text.find(end);
  const std::string_view taken = text.substr(0, place);
  text = place == text.npos ? std::string_view() : text.substr(place + 1);
  return taken;
}

}  // namespace

bool is_pair_name(std::string_view name) {
  return !name.empty() && is_alpha(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '_'; });
}

bool is_pair_value(std::string_view value) {
  if (value.empty() || value.front() == ' ' || value.back() == ' ') return false;
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F && c != '|';
  });
}

std::string write_pairs(const std::vector<NameValue>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    INVARIANT(is_pair_name(name) && is_pair_value(value));
    if (!text.empty()) text += '|';
    text.append(name).append("=").append(value);
  }
  return text;
}

ReadPairs read_pairs(std::string_view text, bool lenient) {
  ReadPairs read;
  while (!text.empty()) {
    const std::string_view pair = take_until(text, '|');
    const auto equals = pair.find('=');
    std::string_view name = pair.substr(0, equals);
    std::string_view value = equals == pair.npos ? std::string_view() : pair.substr(equals + 1);
    if (lenient) {
      name = trimmed(name);
      value = trimmed(value);
    }
    if (is_pair_name(name) && is_pair_value(value)) {
      read.pairs.emplace_back(name, value);
    } else if (!trimmed(pair).empty()) {
      read.unreadable.emplace_back(pair);
    }
  }
  return read;
}

std::string write_configuration(const Configuration& configuration) {
  std::string text = configuration.line_id + ";" + configuration.parent_line_id;
  if (!configuration.rest.empty()) text += ";" + configuration.rest;
  return text;
}

Configuration read_configuration(std::string_view text) {
  Configuration read;
  read.line_id = trimmed(take_until(text, ';'));
  read.parent_line_id = trimmed(take_until(text, ';'));
  read.rest = text;
  return read;
}

}  // namespace handover
