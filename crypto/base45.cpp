#include "crypto/base45.hpp"

#include <cstdint>

namespace handover::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr unsigned kBase = 45;

/// The number that a group stands for, its lowest digit first; more than any group can hold if a
/// character is none of ours.
std::uint32_t number_of(std::string_view group) {
  std::uint32_t number = 0;
  for (auto c = group.rbegin(); c != group.rend(); ++c) {
    const auto digit = kAlphabet.find(*c);
    if (digit == std::string_view::npos) return UINT32_MAX;
    number = number * kBase + static_cast<std::uint32_t>(digit);
  }
  return number;
}

}  // namespace

std::string to_base45(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() / 2 * 3 + 2);
  while (!bytes.empty()) {
    const bool pair = bytes.size() > 1;
    unsigned number = static_cast<unsigned char>(bytes[0]);
    if (pair) number = number * 256U + static_cast<unsigned char>(bytes[1]);
    for (int digits = pair ? 3 : 2; digits > 0; --digits, number /= kBase)
      text.push_back(kAlphabet[number % kBase]);
    bytes.remove_prefix(pair ? 2 : 1);
  }
  return text;
}

Result<std::string> from_base45(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 3 * 2 + 1);
  while (!text.empty()) {
    const std::string_view group = text.substr(0, 3);
    text.remove_prefix(group.size());
    if (group.size() == 1) return fail(Error::invalid("", "ends within a group of base45"));
    const std::uint32_t number = number_of(group);
    if (number > (group.size() == 3 ? 0xFFFFU : 0xFFU))
      return fail(Error::invalid("", "expected base45 (RFC 9285)"));
    if (group.size() == 3) bytes.push_back(static_cast<char>(number >> 8U));
    bytes.push_back(static_cast<char>(number & 0xFFU));
  }
  return bytes;
}

}  // namespace handover::crypto
