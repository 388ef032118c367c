#include "agent/cli/cisco_config.hpp"

#include <algorithm>

#include "agent/cli/config_reader.hpp"
#include "agent/domain/name_value_text.hpp"
#include "agent/domain/text.hpp"

namespace handover::cli {
namespace {

std::string read_duns(TableReader& lane, std::string_view key, const std::string& otherwise) {
  std::string duns = otherwise.empty() ? lane.required_text(key) : lane.text(key, otherwise);
  constexpr std::size_t kDigits = 9;
  if (!duns.empty() && (duns.size() != kDigits || !is_digits(duns)))
    lane.complain(key, "expected a DUNS of nine digits");
  return duns;
}

std::string read_path(TableReader& lane, std::string_view key, const char* otherwise) {
  std::string path = lane.text(key, otherwise);
  const bool fits = path.starts_with('/') && std::all_of(path.begin(), path.end(), [](char c) {
                      return c > ' ' && c < 0x7F && c != '#' && c != '?';
                    });
  if (!fits) lane.complain(key, std::string("expected a path such as ") + otherwise);
  return path;
}

std::string read_name(TableReader& lane, std::string_view key, const char* otherwise) {
  std::string name = lane.text(key, otherwise);
  if (!is_pair_name(name)) lane.complain(key, "expected a name of letters, digits, . and _");
  return name;
}

bool read_flag(TableReader& lane, std::string_view key) {
  return lane.choice(key, {"yes", "no"}, "no") == "yes";
}

void read_times(TableReader& lane, CiscoConfig& config) {
  config.acknowledge_time = lane.duration("acknowledge_time", std::chrono::hours(2));
  config.perform_time = lane.duration("perform_time", std::chrono::hours(24));
  config.retry_count = lane.integer("retry_count", 0, 20, 3);
  config.poll_first = lane.duration("poll_first", std::chrono::seconds(30));
  config.poll_cap = lane.duration("poll_cap", std::chrono::minutes(15));
}

void read_signing(TableReader& lane, CiscoConfig& config) {
  config.signing_key_file = lane.path("signing_key_file");
  config.signing_certificate_file = lane.path("signing_certificate_file");
  config.micalg = lane.choice("micalg", {"sha-256", "sha1"}, "sha-256");
  if (config.signing_key_file.empty() != config.signing_certificate_file.empty())
    lane.complain("signing_key_file", "goes together with signing_certificate_file");
}

}  // namespace

void read_cisco(TableReader& lane, CiscoConfig& config) {
  lane.only({"name",
             "kind",
             "url",
             "username",
             "password_file",
             "ca_file",
             "pinned_keys",
             "usage",
             "buyer_duns",
             "seller_duns",
             "bill_to",
             "bill_to_name",
             "contact_name",
             "contact_email",
             "contact_phone",
             "contact_fax",
             "rnif_path",
             "relay_path",
             "services",
             "services_complete",
             "propose_orders",
             "partial",
             "allow_best_guess",
             "extra_names",
             "pak_name",
             "contract_number_name",
             "contract_start_date_name",
             "acknowledge_time",
             "perform_time",
             "retry_count",
             "poll_first",
             "poll_cap",
             "signing_key_file",
             "signing_certificate_file",
             "micalg"});
  if (!lane.has("usage")) lane.complain("usage", "missing; expected test or production");
  config.usage = lane.choice("usage", {"test", "production"}, "");
  config.buyer_duns = read_duns(lane, "buyer_duns", "");
  config.seller_duns = read_duns(lane, "seller_duns", "364132837");
  config.bill_to = lane.text("bill_to");
  if (!config.bill_to.empty() && !is_digits(config.bill_to))
    lane.complain("bill_to", "expected digits only; Cisco rejects anything else at once");
  config.bill_to_name = lane.required_text("bill_to_name");
  config.contact_name = lane.required_text("contact_name");
  config.contact_email = lane.required_text("contact_email");
  config.contact_phone = lane.required_text("contact_phone");
  config.contact_fax = lane.text("contact_fax");
  config.rnif_path = read_path(lane, "rnif_path", "/rnif");
  config.relay_path = read_path(lane, "relay_path", "/relay/v1/messages");
  config.services = lane.text_map("services");
  config.services_complete = read_flag(lane, "services_complete");
  config.propose_orders = read_flag(lane, "propose_orders");
  config.partial = read_flag(lane, "partial");
  config.allow_best_guess = read_flag(lane, "allow_best_guess");
  for (auto& name : lane.texts("extra_names")) config.extra_names.insert(std::move(name));
  config.pak_name = read_name(lane, "pak_name", "PAKNumber");
  config.contract_number_name = read_name(lane, "contract_number_name", "ContractNumber");
  config.contract_start_date_name =
      read_name(lane, "contract_start_date_name", "ContractStartDate");
  read_times(lane, config);
  read_signing(lane, config);
}

}  // namespace handover::cli
