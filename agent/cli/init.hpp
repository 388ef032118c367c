// handover init: everything that a new device needs, in one folder.
#pragma once

#include <string>

#include "agent/cli/command.hpp"

namespace handover::cli {

struct InitArguments {
  std::string dir;
  std::string role = "handheld";  ///< Or "site".
  std::string user;
  std::string first_name;
  std::string last_name;
  std::string location;
  std::string device_id;  ///< Empty: one is made up.
  std::string key_ring;   ///< Empty: a fresh one.
  std::string listen = "unix:handover.sock";
  std::string servicemobility;  ///< URL; empty: the lane is left as an example.
  std::string cmdb;             ///< The same.
  std::string back_end_user;    ///< Empty: `user`.
  std::string password_file;    ///< Copied for the lanes.
  std::string cmdb_environment = "test";
  std::string cmdb_usage_state;
  // Of a site agent.
  std::string webhook;          ///< IP:PORT to listen at; empty: the section is left as an example.
  std::string webhook_path;     ///< What stands before /InventoryUsage/.
  std::string certificate;      ///< PEM, copied. Empty: plain HTTP, on a loopback address alone.
  std::string certificate_key;  ///< PEM, copied.
  std::string token_keys;       ///< Copied.
  std::string polling;          ///< URL of the exports; empty: the section is left as an example.
};

[[nodiscard]] inline bool is_site(const InitArguments& arguments) {
  return arguments.role == "site";
}

/// The text of a new handover.toml.
[[nodiscard]] std::string config_text(const InitArguments& arguments);

/// Makes the folder (mode 0700), handover.toml, store.key, api.token, validation.keys, passwords
/// for the lanes, what a site agent's webhook needs, and the store. Ensures: nothing that was there
/// is changed; on an error, what this call made is gone. Errors: wrong usage; kRefused
/// (already-exists); those of the files and the store.
[[nodiscard]] Result<ExitCode> init(Session& session, const InitArguments& arguments);

/// --cmdb and what goes with it, and the login at the back-ends.
void add_lane_options(CLI::App& command, InitArguments& arguments);

void add_init_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
