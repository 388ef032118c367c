// What `handover init` makes besides, for a site agent: [webhook], [polling] and their files.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/device_folder.hpp"
#include "agent/cli/init.hpp"

namespace handover::cli {

/// Both sections; the one that was not asked for as a comment to fill in.
[[nodiscard]] std::string site_text(const InitArguments& arguments);

/// Errors: wrong usage, naming the options that are missing, or are for the other role.
[[nodiscard]] Result<void> check_role(const InitArguments& arguments);

/// Copies of certificate, key and the keys of tokens, each checked to be what it should be. Errors:
/// kConfig naming the file; those of reading it.
[[nodiscard]] Result<std::vector<NewFile>> webhook_files(const InitArguments& arguments);

/// What to tell whoever runs ServiceMobility.
[[nodiscard]] std::string webhook_hint(const InitArguments& arguments);

}  // namespace handover::cli
