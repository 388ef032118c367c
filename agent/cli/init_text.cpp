// The file that every device begins with: what is set, and what could be, in words.
#include "agent/cli/init_text.hpp"

#include "agent/cli/init.hpp"
#include "agent/cli/init_site.hpp"

namespace handover::cli {

std::string quote(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (byte < 0x20U || byte == 0x7FU) {
      quoted.append("\\u00").append({kDigits[byte >> 4U], kDigits[byte & 15U]});
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string section_text(const std::string& section, bool ready) {
  if (ready) return section + "\n";
  std::string commented = "# ";
  for (const char c : section) commented += c == '\n' ? std::string("\n# ") : std::string(1, c);
  commented.resize(commented.size() - 2);
  return commented + "\n";
}

namespace {

std::string device_text(const InitArguments& arguments) {
  std::string text =
      "# This device. docs/operating.md describes every key; relative paths start in this "
      "file's folder.\n"
      "[device]\n"
      "id = " +
      quote(arguments.device_id) + "\n";
  if (is_site(arguments)) return text + "role = \"site\"\n\n";
  return text + "user_id = " + quote(arguments.user) +
         "\n"
         "first_name = " +
         quote(arguments.first_name) +
         "\n"
         "last_name = " +
         quote(arguments.last_name) +
         "\n"
         "storage_location = " +
         quote(arguments.location) + "\n\n";
}

std::string files_text(const InitArguments& arguments) {
  return "[store]\n"
         "path = \"handover.db\"\n"
         "key_file = \"store.key\"            # without it the store cannot be read: keep a copy "
         "in a safe place\n\n"
         "[api]\n"
         "listen = " +
         quote(arguments.listen) +
         "     # or 127.0.0.1:PORT; other addresses are refused\n"
         "token_file = \"api.token\"\n\n"
         "[validation]\n"
         "key_ring = \"validation.keys\"      # the same on every device of the company; newest "
         "key first, at most three\n\n"
         "[stock]\n"
         "policy = \"warn\"                   # or \"enforce\": refuse to hand over or use what is "
         "not in stock here\n\n";
}

std::string user_text(const InitArguments& arguments) {
  if (!arguments.back_end_user.empty()) return arguments.back_end_user;
  return arguments.user.empty() ? "handover" : arguments.user;
}

std::string servicemobility_text(const InitArguments& arguments) {
  const bool ready = !arguments.servicemobility.empty();
  const std::string url = ready ? arguments.servicemobility : "https://servicemobility.example.com";
  return section_text(
      "[[lanes]]\n"
      "name = \"servicemobility\"\n"
      "kind = \"servicemobility\"\n"
      "url = " +
          quote(url) +
          "\n"
          "username = " +
          quote(user_text(arguments)) +
          "\n"
          "password_file = \"servicemobility.password\"\n"
          "transfer_types = { outbound = \"1001\", inbound = \"1002\" }\n",
      ready);
}

std::string cmdb_text(const InitArguments& arguments) {
  const bool ready = !arguments.cmdb.empty();
  const std::string url =
      ready ? arguments.cmdb : "https://example.service-now.com/api/now/import/u_wwt_asset";
  const std::string usage_state = arguments.cmdb_usage_state;
  return section_text(
      "[[lanes]]\n"
      "name = \"cmdb\"\n"
      "kind = \"cmdb\"\n"
      "environment = " +
          quote(arguments.cmdb_environment) +
          "          # development, test or production\n"
          "url = " +
          quote(url) +
          "\n"
          "username = " +
          quote(user_text(arguments)) +
          "\n"
          "password_file = \"cmdb.password\"\n"
          "# The state word agreed with the customer for an installed unit; without it usages "
          "wait, visibly.\n" +
          (usage_state.empty() ? "# usage_state = \"inuse\"\n"
                               : "usage_state = " + quote(usage_state) + "\n") +
          "# locations = { VAN-17 = \"Van 17\" }   # storage location -> the CMDB's label; others "
          "as they are\n",
      ready);
}

}  // namespace

std::string config_text(const InitArguments& arguments) {
  return device_text(arguments) + files_text(arguments) +
         (is_site(arguments) ? site_text(arguments) : "") +
         "# Where records go: a lane for each back-end. A password file holds the password alone, "
         "mode 0600.\n" +
         // Nothing goes back to where a site agent's records come from.
         (is_site(arguments) ? "" : servicemobility_text(arguments) + "\n") + cmdb_text(arguments) +
         "\n[sync]\n"
         "retry_first = \"2s\"                # a random wait up to this, doubled each time …\n"
         "retry_cap = \"5m\"                  # … up to this\n"
         "in_flight_max = 8                 # requests at a time on a lane\n";
}

}  // namespace handover::cli
