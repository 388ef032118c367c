#include "sim/back-ends/cmdb/oauth.hpp"

#include "sim/back-ends/cmdb/asset_table.hpp"
#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

/// Another shape than the errors of the REST doors, as on real instances.
HttpResponse denied() {
  return json_answer(
      401, Json::object({{"error_description", "access_denied"}, {"error", "server_error"}}));
}

std::string value_of(const FormFields& form, std::string_view name) {
  const std::string* value = find_field(form, name);
  return value == nullptr ? std::string() : *value;
}

bool knows(const std::map<std::string, std::string>& secrets, const std::string& name,
           const std::string& secret) {
  const auto found = secrets.find(name);
  return found != secrets.end() && found->second == secret;
}

}  // namespace

HttpResponse OAuth::answer(const HttpRequest& request, const OAuthOptions& options,
                           const std::map<std::string, std::string>& users, WallTime now,
                           Random& random) {
  if (!has_content_type(request, "application/x-www-form-urlencoded")) return denied();
  const FormFields form = parse_form(request.body);
  const std::string client = value_of(form, "client_id");
  if (!knows(options.clients, client, value_of(form, "client_secret"))) return denied();

  const std::string grant = value_of(form, "grant_type");
  std::string owner;
  if (grant == "password") {
    owner = value_of(form, "username");
    if (!knows(users, owner, value_of(form, "password"))) return denied();
  } else if (grant == "client_credentials" && options.client_credentials) {
    owner = client;
  } else if (grant == "refresh_token") {
    const auto token = refresh_.find(value_of(form, "refresh_token"));
    if (token == refresh_.end() || token->second.expires <= now) return denied();
    owner = token->second.owner;
  } else {
    return denied();
  }

  ++issued_;
  Json body = Json::object();
  const std::string access = make_sys_id(random);
  access_[access] = {owner, now + options.access_lifetime};
  body.set("access_token", access);
  if (grant != "client_credentials") {
    const std::string refresh = make_sys_id(random);
    refresh_[refresh] = {owner, now + options.refresh_lifetime};
    body.set("refresh_token", refresh);
  }
  body.set("scope", "useraccount").set("token_type", "Bearer");
  body.set("expires_in", Json(std::int64_t{options.access_lifetime.count()}));
  return json_answer(200, body);
}

std::optional<std::string> OAuth::owner(std::string_view access_token, WallTime now) const {
  const auto token = access_.find(access_token);
  if (token == access_.end() || token->second.expires <= now) return std::nullopt;
  return token->second.owner;
}

}  // namespace handover::sim
