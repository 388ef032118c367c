// What technicians type, ready for a test to change.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "agent/domain/transfer.hpp"
#include "agent/domain/usage.hpp"
#include "platform/assert.hpp"

namespace handover::test {

inline Json to_json(std::string_view text) {
  auto value = parse_json(text);
  INVARIANT(value.has_value());
  return std::move(*value);
}

inline crypto::Quantity quantity(std::string_view text) {
  auto value = crypto::Quantity::parse_count(text);
  INVARIANT(value.has_value());
  return *value;
}

inline constexpr const char* kTwoItems =
    R"([{"ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"},)"
    R"({"ProdNum":"CAB-CAT6","Qty":2.5,"BatchNum":"B7"}])";

/// POST /v1/transfers between tech.17 at VAN-17 (the sender) and tech.22 at VAN-22.
inline Json transfer_body(std::string_view direction, std::string_view items = kTwoItems) {
  const bool outbound = direction == "outbound";
  return to_json(
      R"({"direction":")" + std::string(direction) +
      R"(","transfer":{"FromStorageLocation":"VAN-17","ToStorageLocation":"VAN-22","TransferTech":{"UserID":")" +
      (outbound ? "tech.22" : "tech.17") +
      R"(","FirstName":"Given","LastName":"Family"},"Items":)" + std::string(items) + "}}");
}

inline Transfer transfer(std::string_view direction, std::string_view items = kTwoItems) {
  auto read = parse_transfer(transfer_body(direction, items));
  INVARIANT(read.has_value());
  return std::move(*read);
}

/// POST /v1/usages at VAN-17.
inline Json usage_body(std::string_view module, std::string_view items) {
  return to_json(
      R"({"usage":{"RefModule":")" + std::string(module) +
      R"(","RefObjID":"WO-4711","StorageLocations":[{"StorageLocationID":"VAN-17","Items":)" +
      std::string(items) + "}]}}");
}

inline Usage usage(std::string_view module, std::string_view items) {
  auto read = parse_usage(usage_body(module, items));
  INVARIANT(read.has_value());
  return std::move(*read);
}

}  // namespace handover::test
