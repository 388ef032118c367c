// Every wait and every size that has a bound, where it concerns the network. Production uses these;
// tests shorten them.
#pragma once

#include <cstddef>

#include "platform/time.hpp"

namespace handover::limits {

// Exchanges with back-ends. A slow radio link may take seconds for each step; a technician never
// waits for one.
inline constexpr milliseconds kConnectTime{10'000};  ///< Name resolution and connecting, together.
inline constexpr milliseconds kHandshakeTime{10'000};
inline constexpr milliseconds kRequestWriteTime{30'000};
inline constexpr milliseconds kAnswerTime{
    65'000};  ///< From the request's last byte to the answer's last byte.
inline constexpr milliseconds kIdleConnectionTime{30'000};
inline constexpr std::size_t kIdleConnectionsMax = 16;
inline constexpr std::size_t kAnswerHeaderBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kAnswerBodyBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kInterimAnswersMax = 8;  ///< 100 Continue, 103 Early Hints.
inline constexpr std::size_t kUrlBytesMax = 2048;
inline constexpr std::size_t kCaFileBytesMax = std::size_t{8} << 20;

// The local API, and the webhook of a site agent.
inline constexpr milliseconds kServerRequestTime{
    10'000};  ///< From a request's first byte to its last.
inline constexpr milliseconds kServerIdleTime{60'000};
inline constexpr milliseconds kServerHandshakeTime{10'000};  ///< Of TLS, where it is used.
inline constexpr milliseconds kServerWriteTime{10'000};
inline constexpr milliseconds kServerLingerTime{
    1'000};  ///< For the peer to read the last answer before it is cut off.
inline constexpr std::size_t kServerHeaderBytesMax = std::size_t{16} << 10;
inline constexpr std::size_t kServerBodyBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kServerConnectionsMax = 64;

// The local client, which reads what the local API writes.
inline constexpr milliseconds kLocalCallTime{30'000};
inline constexpr std::size_t kLocalAnswerBytesMax = std::size_t{64} << 20;

/// Asio's timers do not count the time that the device is suspended; a waiting scheduler looks at
/// its clock this often.
inline constexpr milliseconds kClockRecheckTime{30'000};

}  // namespace handover::limits
