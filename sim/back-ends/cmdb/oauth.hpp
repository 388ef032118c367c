// Tokens of the simulated CMDB: OAuth 2.0 by form, with the grants that ServiceNow's token endpoint
// knows.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http.hpp"
#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

struct OAuthOptions {
  std::map<std::string, std::string> clients;  ///< Client id to secret.
  bool client_credentials = true;              ///< Off by default on real instances.
  std::chrono::seconds access_lifetime{1799};
  std::chrono::seconds refresh_lifetime{100 * 24 * 3600};
};

class OAuth {
 public:
  /// Answers POST /oauth_token.do. `users`: name to password, for the grant "password".
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, const OAuthOptions& options,
                                    const std::map<std::string, std::string>& users, WallTime now,
                                    Random& random);
  /// Whose valid access token this is.
  [[nodiscard]] std::optional<std::string> owner(std::string_view access_token, WallTime now) const;
  /// Access tokens become invalid; refresh tokens stay.
  void expire_access_tokens() { access_.clear(); }
  [[nodiscard]] std::size_t issued() const { return issued_; }

 private:
  struct Token {
    std::string owner;
    WallTime expires;
  };
  using Tokens = std::map<std::string, Token, std::less<>>;

  Tokens access_;
  Tokens refresh_;
  std::size_t issued_ = 0;
};

}  // namespace handover::sim
