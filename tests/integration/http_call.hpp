// Requests to an agent with exactly the bytes that a test wants, and the answer as it came.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/world.hpp"

namespace handover::test {

struct HttpAnswer {
  int status = 0;  ///< 0: none came.
  std::string head;
  std::string body;

  /// The value of the first header of that name, or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// A request that the agent takes, unless a part of it is changed.
struct HttpCall {
  std::string method = "POST";
  std::string target;
  std::string body;
  std::string host = "localhost";
  std::optional<std::string> authorization;  ///< None: the right token.
  std::string content_type = "application/json";
  std::vector<std::string> more_headers;  ///< "Name: value"
};

/// The token in the folder of the device.
[[nodiscard]] std::string token_of(const Device& device);
/// Sends the call on a connection of its own, to `address` or else the device's own.
[[nodiscard]] HttpAnswer send(const Device& device, const HttpCall& call,
                              const std::string& address = {});

}  // namespace handover::test
