#include "agent/qr/code_text.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "crypto/base45.hpp"
#include "crypto/deflate.hpp"
#include "crypto/sha256.hpp"

namespace handover::qr {
namespace {

constexpr std::string_view kWholePrefix = "HO1:";
constexpr std::string_view kPartPrefix = "HO1/";
constexpr std::size_t kSetDigits = 8;
// "HO1/16/16/" + set + ":"
constexpr std::size_t kPartPrefixMax = 10 + kSetDigits + 1;
constexpr std::size_t kGroup = 3;  // Parts end with a group of base45, which is never a blank.
// What any one code holds (version 40, error level L); for evidence, what we write ourselves.
constexpr std::size_t kScannedCharactersMax = std::size_t{128} << 10;

tl::unexpected<Error> unreadable(const char* what) {
  return fail(Error::refused("qr-unreadable", std::string("this handover code cannot be read: ") +
                                                  what + ". Scan it again, or say the code aloud"));
}

std::string set_of(std::string_view stream) {
  const auto digest = crypto::sha256({stream});
  std::string digits = crypto::to_hex(std::span(digest).first(kSetDigits / 2));
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return digits;
}

struct Part {
  std::size_t number = 0;
  std::size_t of = 0;
  std::string_view set;
  std::string_view text;
};

/// A number of at most two digits before `end`, which goes with it; 0 if there is none.
std::size_t take_number(std::string_view& text, char end) {
  const auto place = text.find(end);
  std::size_t number = 0;
  if (place == text.npos || place == 0 || place > 2) return 0;
  const auto read = std::from_chars(text.data(), text.data() + place, number);
  if (read.ptr != text.data() + place) return 0;
  text.remove_prefix(place + 1);
  return number;
}

std::optional<Part> parse_part(std::string_view code) {
  code.remove_prefix(kPartPrefix.size());
  Part part;
  part.number = take_number(code, '/');
  part.of = take_number(code, '/');
  if (part.number == 0 || part.of < 2 || part.of > kPartsMax || part.number > part.of)
    return std::nullopt;
  if (code.size() <= kSetDigits || code[kSetDigits] != ':') return std::nullopt;
  part.set = code.substr(0, kSetDigits);
  part.text = code.substr(kSetDigits + 1);
  return part;
}

std::string_view without_end(std::string_view code) {
  return code.substr(0, code.find_last_not_of(" \t\r\n") + 1);
}

/// What kind of code it is, as far as its start tells.
Result<void> check_prefix(std::string_view code) {
  if (code.size() > kScannedCharactersMax) return unreadable("it is too long");
  if (code.starts_with(kWholePrefix) || code.starts_with(kPartPrefix)) return {};
  const auto digits = code.substr(0, 2) == "HO" ? code.substr(2) : std::string_view();
  const auto end = digits.find_first_not_of("0123456789");
  if (end != 0 && end != digits.npos && (digits[end] == ':' || digits[end] == '/')) {
    return fail(Error::refused("qr-newer",
                               "this handover code is of a newer version: update this app, or say "
                               "the code aloud"));
  }
  return fail(Error::refused("qr-foreign",
                             "this is no handover code; scan the one on the other technician's "
                             "screen"));
}

Result<std::string> message_in(std::string_view text) {
  const auto stream = crypto::from_base45(text);
  if (!stream) return unreadable("it is damaged");
  auto message = crypto::inflate(*stream, kMessageBytesMax);
  if (!message) return unreadable("it is damaged");
  return std::move(*message);
}

Result<Scanned> join_parts(const std::vector<std::string>& codes, const Part& last) {
  std::map<std::size_t, std::string_view> parts;
  for (const std::string& code : codes) {
    const auto whole = without_end(code);
    const auto part = whole.starts_with(kPartPrefix) ? parse_part(whole) : std::nullopt;
    if (!part || part->set != last.set || part->of != last.of) continue;
    parts[part->number] = part->text;
  }
  Scanned scanned;
  scanned.set = last.set;
  scanned.of = last.of;
  std::string text;
  for (const auto& [number, part] : parts) {
    scanned.have.push_back(number);
    text += part;
  }
  if (parts.size() < last.of) return scanned;
  const auto stream = crypto::from_base45(text);
  if (!stream || set_of(*stream) != last.set) return unreadable("its parts do not fit together");
  TRY_ASSIGN(scanned.message, message_in(text));
  return scanned;
}

}  // namespace

std::string write_whole(std::string_view message) {
  return std::string(kWholePrefix) + crypto::to_base45(crypto::deflate(message));
}

Result<std::vector<std::string>> write_codes(std::string_view message) {
  const auto too_long = [] {
    return fail(Error::refused(
        "no-qr", "this list is too long for QR codes: say the code aloud, or split the list"));
  };
  if (message.size() > kMessageBytesMax) return too_long();
  const std::string stream = crypto::deflate(message);
  const std::string text = crypto::to_base45(stream);
  if (kWholePrefix.size() + text.size() <= kCodeCharactersMax)
    return std::vector<std::string>{std::string(kWholePrefix) + text};
  constexpr std::size_t kMost = (kCodeCharactersMax - kPartPrefixMax) / kGroup * kGroup;
  const std::size_t of = (text.size() + kMost - 1) / kMost;
  if (of > kPartsMax) return too_long();
  const std::size_t groups = (text.size() + kGroup - 1) / kGroup;
  const std::size_t length = (groups + of - 1) / of * kGroup;
  const std::string set = set_of(stream);
  std::vector<std::string> codes;
  for (std::size_t number = 1; number <= of; ++number) {
    codes.push_back(std::string(kPartPrefix) + std::to_string(number) + "/" + std::to_string(of) +
                    "/" + set + ":" + text.substr((number - 1) * length, length));
  }
  return codes;
}

Result<Scanned> read_codes(const std::vector<std::string>& codes) {
  if (codes.empty() || codes.size() > kCodesMax) return unreadable("expected 1 to 64 codes");
  for (const std::string& code : codes) RETURN_IF_ERROR(check_prefix(code));
  const std::string_view last = without_end(codes.back());
  if (last.starts_with(kPartPrefix)) {
    const auto part = parse_part(last);
    if (!part) return unreadable("its beginning is damaged");
    return join_parts(codes, *part);
  }
  Scanned scanned;
  TRY_ASSIGN(scanned.message, message_in(last.substr(kWholePrefix.size())));
  return scanned;
}

}  // namespace handover::qr
