// Two handhelds of one company, which show each other QR codes.
#pragma once

#include <string>
#include <vector>

#include "tests/agent/recording/handheld.hpp"

namespace handover::test {

using Codes = std::vector<std::string>;

/// What the device shows for the transfer now.
inline Codes shown(Handheld& device, const TransferView& view) {
  return good(device.recorder->shown_codes(view.row.id)).codes;
}
inline std::string kind_shown(Handheld& device, const TransferView& view) {
  return std::string(to_string(good(device.recorder->shown_codes(view.row.id)).kind));
}
inline std::vector<qr::Change> changes(Handheld& device, const TransferView& view) {
  return device.recorder->qr_of(device.show(view).row).changes;
}
inline Result<CodeOutcome> scan(Handheld& device, const TransferView& view, const Codes& codes) {
  return device.write([&] { return device.recorder->scan(view.row.id, codes); });
}
inline Result<CodeOutcome> receive(Handheld& device, const Transfer& half, const Codes& codes) {
  return device.write([&] { return device.recorder->receive_scanned(half, codes); });
}
/// What the receiver's form is filled with.
inline recording::ScanReading reading(Handheld& device, const Codes& codes) {
  return good(device.recorder->read_scan(codes));
}
template <typename T>
std::string problem_of(const Result<T>& result) {
  return result ? "none" : result.error().problem;
}

struct EnrolledHandhelds : TwoHandhelds {
  explicit EnrolledHandhelds(std::string_view sender_ring = "a",
                             std::string_view receiver_ring = "a")
      : TwoHandhelds(sender_ring, receiver_ring) {
    sender.enroll(company, "VAN-17");
    receiver.enroll(company, "VAN-22");
  }

  Company company;
};

}  // namespace handover::test
