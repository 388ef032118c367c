#include "agent/qr/qr_picture.hpp"

#include <qrencode.h>

#include <memory>

#include "platform/assert.hpp"

namespace handover::qr {
namespace {

constexpr int kQuietZone = 4;

struct Free {
  void operator()(QRinput* input) const { QRinput_free(input); }
  void operator()(QRcode* code) const { QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, Free>;

Result<Code> encode(std::string_view text) {
  const std::unique_ptr<QRinput, Free> input(QRinput_new2(0, QR_ECLEVEL_M));
  INVARIANT(input != nullptr);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const bool fits = !text.empty() && QRinput_append(input.get(), QR_MODE_AN,
                                                    static_cast<int>(text.size()), bytes) == 0;
  Code code(fits ? QRcode_encodeInput(input.get()) : nullptr);
  if (!code) {
    return fail(Error::invalid("", "expected up to 3,391 characters of QR's alphanumeric mode"));
  }
  return code;
}

bool is_dark(const QRcode& code, int x, int y) {
  return x < code.width && (code.data[y * code.width + x] & 1U) != 0;
}

/// Each run of dark modules of a row as one rectangle of the path.
std::string path_of(const QRcode& code) {
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      const int start = x;
      while (is_dark(code, x, y)) ++x;
      if (x == start) continue;
      const std::string length = std::to_string(x - start);
      path += "M" + std::to_string(start + kQuietZone) + " " + std::to_string(y + kQuietZone) +
              "h" + length + "v1h-" + length + "z";
    }
  }
  return path;
}

}  // namespace

Result<std::string> qr_svg(std::string_view text) {
  TRY_ASSIGN(const Code code, encode(text));
  const std::string side = std::to_string(code->width + 2 * kQuietZone);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
         "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + side + "v" + side +
         "h-" + side + "z\"/><path fill=\"#000\" d=\"" + path_of(*code) + "\"/></svg>";
}

Result<int> qr_version(std::string_view text) {
  TRY_ASSIGN(const Code code, encode(text));
  return code->version;
}

}  // namespace handover::qr
