#include "tests/integration/site.hpp"

#include <filesystem>
#include <fstream>

#include "tests/support/certificates.hpp"

namespace handover::test {
namespace {

std::string both_lanes(World& world) {
  return sim::lanes_toml({.servicemobility_url = world.back_ends().url(kServiceMobility),
                          .cmdb_url = world.back_ends().url(kCmdb)});
}

}  // namespace

void write_private(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::trunc) << content;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
}

void set_in_config(const Device& device, const std::string& from, const std::string& to) {
  std::ifstream in(device->config_file());
  std::string text((std::istreambuf_iterator<char>(in)), {});
  REQUIRE(text.find(from) != std::string::npos);
  text.replace(text.find(from), from.size(), to);
  std::ofstream(device->config_file(), std::ios::trunc) << text;
}

Device start_site(World& world, const std::string& sections) {
  sim::DeviceSettings settings;
  settings.user = "handover";
  settings.location = "SITE-1";
  settings.lanes_toml = sections + both_lanes(world);
  Device device = world.make_device(std::move(settings));
  set_in_config(device, "[device]", "[device]\nrole = \"site\"");
  write_private(device->directory() + "/webhook.keys", kSiteKeys);
  const TestAuthority authority;
  const Identity identity = authority.issue();
  write_private(device->directory() + "/webhook.crt", identity.certificate_pem);
  write_private(device->directory() + "/webhook.key", identity.key_pem);
  write_private(device->directory() + "/ca.crt", authority.root().certificate_pem);
  const auto started = device->start();
  if (!started) FAIL(started.error().detail);
  return device;
}

std::string webhook_section() {
  return "[webhook]\nlisten = \"127.0.0.1:0\"\ntoken_keys_file = \"webhook.keys\"\n\n";
}

std::string tls_section() {
  return "[webhook]\nlisten = \"127.0.0.1:0\"\ntoken_keys_file = \"webhook.keys\"\n"
         "certificate_file = \"webhook.crt\"\nkey_file = \"webhook.key\"\npath = \"/sm\"\n\n";
}

std::string polling_section(World& world) {
  return "[polling]\nurl = \"" + world.back_ends().url(kServiceMobility) +
         "\"\nusername = \"handover\"\npassword_file = \"back-end.password\"\nevery = \"1s\"\n"
         "limit = 2\n\n";
}

Json intake(const Device& site) { return member(get(site, "/v1/status"), "intake"); }

std::string webhook_address(const Device& site) {
  return member(intake(site), "webhook").text_of("listens_at");
}

void keep_port(const Device& site) { set_in_config(site, "127.0.0.1:0", webhook_address(site)); }

void call_webhook(World& world, const Device& site, Json options) {
  options.set("webhook_url", "http://" + webhook_address(site));
  REQUIRE(world.back_ends().configure(kServiceMobility, options));
}

void call_webhook_by_tls(World& world, const Device& site, Json options) {
  options.set("webhook_url", "https://" + webhook_address(site) + "/sm");
  options.set("webhook_ca_file", site->directory() + "/ca.crt");
  REQUIRE(world.back_ends().configure(kServiceMobility, options));
}

Device start_technician(World& world) {
  sim::DeviceSettings van;
  van.user = "tech.17";
  van.location = "VAN-17";
  const std::string both = both_lanes(world);
  van.lanes_toml = both.substr(0, both.find("[[lanes]]", 5));
  Device device = world.make_device(std::move(van));
  REQUIRE(device->start());
  return device;
}

std::int64_t at_servicemobility(World& world, std::string_view count) {
  return number(world.back_ends().counts(kServiceMobility), count);
}

}  // namespace handover::test
