// A lane of the kind cisco. docs/back-ends/cisco.md describes every key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "platform/time.hpp"

namespace handover::cli {

class TableReader;

/// Of the file of signing_key_file, and of that of its certificate.
inline constexpr std::size_t kSigningKeyBytesMax = 65536;

struct CiscoConfig {
  std::string usage;  ///< test | production
  std::string buyer_duns;
  std::string seller_duns;
  std::string bill_to;
  std::string bill_to_name;
  std::string contact_name;
  std::string contact_email;
  std::string contact_phone;
  std::string contact_fax;
  std::string rnif_path;
  std::string relay_path;
  std::map<std::string, std::string> services;
  bool services_complete = false;
  bool propose_orders = false;
  bool partial = false;
  bool allow_best_guess = false;
  std::set<std::string> extra_names;
  std::string pak_name;
  std::string contract_number_name;
  std::string contract_start_date_name;
  milliseconds acknowledge_time{0};
  milliseconds perform_time{0};
  std::int64_t retry_count = 0;
  milliseconds poll_first{0};
  milliseconds poll_cap{0};
  std::string signing_key_file;  ///< Empty: messages are not signed.
  std::string signing_certificate_file;
  std::string micalg;
};

/// Reads the keys of its own; what is wrong becomes a complaint of the reader's.
void read_cisco(TableReader& lane, CiscoConfig& config);

}  // namespace handover::cli
