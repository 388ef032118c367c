#include "agent/domain/record.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/domain/field_reader.hpp"

namespace handover::test {

TEST_CASE("record: its kinds are named as the API names them", "[domain][record]") {
  CHECK(to_string(RecordKind::kTransfer) == "transfer");
  CHECK(to_string(RecordKind::kUsage) == "usage");
  CHECK(to_string(RecordKind::kAssetEvent) == "asset_event");
}

TEST_CASE("field reader: the nearest name is one that a typing error could have meant",
          "[domain][reader]") {
  CHECK(nearest_name("SerialNo", {"SerialNum", "BatchNum"}) == "SerialNum");
  CHECK(nearest_name("qty", {"Qty", "ProdNum"}) == "Qty");
  CHECK(nearest_name("Colour", {"Qty", "ProdNum"}).empty());
  CHECK(nearest_name("", {"Qty"}).empty());
  CHECK(nearest_name(std::string(10'000, 'x'), {"Qty"}).empty());
}

TEST_CASE("field reader: the sentence names the first wrong field and counts the others",
          "[domain][reader]") {
  Complaints complaints;
  complaints.add("/a", "missing");
  complaints.add("/b", "missing");
  complaints.add(Error::invalid("/x", "too long"), "/c");

  const Error error = std::move(complaints).to_error();

  CHECK(error.code == Errc::kInvalid);
  CHECK(error.detail == "/a: missing (and 2 more)");
  CHECK(error.fields[2] == FieldError{"/c/x", "too long"});
}

}  // namespace handover::test
