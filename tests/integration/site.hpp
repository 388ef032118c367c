// A site agent as a program, and the simulated ServiceMobility that calls its webhook.
#pragma once

#include <string>
#include <string_view>

#include "tests/integration/world.hpp"

namespace handover::test {

/// The key with which the simulated ServiceMobility signs its tokens.
inline constexpr const char* kSiteKeys = "simulated ServiceMobility, not a secret\n";

/// With mode 0600.
void write_private(const std::string& path, const std::string& content);
/// Replaces the first `from` in the configuration, which must be there.
void set_in_config(const Device& device, const std::string& from, const std::string& to);

/// A site agent with a lane to the CMDB, and files for TLS, started; `sections` are further ones of
/// its configuration.
[[nodiscard]] Device start_site(World& world, const std::string& sections);
[[nodiscard]] std::string webhook_section();
/// The same with TLS, below the path /sm.
[[nodiscard]] std::string tls_section();
[[nodiscard]] std::string polling_section(World& world);

/// The member "intake" of its status.
[[nodiscard]] Json intake(const Device& site);
[[nodiscard]] std::string webhook_address(const Device& site);
/// From now on the site listens at the port that it has now, also after a restart.
void keep_port(const Device& site);

/// Has the simulated ServiceMobility call the site's webhook.
void call_webhook(World& world, const Device& site, Json options = Json::object());
void call_webhook_by_tls(World& world, const Device& site, Json options = Json::object());
[[nodiscard]] std::int64_t at_servicemobility(World& world, std::string_view count);

/// A technician with ServiceMobility's lane alone, so that the CMDB hears of nothing but by
/// webhook.
[[nodiscard]] Device start_technician(World& world);

}  // namespace handover::test
