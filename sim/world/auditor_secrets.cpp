// The auditor's view of logs: no marked word, no secret and no code, however it is written.
#include <algorithm>
#include <cctype>

#include "sim/world/auditor.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

constexpr std::size_t kReceiverDigits = 8;
constexpr std::size_t kSenderDigits = 12;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Digits in a row, blanks and dashes between them left out: "1234 5678" is one number.
std::vector<std::string> numbers_in(std::string_view line) {
  std::vector<std::string> numbers(1);
  for (const char c : line) {
    if (is_digit(c)) {
      numbers.back() += c;
    } else if (c != ' ' && c != '-' && !numbers.back().empty()) {
      numbers.emplace_back();
    }
  }
  std::erase_if(numbers, [](const std::string& number) { return number.size() < kReceiverDigits; });
  return numbers;
}

/// Twelve digits in a row are a code, whether anybody knows it or not.
bool has_long_number(std::string_view line) {
  std::size_t digits = 0;
  for (const char c : line) {
    digits = is_digit(c) ? digits + 1 : 0;
    if (digits == kSenderDigits) return true;
  }
  return false;
}

}  // namespace

void Auditor::watch_for(std::string_view secret) { secrets_.push_back(fold(secret)); }

void Auditor::judge_log(const std::string& name, std::string_view line) {
  const std::string folded = fold(line);
  const bool clear = std::none_of(secrets_.begin(), secrets_.end(), [&](const auto& secret) {
    return folded.find(secret) != std::string::npos;
  });
  findings_.check(
      Invariant::kConfidentiality, clear && !has_long_number(line),
      [&] { return name + " logs what it must not: " + std::string(line); }, name);
  for (const std::string& number : numbers_in(line)) {
    for (const std::size_t width : {kReceiverDigits, kSenderDigits}) {
      for (std::size_t at = 0; at + width <= number.size(); ++at)
        logged_numbers_.emplace(number.substr(at, width), name);
    }
  }
}

/// A code may be logged before anybody has seen it, so all lines are held against all codes.
void Auditor::judge_logged_codes() {
  if (logged_numbers_.empty()) {
    findings_.check(
        Invariant::kConfidentiality, true, [] { return std::string(); }, "");
    return;
  }
  for (const Deed& deed : ledger_.deeds()) {
    std::set<std::string> codes = deed.codes;
    codes.insert(deed.code);
    codes.insert(deed.accepted_code);
    for (const std::string& code : codes) {
      const auto logged = logged_numbers_.find(code);
      findings_.check(
          Invariant::kConfidentiality, logged == logged_numbers_.end(),
          [&] { return logged->second + " logs a code of " + tag_of(deed.number); },
          logged == logged_numbers_.end() ? "" : logged->second);
    }
  }
}

}  // namespace handover::sim
