#include "sim/disk/sim_file.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "platform/assert.hpp"

namespace handover::sim {
namespace {

std::size_t index(std::int64_t offset) { return static_cast<std::size_t>(offset); }

/// The part of `bytes` from `offset` on that exists.
std::string_view part(const std::string& bytes, std::int64_t offset, std::int64_t amount) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (offset >= size) return {};
  return {bytes.data() + offset, index(std::min(amount, size - offset))};
}

bool overlap(std::int64_t a, std::int64_t a_bytes, std::int64_t b, std::int64_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

}  // namespace

std::int64_t SimFile::read(char* to, std::int64_t amount, std::int64_t offset) const {
  const std::string_view there = part(visible_, offset, amount);
  if (!there.empty()) std::memcpy(to, there.data(), there.size());
  std::memset(to + there.size(), 0, index(amount) - there.size());
  for (const Overlay& overlay : rotten_) {
    apply(overlay, to, static_cast<std::int64_t>(there.size()), offset);
  }
  return static_cast<std::int64_t>(there.size());
}

void SimFile::write(std::string_view bytes, std::int64_t offset) {
  const auto amount = static_cast<std::int64_t>(bytes.size());
  remember(true, offset, amount, part(visible_, offset, amount));
  put(bytes, offset);
  if (rotten_.empty()) return;
  // A sector that is written anew is good again; a write that gets lost is not.
  std::erase_if(rotten_, [&](const Overlay& overlay) {
    const std::int64_t width = overlay.rot.kind == Rot::Kind::kFlippedBit ? 1 : kPageBytes;
    return overlay.rot.kind != Rot::Kind::kStale &&
           overlap(overlay.rot.offset, width, offset, amount);
  });
}

void SimFile::truncate(std::int64_t size) {
  remember(false, size, 0, part(visible_, size, this->size()));
  visible_.resize(index(size));
}

void SimFile::sync() {
  unsynced_.clear();
  promised_ = 0;
  old_bytes_.clear();
}

void SimFile::set(std::string bytes) {
  visible_ = std::move(bytes);
  rotten_.clear();
  sync();
}

void SimFile::remember(bool is_write, std::int64_t offset, std::int64_t amount,
                       std::string_view old) {
  unsynced_.push_back({is_write, offset, amount, size(), old_bytes_.size()});
  old_bytes_.append(old);
}

void SimFile::put(std::string_view bytes, std::int64_t offset) {
  const std::size_t end = index(offset) + bytes.size();
  if (index(offset) == visible_.size()) {
    visible_.append(bytes);
    return;
  }
  if (end > visible_.size()) visible_.resize(end);
  if (!bytes.empty()) std::memcpy(visible_.data() + offset, bytes.data(), bytes.size());
}

/// Leaves the durable bytes, and returns what had changed since, oldest first.
std::vector<SimFile::Redo> SimFile::undo_all() {
  std::vector<Redo> redo;
  redo.reserve(unsynced_.size());
  for (auto change = unsynced_.rbegin(); change != unsynced_.rend(); ++change) {
    redo.push_back({*change, std::string(part(visible_, change->offset, change->amount))});
    const std::string old = old_bytes_.substr(change->old_bytes_at);
    old_bytes_.resize(change->old_bytes_at);
    // A truncate that lengthened the file has no old bytes, and its offset is beyond the old end.
    visible_.resize(index(change->size_before));
    if (!old.empty()) put(old, change->offset);
  }
  std::reverse(redo.begin(), redo.end());
  sync();
  return redo;
}

PowerLoss SimFile::lose_power(Random& random, Sector sector) {
  const std::size_t promised = promised_;
  const std::vector<Redo> changes = undo_all();
  PowerLoss loss;
  // Besides chance for each one: nothing arrived, all arrived, or all up to one that is torn.
  const std::uint64_t mood = random.below(4);
  const std::uint64_t whole = mood == 1 ? changes.size() : random.below(changes.size() + 1);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Fate fate = mood == 2 ? static_cast<Fate>(random.below(3)) : Fate::kDropped;
    if (mood == 1 || mood == 3) fate = i < whole ? Fate::kKept : Fate::kDropped;
    if (mood == 3 && i == whole) fate = Fate::kTorn;
    if (fate == Fate::kTorn && !changes[i].change.is_write) fate = Fate::kDropped;
    redo(changes[i], fate, random, sector);
    ++(fate == Fate::kKept ? loss.kept : fate == Fate::kTorn ? loss.torn : loss.dropped);
    if (fate != Fate::kKept && i < promised) ++loss.promised;
  }
  sync();
  return loss;
}

void SimFile::redo(const Redo& change, Fate fate, Random& random, Sector sector) {
  switch (fate) {
    case Fate::kDropped:
      return;
    case Fate::kTorn:
      tear(change, random, sector);
      return;
    case Fate::kKept:
      if (change.change.is_write) {
        put(change.bytes, change.change.offset);
      } else {
        visible_.resize(index(change.change.offset));
      }
      return;
  }
}

void SimFile::tear(const Redo& change, Random& random, Sector sector) {
  const std::int64_t begin = change.change.offset;
  const std::int64_t end = begin + change.change.amount;
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t next = std::min(end, (at / kTearBytes + 1) * kTearBytes);
    if (random.below(2) == 0)
      put(std::string_view(change.bytes).substr(index(at - begin), index(next - at)), at);
    at = next;
  }
  if (sector.power_safe) return;
  spoil(begin / sector.bytes * sector.bytes, begin, random);
  spoil(end, (end + sector.bytes - 1) / sector.bytes * sector.bytes, random);
}

/// What shares a sector with a torn write may be gone where the disk promises nothing.
void SimFile::spoil(std::int64_t from, std::int64_t to, Random& random) {
  to = std::min(to, size());
  if (from >= to || random.below(2) == 0) return;
  for (std::int64_t at = from; at < to; ++at)
    visible_[index(at)] = static_cast<char>(random.next() & 0xffU);
}

void SimFile::rot(const Rot& rot) {
  INVARIANT(rot.offset >= 0 && rot.offset < size());
  Overlay overlay{rot, {}};
  if (rot.kind == Rot::Kind::kStale) overlay.page = part(visible_, rot.offset, kPageBytes);
  if (rot.kind == Rot::Kind::kMisdirected)
    INVARIANT(rot.other >= 0 && rot.other + kPageBytes <= size());
  rotten_.push_back(std::move(overlay));
}

void SimFile::apply(const Overlay& overlay, char* to, std::int64_t amount,
                    std::int64_t offset) const {
  const Rot& rot = overlay.rot;
  if (rot.kind == Rot::Kind::kFlippedBit) {
    if (!overlap(rot.offset, 1, offset, amount)) return;
    char& byte = to[rot.offset - offset];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 0x10U);
    return;
  }
  const std::string_view page = rot.kind == Rot::Kind::kStale
                                    ? std::string_view(overlay.page)
                                    : part(visible_, rot.other, kPageBytes);
  const std::int64_t begin = std::max(offset, rot.offset);
  const std::int64_t end =
      std::min(offset + amount, rot.offset + static_cast<std::int64_t>(page.size()));
  if (begin < end)
    std::memcpy(to + (begin - offset), page.data() + (begin - rot.offset), index(end - begin));
}

}  // namespace handover::sim
