// handover init: everything that a new device needs, in one folder.
#pragma once

#include <string>

#include "agent/cli/command.hpp"

namespace handover::cli {

struct InitArguments {
  std::string dir;
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
};

/// The text of a new handover.toml.
[[nodiscard]] std::string config_text(const InitArguments& arguments);

/// Makes the folder (mode 0700), handover.toml, store.key, api.token, validation.keys, passwords
/// for the lanes, and the store. Ensures: nothing that was there is changed; on an error, what this
/// call made is gone. Errors: wrong usage; kRefused (already-exists); those of the files and the
/// store.
[[nodiscard]] Result<ExitCode> init(Session& session, const InitArguments& arguments);

void add_init_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
