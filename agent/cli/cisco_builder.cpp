#include "agent/cli/cisco_builder.hpp"

#include "agent/backends/cisco/cisco_backend.hpp"
#include "agent/cli/secret_file.hpp"
#include "crypto/cms.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

/// The key is read for each signature and wiped after it.
Result<backends::RnifSigning> make_signing(const CiscoConfig& config) {
  TRY_ASSIGN(std::string certificate,
             posix::read_text_file(config.signing_certificate_file, kSigningKeyBytesMax));
  backends::RnifSigning signing;
  signing.micalg = config.micalg;
  const auto digest =
      config.micalg == "sha1" ? crypto::CmsDigest::kSha1 : crypto::CmsDigest::kSha256;
  signing.sign = [file = config.signing_key_file, pem = std::move(certificate),
                  digest](std::string_view bytes) -> Result<std::string> {
    TRY_ASSIGN(const Secret key, posix::read_private_file(file, kSigningKeyBytesMax));
    auto signature = crypto::cms_sign(bytes, key, pem, digest);
    if (!signature) return fail(std::move(signature).error().with_context(file));
    return signature;
  };
  // Tried once now, so that a wrong key is told when the agent starts.
  RETURN_IF_ERROR(signing.sign("handover"));
  return signing;
}

}  // namespace

Result<std::unique_ptr<forwarding::Backend>> make_cisco_backend(const LaneConfig& config,
                                                                const std::string& url_path) {
  const CiscoConfig& cisco = config.cisco;
  backends::CiscoSettings settings;
  settings.path_prefix = url_path;
  settings.rnif_path = cisco.rnif_path;
  settings.relay_path = cisco.relay_path;
  settings.username = config.username;
  settings.read_password = secret_in(config.password_file);
  settings.usage = cisco.usage == "production" ? "Production" : "Test";
  settings.parties.buyer_duns = cisco.buyer_duns;
  settings.parties.seller_duns = cisco.seller_duns;
  settings.parties.contact_name = cisco.contact_name;
  settings.parties.contact_email = cisco.contact_email;
  settings.parties.contact_phone = cisco.contact_phone;
  settings.parties.contact_fax = cisco.contact_fax;
  settings.parties.bill_to_name = cisco.bill_to_name;
  settings.names.pak = cisco.pak_name;
  settings.names.contract_number = cisco.contract_number_name;
  settings.names.contract_start_date = cisco.contract_start_date_name;
  settings.acknowledge_time = cisco.acknowledge_time;
  settings.perform_time = cisco.perform_time;
  settings.retry_count = cisco.retry_count;
  settings.poll_first = cisco.poll_first;
  settings.poll_cap = cisco.poll_cap;
  if (!cisco.signing_key_file.empty()) {
    TRY_ASSIGN(settings.signing, make_signing(cisco));
  }
  return std::make_unique<backends::CiscoBackend>(std::move(settings));
}

recording::OrderSettings order_settings(const CiscoConfig& config) {
  recording::OrderSettings settings;
  settings.propose = config.propose_orders;
  settings.rules.bill_to = config.bill_to;
  settings.rules.buyer_duns = config.buyer_duns;
  settings.rules.partial_enabled = config.partial;
  settings.rules.allow_best_guess = config.allow_best_guess;
  settings.rules.services = config.services;
  settings.rules.services_complete = config.services_complete;
  settings.rules.extra_names = config.extra_names;
  return settings;
}

}  // namespace handover::cli
