// The bytes of one simulated file: what programs see, and what a power cut would leave of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/random.hpp"

namespace handover::sim {

/// Bytes that come back wrong. It lies over the reads; the pristine bytes stay below.
struct Rot {
  enum class Kind {
    kFlippedBit,   ///< One bit of the byte at `offset`.
    kMisdirected,  ///< The 4 KiB page at `offset` reads as the page at `other`.
    kStale,        ///< The page at `offset` reads as it is now, whatever is written later.
  };
  Kind kind = Kind::kFlippedBit;
  std::int64_t offset = 0;
  std::int64_t other = 0;
};

/// What became of the unsynced changes in a power cut.
struct PowerLoss {
  std::uint64_t kept = 0;
  std::uint64_t dropped = 0;
  std::uint64_t torn = 0;
  std::uint64_t promised = 0;  ///< Of those that were not kept: a sync had said that it was done.
};

/// A sector as wide as `bytes`, of which a torn write spoils the rest if it is not
/// `power_safe`.
struct Sector {
  std::int64_t bytes = 512;
  bool power_safe = true;
};

class SimFile {
 public:
  static constexpr std::int64_t kPageBytes = 4096;
  static constexpr std::int64_t kTearBytes = 512;

  /// `name` is the one it was made with; a deleted file keeps it.
  explicit SimFile(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(visible_.size()); }
  /// What programs see, without rot.
  [[nodiscard]] const std::string& visible() const { return visible_; }

  /// Fills `to` and returns how many bytes were there; the rest is zeros.
  std::int64_t read(char* to, std::int64_t amount, std::int64_t offset) const;
  /// Beyond the end the gap is filled with zeros.
  void write(std::string_view bytes, std::int64_t offset);
  /// Cuts the file, or lengthens it with zeros.
  void truncate(std::int64_t size);
  /// From here on no power cut can take what was written so far.
  void sync();
  /// A sync says that it was done, and was not.
  void promise() { promised_ = unsynced_.size(); }

  /// Each unsynced change is kept, dropped or torn; what remains is durable.
  PowerLoss lose_power(Random& random, Sector sector);

  void rot(const Rot& rot);
  void lift_rot() { rotten_.clear(); }
  [[nodiscard]] bool is_rotten() const { return !rotten_.empty(); }

  /// Replaces all; durable at once.
  void set(std::string bytes);

 private:
  // What it takes to undo a write or a truncate. The new bytes of a write are found in the file
  // while undoing, so that writing copies only what it overwrites.
  struct Change {
    bool is_write;
    std::int64_t offset;  // Of a truncate: the new size.
    std::int64_t amount;
    std::int64_t size_before;
    std::size_t old_bytes_at;  // In old_bytes_, up to those of the next change.
  };
  struct Redo {
    Change change;
    std::string bytes;
  };
  struct Overlay {
    Rot rot;
    std::string page;  // Of a stale one.
  };
  enum class Fate { kKept, kDropped, kTorn };

  void remember(bool is_write, std::int64_t offset, std::int64_t amount, std::string_view old);
  std::vector<Redo> undo_all();
  void put(std::string_view bytes, std::int64_t offset);
  void redo(const Redo& change, Fate fate, Random& random, Sector sector);
  void tear(const Redo& change, Random& random, Sector sector);
  void spoil(std::int64_t from, std::int64_t to, Random& random);
  void apply(const Overlay& overlay, char* to, std::int64_t amount, std::int64_t offset) const;

  std::string name_;
  std::string visible_;
  std::vector<Change> unsynced_;
  std::size_t promised_ = 0;  // So many of them, from the oldest on.
  std::string old_bytes_;
  std::vector<Overlay> rotten_;
};

}  // namespace handover::sim
