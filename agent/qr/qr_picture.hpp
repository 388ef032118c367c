// The picture of a QR code, as SVG.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::qr {

/// Black on white at error level M, with the quiet zone of four modules; one unit of the viewBox is
/// a module, and it has no size of its own. Errors: kInvalid, pointer "", if `text` has other
/// characters than those of QR's alphanumeric mode, or more than version 40 holds (3,391).
[[nodiscard]] Result<std::string> qr_svg(std::string_view text);

/// The version (1 to 40) that the text takes; a side has 17 + 4 times as many modules. Errors: as
/// above.
[[nodiscard]] Result<int> qr_version(std::string_view text);

}  // namespace handover::qr
