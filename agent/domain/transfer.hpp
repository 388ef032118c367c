// A transfer as one technician typed it, and ServiceMobility's Inventory Transfer Object for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "crypto/quantity.hpp"
#include "crypto/terms.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover {

/// Values are persistent (storage::TransferDirection).
enum class Direction { kOutbound = 1, kInbound = 2 };
[[nodiscard]] std::string_view to_string(Direction direction);

struct Technician {
  std::string user_id;
  std::string first_name;
  std::string last_name;
};

/// One line. Texts are trimmed, else as typed or scanned; serial and batch may be empty.
struct Item {
  std::string prod;
  std::string serial;
  std::string batch;
  crypto::Quantity qty;
};

struct Transfer {
  Direction direction = Direction::kOutbound;
  std::string from;
  std::string to;
  Technician other;  ///< The technician on the other side.
  std::vector<Item> items;
  Json flex_attrs;  ///< {form: {attribute: [text, …]}}, or null.

  [[nodiscard]] const std::string& own_location() const {
    return direction == Direction::kOutbound ? from : to;
  }
};

/// Reads `{"direction": …, "transfer": {…}}` (POST /v1/transfers). Members that are the agent's to
/// fill are refused. Errors: kInvalid with every wrong field.
[[nodiscard]] Result<Transfer> parse_transfer(const Json& body);

/// The canonical terms of the transfer between `own_user_id` and the other technician.
/// Errors: kInvalid with pointers below /transfer.
[[nodiscard]] Result<crypto::Terms> terms_of(const Transfer& transfer,
                                             const std::string& own_user_id);

/// What the agent fills into the object. What is empty is left out.
struct TransferFacts {
  std::string user_id;
  std::string transfer_type;
  std::optional<WallTime> transfer_utc;
  std::string public_code;
  std::string private_code;
};

/// The Inventory Transfer Object (ServiceMobility wiki, "Inventory Transfer Object"), members in
/// the documented order.
[[nodiscard]] Json transfer_object(const Transfer& transfer, const TransferFacts& facts);

/// Reads back what transfer_object() wrote. Requires: our own output.
[[nodiscard]] Transfer transfer_from_object(Direction direction, const Json& object);

}  // namespace handover
