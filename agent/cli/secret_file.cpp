#include "agent/cli/secret_file.hpp"

#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kPasswordBytesMax = 4096;

}  // namespace

std::function<Result<Secret>()> secret_in(const std::string& file) {
  return [file]() -> Result<Secret> {
    TRY_ASSIGN(const Secret content, posix::read_private_file(file, kPasswordBytesMax));
    return posix::without_trailing_newline(content);
  };
}

}  // namespace handover::cli
