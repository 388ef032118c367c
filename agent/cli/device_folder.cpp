#include "agent/cli/device_folder.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>

#include "crypto/sha256.hpp"
#include "platform/asio/asio_scheduler.hpp"
#include "platform/assert.hpp"
#include "platform/posix/file_status.hpp"
#include "platform/posix/private_file.hpp"
#include "storage/store.hpp"

namespace handover::cli {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr const char* kStoreName = "handover.db";
constexpr std::array kStoreLogs = {"-wal", "-journal"};

/// What this run made; gone again unless it is kept.
class MadeFiles {
 public:
  explicit MadeFiles(std::string dir) : dir_(std::move(dir)) {}
  MadeFiles(const MadeFiles&) = delete;
  MadeFiles& operator=(const MadeFiles&) = delete;
  ~MadeFiles() {
    if (kept_) return;
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) posix::remove_if_there(*path);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return dir_ + "/" + name; }
  Result<void> make_folder() {
    const bool was_there = posix::name_is_taken(dir_);
    auto created = posix::create_directory(dir_);
    // The folder above it is missing: no rule forbids anything, the place cannot be used.
    if (!created && created.error().code == Errc::kNotFound) created.error().code = Errc::kConfig;
    RETURN_IF_ERROR(created);
    if (!was_there) paths_.push_back(dir_);
    return {};
  }
  Result<void> make_file(const NewFile& file) {
    RETURN_IF_ERROR(posix::create_private_file(path(file.name), file.content.reveal()));
    paths_.push_back(path(file.name));
    return {};
  }
  /// For what another part makes: removed with the rest.
  void expect(const std::string& name) { paths_.push_back(path(name)); }
  void keep() { kept_ = true; }

 private:
  std::string dir_;
  std::vector<std::string> paths_;
  bool kept_ = false;
};

/// Names all that is in the way, and what to do about it: the configuration is written last, so
/// where it is missing no agent has run since.
Result<void> check_nothing_is_there(const MadeFiles& made, const std::vector<NewFile>& files) {
  std::vector<std::string> names = {kStoreName};
  for (const auto* log : kStoreLogs) names.push_back(std::string(kStoreName) + log);
  for (const NewFile& file : files) names.push_back(file.name);
  std::string taken;
  for (const auto& name : names) {
    if (posix::name_is_taken(made.path(name))) taken += " " + made.path(name);
  }
  if (taken.empty()) return {};
  if (posix::name_is_taken(made.path(kConfigName))) {
    return fail(Error::refused(
        "already-exists",
        "a device is there already:" + taken + "; nothing was changed. Choose another --dir"));
  }
  return fail(Error::refused(
      "already-exists",
      "what an init left that was cut off, or parts of a device without its " +
          std::string(kConfigName) + ":" + taken +
          "; nothing was changed. If no agent ever ran with them, remove them and repeat: rm" +
          taken + ". Else they hold its records: put " + std::string(kConfigName) +
          " back, or choose another --dir"));
}

Result<void> make_store(Session& session, MadeFiles& made, const Secret& key_text) {
  TRY_ASSIGN(const auto bytes,
             crypto::from_hex(posix::without_trailing_newline(key_text).reveal()));
  const Secret key{std::span<const std::byte>(bytes)};
  boost::asio::io_context context(1);
  net::AsioScheduler scheduler(context, session.world().clock);
  // Made here, so that its mode does not depend on the umask; the -wal file gets the same.
  RETURN_IF_ERROR(made.make_file({kStoreName, Secret()}));
  for (const auto* log : kStoreLogs) made.expect(std::string(kStoreName) + log);
  TRY_ASSIGN(const auto store,
             storage::Store::open({made.path(kStoreName), "", storage::OpenMode::kCreate}, key,
                                  session.world().entropy, scheduler));
  return {};
}

}  // namespace

/// 32 random bytes as 64 hex digits and a line end.
Secret make_key(Entropy& entropy) {
  std::array<std::byte, kKeyBytes> bytes{};
  entropy.fill(bytes);
  std::string text = crypto::to_hex(bytes) + "\n";
  Secret key(text);
  bytes.fill(std::byte{0});
  std::fill(text.begin(), text.end(), '\0');
  return key;
}

Result<void> make_device_folder(Session& session, const std::string& dir,
                                const std::vector<NewFile>& files) {
  INVARIANT(files.front().name == kStoreKeyName && files.back().name == kConfigName);
  MadeFiles made(dir);
  RETURN_IF_ERROR(check_nothing_is_there(made, files));
  RETURN_IF_ERROR(made.make_folder());
  for (const NewFile& file : files) {
    if (file.name != kConfigName) RETURN_IF_ERROR(made.make_file(file));
  }
  RETURN_IF_ERROR(make_store(session, made, files.front().content));
  // Last, and only when all else is on the disk: it makes a device of the files.
  RETURN_IF_ERROR(made.make_file(files.back()));
  made.keep();
  return {};
}

}  // namespace handover::cli
