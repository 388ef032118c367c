// The chapter of the demo about the webhook: what another app told ServiceMobility reaches the CMDB
// by way of a site agent.
#include <chrono>
#include <thread>

#include "platform/posix/private_file.hpp"
#include "sim/demo/bodies.hpp"
#include "sim/demo/demo.hpp"
#include "sim/demo/story.hpp"

namespace handover::sim {
namespace {

constexpr std::chrono::seconds kWebhookTime{20};
constexpr const char* kSerial = "FCW2024B0A1";
// Each webhook comes twice at the same time, and once more after its 200.
constexpr const char* kRepeats = "2";

/// What the site agent shows of its intake.
Result<Json> intake_of(DeviceProcess& site) {
  TRY_ASSIGN(const Answer status, site.call("GET", "/v1/status"));
  const Json* intake = status.body.find("intake");
  if (intake == nullptr || intake->find("webhook") == nullptr)
    return fail(wrong("the site agent shows no webhook in its status"));
  return *intake;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Result<void> Demo::set_up_site() {
  tell_step("In the office a site agent is set up with two commands. It listens with TLS.");
  const std::string& dir = settings_.directory;
  const std::string keys = dir + "/token.keys";
  RETURN_IF_ERROR(posix::create_private_file(keys, ServiceMobilityOptions().signing_key + "\n"));
  const std::vector<std::string> certificate = {"/usr/bin/openssl",
                                                "req",
                                                "-x509",
                                                "-newkey",
                                                "ec",
                                                "-pkeyopt",
                                                "ec_paramgen_curve:P-256",
                                                "-nodes",
                                                "-days",
                                                "2",
                                                "-subj",
                                                "/CN=site",
                                                "-addext",
                                                "subjectAltName=IP:127.0.0.1",
                                                "-keyout",
                                                dir + "/site.key",
                                                "-out",
                                                dir + "/site.crt"};
  tell(joined(certificate));
  TRY_ASSIGN(const int ended, run_program(certificate, dir + "/openssl.log"));
  if (ended != 0)
    return fail(Errc::kConfig, "openssl made no certificate; see " + dir + "/openssl.log");

  DeviceSettings site;
  site.directory = dir + "/site";
  site.location = "SITE-1";
  site.init_words = {"--role",
                     "site",
                     "--device-id",
                     "site-1",
                     "--webhook",
                     "127.0.0.1:0",
                     "--webhook-path",
                     "/servicemobility",
                     "--certificate",
                     dir + "/site.crt",
                     "--certificate-key",
                     dir + "/site.key",
                     "--token-keys",
                     keys,
                     "--cmdb",
                     back_ends_->url(BackEndName::kCmdb) + "/api/now/import/u_wwt_asset",
                     "--back-end-user",
                     "handover",
                     "--password-file",
                     sender_->directory() + "/back-end.password"};
  tell("handover init --dir " + site.directory + " " + joined(site.init_words));
  TRY_ASSIGN(site_, DeviceProcess::make(std::move(site)));
  RETURN_IF_ERROR(site_->start());
  TRY_ASSIGN(const Json intake, intake_of(*site_));
  site_url_ = "https://" + intake.find("webhook")->text_of("listens_at") + "/servicemobility";
  tell("listens at " + site_url_);
  return back_ends_->configure(BackEndName::kServiceMobility,
                               Json::object({{"webhook_url", site_url_},
                                             {"webhook_ca_file", dir + "/site.crt"},
                                             {"webhook_again", Json(std::int64_t{1})},
                                             {"webhook_at_once", Json(std::int64_t{1})}}));
}

Result<void> Demo::report_by_webhook() {
  tell_step(
      "tech.31's device knows ServiceMobility alone, not the CMDB. ServiceMobility calls the site "
      "agent, three times with the same words, and the CMDB's answer is lost.");
  DeviceSettings device;
  device.directory = settings_.directory + "/van-31";
  device.user = "tech.31";
  device.location = "VAN-31";
  device.lanes_toml =
      servicemobility_lane_toml(back_ends_->url(BackEndName::kServiceMobility), "handover");
  device.key_ring = sender_->key_ring_file();
  TRY_ASSIGN(reporter_, DeviceProcess::make(std::move(device)));
  RETURN_IF_ERROR(reporter_->start());
  RETURN_IF_ERROR(back_ends_->add_fault(BackEndName::kCmdb, "lost_reply:1"));
  Json load = usage_body("1001", "LOAD-3101", "VAN-31",
                         Json::array({moved("WS-C3850-48U-S", "InQty", "1", kSerial)}));
  TRY_ASSIGN(const Json record, must(*reporter_, "the load", 201, "/v1/usages", std::move(load)));
  tell(std::string("van-31 takes in ") + kSerial + ", as its record " + record.text_of("seq"));
  RETURN_IF_ERROR(drain(*reporter_, "van-31"));
  RETURN_IF_ERROR(wait_for_webhooks());
  tell("The office does not wait until it tries again: handover sync");
  return drain(*site_, "site");
}

Result<void> Demo::wait_for_webhooks() {
  const auto deadline = std::chrono::steady_clock::now() + kWebhookTime;
  while (std::chrono::steady_clock::now() < deadline) {
    TRY_ASSIGN(const Json intake, intake_of(*site_));
    if (intake.text_of("payloads_repeated") == kRepeats) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return fail(wrong("the webhook and its repeats did not reach the site agent in time"));
}

Result<void> Demo::check_webhook() {
  TRY_ASSIGN(const Json intake, intake_of(*site_));
  const Json sender = back_ends_->counts(BackEndName::kServiceMobility);
  tell("site agent: " + sender.text_of("webhooks_sent") + " calls from ServiceMobility became " +
       intake.text_of("records") + " record; " + intake.text_of("payloads_repeated") +
       " repeats had no effect");
  if (sender.text_of("webhooks_delivered") != "1" || sender.text_of("webhooks_given_up") != "0")
    return fail(wrong("ServiceMobility should have brought its one webhook to the site agent"));
  if (intake.text_of("records") != "1" || intake.text_of("payloads") != "1" ||
      intake.text_of("set_aside") != "0")
    return fail(wrong("the site agent should have made one record of the webhook"));
  // The warehouse's receipt, and the load that came by webhook.
  std::size_t writes = 0;
  const Json cmdb = back_ends_->state(BackEndName::kCmdb);
  for (const Json& entry : cmdb.find("audit")->items())
    if (entry.find("after")->text_of("serial_number") == kSerial) ++writes;
  if (writes != 2) {
    return fail(wrong("the CMDB should have changed " + std::string(kSerial) +
                      " once for its receipt and once for its load, but did so " +
                      std::to_string(writes) + " times"));
  }
  return {};
}

}  // namespace handover::sim
