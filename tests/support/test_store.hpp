// A real store on the real disk, in a world whose time and randomness belong to the test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/assert.hpp"
#include "storage/store.hpp"
#include "tests/support/fake_scheduler.hpp"
#include "tests/support/seeded_entropy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {

inline Secret store_key(char fill = 'k') { return Secret(std::string(32, fill)); }

/// The value of a result that must have one.
template <typename T>
T good(Result<T> result) {
  if (!result) std::fprintf(stderr, "unexpected error: %s\n", result.error().detail.c_str());
  INVARIANT(result.has_value());
  return std::move(*result);
}
inline void good(const Result<void>& result) {
  if (!result) std::fprintf(stderr, "unexpected error: %s\n", result.error().detail.c_str());
  INVARIANT(result.has_value());
}

class TestStore {
 public:
  explicit TestStore(std::string vfs = {}, std::uint64_t seed = 1)
      : entropy(seed), scheduler(clock), vfs_(std::move(vfs)) {
    open(storage::OpenMode::kCreate);
  }

  /// Closes the store and opens it again, as a restart does.
  void reopen() {
    store.reset();
    open(storage::OpenMode::kExisting);
  }

  [[nodiscard]] storage::Store& operator*() const { return *store; }
  [[nodiscard]] storage::Store* operator->() const { return store.get(); }
  [[nodiscard]] std::string path() const { return folder.file("handover.db"); }
  [[nodiscard]] storage::DatabaseSettings settings(storage::OpenMode mode) const {
    return {path(), vfs_, mode};
  }

  /// Runs `work` as one piece, and commits it.
  template <typename Work>
  auto write(Work&& work) {
    auto outcome = store->committer.write(work);
    good(store->committer.flush());
    return outcome;
  }

  TemporaryFolder folder;
  ManualClock clock;
  SeededEntropy entropy;
  FakeScheduler scheduler;
  std::unique_ptr<storage::Store> store;

 private:
  void open(storage::OpenMode mode) {
    const Secret key = store_key();
    store = good(storage::Store::open(settings(mode), key, entropy, scheduler));
  }

  std::string vfs_;
};

}  // namespace handover::test
