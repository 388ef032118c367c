// One page of a list: bounded by how many items it has, and by how many bytes.
#pragma once

#include <cstdint>
#include <string>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"

namespace handover::api {

class Page {
 public:
  /// A page ends after `limit` items, or before the item that would make it larger than this; it
  /// holds one item at least, if there is one.
  static constexpr std::size_t kBytesMax = std::size_t{1} << 20;

  explicit Page(std::int64_t limit) : left_(limit) {}

  /// False if the item has no room; it begins the next page then. `cursor` is what stands for it in
  /// `after`.
  [[nodiscard]] bool add(const Json& item, const Json& cursor);

  /// The answer to the call. Its `next` is null only if the page has fewer items than were asked
  /// for, and room for all there were.
  [[nodiscard]] HttpResponse answer() const;

 private:
  std::int64_t left_;
  std::string items_;
  Json last_;
  bool full_ = false;  // An item had no room.
};

}  // namespace handover::api
