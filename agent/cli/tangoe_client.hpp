// Calls to Tangoe for an operator: directly, with the lane's settings, past the agent and its
// store.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/backends/tangoe/messages.hpp"
#include "agent/backends/tangoe/tangoe_answer.hpp"
#include "agent/cli/session.hpp"

namespace handover::cli {

class TangoeClient {
 public:
  /// With the settings of the lane of that name; of the only Tangoe lane if it is empty. Errors:
  /// kConfig, kInvalid if there are several.
  [[nodiscard]] static Result<std::unique_ptr<TangoeClient>> open(Session& session,
                                                                  const std::string& lane);
  ~TangoeClient();
  TangoeClient(const TangoeClient&) = delete;
  TangoeClient& operator=(const TangoeClient&) = delete;

  /// The payload of a success. Errors: kRefused with Tangoe's own words, kConfig if the lane's
  /// settings are wrong, kUnreachable if no usable answer came; what changes something may have
  /// been applied then, see call().
  [[nodiscard]] Result<backends::tangoe::Reading> ask(const std::string& envelope,
                                                      std::string_view operation);
  /// The same, with every answer that came as a value. Errors: kUnreachable only if nothing left
  /// this device, kConfig if the password cannot be read.
  [[nodiscard]] Result<backends::tangoe::Reading> call(const std::string& envelope,
                                                       std::string_view operation);

  /// `typed` itself if it is a number, else the id of the service type of that name.
  [[nodiscard]] Result<std::string> service_type_id(const std::string& typed);

 private:
  struct State;
  explicit TangoeClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The error of a reading that is no success.
[[nodiscard]] Error error_of(const backends::tangoe::Reading& reading);

}  // namespace handover::cli
