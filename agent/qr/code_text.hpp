// A signed message as the text of one or more QR codes, and back: zlib, base45, a prefix.
//
//     HO1:<base45>                     the whole message
//     HO1/<part>/<of>/<set>:<base45>   a part of one that is too long for one code
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"

namespace handover::qr {

/// The longest text of one code. Version 25 at error level M holds it (1,451 characters): 117
/// modules a side, which a handheld's camera still reads from the screen of another.
inline constexpr std::size_t kCodeCharactersMax = 1451;
inline constexpr std::size_t kPartsMax = 16;
/// The most codes that read_codes() takes.
inline constexpr std::size_t kCodesMax = 64;
inline constexpr std::size_t kMessageBytesMax = std::size_t{64} << 10;

/// One code if the text fits, else as many parts as needed, of nearly the same length. Errors:
/// kRefused `no-qr` if the message is too long for 16 parts.
[[nodiscard]] Result<std::vector<std::string>> write_codes(std::string_view message);

/// The whole message as one text, however long: how it is kept and shown as evidence.
[[nodiscard]] std::string write_whole(std::string_view message);

/// What the codes that were scanned so far make together.
struct Scanned {
  std::optional<std::string> message;  ///< If it is whole.
  std::string set;                     ///< Of parts.
  std::size_t of = 1;
  std::vector<std::size_t> have;  ///< Of parts: which of them, ascending, from 1.
};

/// `codes` in any order; the same one may come twice. Parts of another set than that of the last
/// code are passed over. A code may end in white space, as scanners that type add it. Errors:
/// kRefused `qr-foreign`, `qr-newer`, `qr-unreadable`.
[[nodiscard]] Result<Scanned> read_codes(const std::vector<std::string>& codes);

}  // namespace handover::qr
