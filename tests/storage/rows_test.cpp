// Transfers, stock, and the answers to API calls.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using crypto::Quantity;
using storage::StockKey;
using storage::TransferRow;
using storage::TransferState;

const std::string kHash(32, '\x01');
const std::string kOtherHash(32, '\x02');
const StockKey kPart{"van-17", "cab-cat6", "b7", ""};

TransferRow add(TestStore& world, TransferState state = TransferState::kOffered) {
  TransferRow row;
  row.state = state;
  row.body = R"({"Items":[]})";
  row.terms = "terms";
  row.terms_hash = kHash;
  row.header_hash = kOtherHash;
  row.nonce = "0042";
  row.public_code = "483935842877";
  row.expected_code = "21595208";
  row.line_checks = R"(["01","02"])";
  row.tries_left = 5;
  row.created_at = row.changed_at = world.clock.wall_now();
  return good(world.write([&] { return world->transfers.add(row); }));
}

Quantity move(TestStore& world, const StockKey& key, std::int64_t millionths) {
  return good(world.write(
      [&] { return world->stock.move(key, Quantity::from_millionths(millionths), "[]"); }));
}

std::vector<std::string> products(TestStore& world, std::string_view location,
                                  std::string_view part, const StockKey& after = {},
                                  std::int64_t limit = 100) {
  std::vector<std::string> found;
  for (const auto& row : good(world->stock.list(location, part, after, limit)))
    found.push_back(row.key.prod);
  return found;
}

}  // namespace

TEST_CASE("signed messages: the newest of each kind of a transfer, over a restart", "[storage]") {
  TestStore world;
  const auto transfer = add(world);
  const std::string bytes("\0\xff bytes", 8);
  const auto write = [&](int kind, const std::string& message) {
    good(world.write([&] { return world->signed_messages.write(transfer.number, kind, message); }));
  };
  const auto read = [&](int kind) {
    return good(world->signed_messages.read(transfer.number, kind));
  };
  CHECK(!read(1));
  write(1, "first");
  write(1, bytes);
  write(2, "receipt");
  world.reopen();
  CHECK(read(1) == bytes);
  CHECK(read(2) == "receipt");
  CHECK(!good(world->signed_messages.read(transfer.number + 1, 1)));
  good(world.write([&] { return world->signed_messages.remove(transfer.number, 2); }));
  CHECK(!read(2));
  CHECK(read(1) == bytes);
}

TEST_CASE("transfers: a row reads back as it was written, over a restart", "[storage][transfers]") {
  TestStore world;
  const TransferRow written = add(world);
  world.reopen();

  const TransferRow read = good(world->transfers.read_by_id(written.id));

  CHECK(read.number == 1);
  CHECK(read.state == TransferState::kOffered);
  CHECK(read.body == written.body);
  CHECK(read.terms == "terms");
  CHECK(read.terms_hash == kHash);
  CHECK(read.header_hash == kOtherHash);
  CHECK(read.nonce == "0042");
  CHECK(read.public_code == "483935842877");
  CHECK(read.expected_code == "21595208");
  CHECK(read.line_checks == written.line_checks);
  CHECK(read.tries_left == 5);
  CHECK(read.created_at == world.clock.wall_now());
  CHECK(read.record_id.empty());
}

TEST_CASE("transfers: an update writes all that can change, and nothing else",
          "[storage][transfers]") {
  TestStore world;
  TransferRow row = add(world);
  row.state = TransferState::kCompleted;
  row.nonce = "0043";
  row.public_code = row.expected_code = row.line_checks = "";
  row.tries_left = 2;
  row.changed_at += milliseconds(5);
  row.record_id = "record";
  row.body = "never";

  good(world.write([&] { return world->transfers.update(row); }));

  const TransferRow read = good(world->transfers.read_by_id(row.id));
  CHECK(read.state == TransferState::kCompleted);
  CHECK(read.nonce == "0043");
  CHECK(read.public_code.empty());
  CHECK(read.tries_left == 2);
  CHECK(read.changed_at == row.changed_at);
  CHECK(read.record_id == "record");
  CHECK(read.body == R"({"Items":[]})");
}

TEST_CASE("transfers: are listed by state and page, and the open ones are found",
          "[storage][transfers]") {
  TestStore world;
  for (const auto state : {TransferState::kOffered, TransferState::kRecorded,
                           TransferState::kCompleted, TransferState::kOffered})
    add(world, state);

  CHECK(good(world->transfers.list({}, 0, 10)).size() == 4);
  CHECK(good(world->transfers.list({}, 2, 10)).front().number == 3);
  CHECK(good(world->transfers.list({}, 0, 2)).size() == 2);
  CHECK(good(world->transfers.list(TransferState::kCompleted, 0, 10)).front().number == 3);
  CHECK(good(world->transfers.open_in(TransferState::kOffered)).size() == 2);
  CHECK(good(world->transfers.open_in(TransferState::kCompleted)).empty());
  CHECK(world->transfers.read_by_id("no id").error().code == Errc::kNotFound);
}

TEST_CASE("transfers: a nonce is used once for the same terms", "[storage][transfers]") {
  TestStore world;
  const auto use = [&](const std::string& terms, const char* nonce) {
    return good(world.write([&] { return world->transfers.use_nonce(terms, nonce); }));
  };

  CHECK(use(kHash, "0042"));
  CHECK(use(kHash, "0043"));
  CHECK(use(kOtherHash, "0042"));
  world.reopen();
  CHECK_FALSE(use(kHash, "0042"));
  CHECK(good(world->transfers.count_nonces(kHash)) == 2);
}

TEST_CASE("transfers: an accepted code is known for its terms alone", "[storage][transfers]") {
  TestStore world;

  good(world.write([&] { return world->transfers.accept_code(kHash, "483935842877"); }));

  CHECK(good(world->transfers.is_accepted(kHash, "483935842877")));
  CHECK_FALSE(good(world->transfers.is_accepted(kOtherHash, "483935842877")));
  CHECK_FALSE(good(world->transfers.is_accepted(kHash, "483935842878")));
}

TEST_CASE("transfers: wrong codes are counted for each offer, over a restart",
          "[storage][transfers]") {
  TestStore world;
  const auto add_wrong = [&](const std::string& header, const char* nonce) {
    return good(world.write([&] { return world->transfers.add_wrong_code(header, nonce); }));
  };

  CHECK(good(world->transfers.wrong_codes(kHash, "0042")) == 0);
  CHECK(add_wrong(kHash, "0042") == 1);
  world.reopen();
  CHECK(add_wrong(kHash, "0042") == 2);
  CHECK(add_wrong(kHash, "0043") == 1);
  CHECK(add_wrong(kOtherHash, "0042") == 1);
}

TEST_CASE("stock: is the sum of what was moved, and may go below zero", "[storage][stock]") {
  TestStore world;

  CHECK(good(world->stock.quantity_of(kPart)).is_zero());
  CHECK(move(world, kPart, 2'500'000).to_string() == "2.5");
  CHECK(move(world, kPart, -3'000'000).to_string() == "-0.5");
  world.reopen();
  CHECK(good(world->stock.quantity_of(kPart)).to_string() == "-0.5");
  CHECK(good(world->stock.quantity_of({"van-17", "cab-cat6", "b8", ""})).is_zero());
}

TEST_CASE("stock: stops at the ends of what it can count", "[storage][stock]") {
  TestStore world;
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

  move(world, kPart, kMost);
  CHECK(move(world, kPart, kMost).millionths() == kMost);
  CHECK(move(world, kPart, -kMost).is_zero());
  move(world, kPart, -kMost);
  CHECK(move(world, kPart, -kMost).millionths() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("stock: is listed in order, page by page, without what is gone", "[storage][stock]") {
  TestStore world;
  move(world, {"van-17", "b", "", "s2"}, 1'000'000);
  move(world, {"van-17", "a", "", "s1"}, 1'000'000);
  move(world, {"van-22", "c", "batch", ""}, 1'000'000);
  move(world, {"van-17", "gone", "", ""}, 1'000'000);
  move(world, {"van-17", "gone", "", ""}, -1'000'000);
  using Names = std::vector<std::string>;

  CHECK(products(world, "", "") == Names{"a", "b", "c"});
  CHECK(products(world, "van-17", "") == Names{"a", "b"});
  CHECK(products(world, "", "atch") == Names{"c"});
  CHECK(products(world, "", "s2") == Names{"b"});
  CHECK(products(world, "", "%").empty());
  CHECK(products(world, "", "", {}, 2) == Names{"a", "b"});
  CHECK(products(world, "", "", {"van-17", "b", "", "s2"}) == Names{"c"});
}

TEST_CASE("API calls: the first answer to a key is kept", "[storage][api_calls]") {
  TestStore world;
  CHECK_FALSE(good(world->api_calls.read("key")).has_value());

  good(world.write([&] { return world->api_calls.remember("key", {"digest", 201, "{}", {}}); }));
  world.reopen();

  const auto call = good(world->api_calls.read("key"));
  REQUIRE(call.has_value());
  CHECK(call->digest == "digest");
  CHECK(call->status == 201);
  CHECK(call->answer == "{}");
}

TEST_CASE("API calls: the newest are kept, whatever the clock does", "[storage][api_calls]") {
  TestStore world;
  const auto key = [](std::int64_t i) { return "key" + std::to_string(i); };
  constexpr std::int64_t kKept = storage::ApiCalls::kKept;
  constexpr std::int64_t kForgotten = storage::ApiCalls::kForgottenAtOnce;
  constexpr std::int64_t kCalls = kKept + 2 * kForgotten;

  good(world.write([&]() -> Result<void> {
    for (std::int64_t i = 0; i < kCalls; ++i) {
      if (i == 100) world.clock.advance(std::chrono::hours(24 * 365));
      RETURN_IF_ERROR(world->api_calls.remember(key(i), {"d", 201, "{}", {}}));
    }
    return {};
  }));

  CHECK_FALSE(good(world->api_calls.read(key(0))).has_value());
  CHECK_FALSE(good(world->api_calls.read(key(kCalls - kKept - kForgotten - 1))).has_value());
  CHECK(good(world->api_calls.read(key(kCalls - kKept))).has_value());
  CHECK(good(world->api_calls.read(key(kCalls - 1))).has_value());
}

TEST_CASE("API calls: long answers are kept for the newest alone, what they made for all",
          "[storage][api_calls]") {
  TestStore world;
  using storage::ApiCalls;
  const auto key = [](std::int64_t i) { return "key" + std::to_string(i); };
  const auto made = [](std::int64_t i) { return "/v1/records/" + std::to_string(i); };
  const std::string long_answer(ApiCalls::kShortBytes + 1, 'a');
  const std::string short_answer(ApiCalls::kShortBytes, 'a');
  constexpr std::int64_t kCalls = ApiCalls::kLongKept + 10;
  const auto remember = [&](const std::string& name, const storage::ApiCall& call) {
    good(world.write([&] { return world->api_calls.remember(name, call); }));
  };

  remember("short", {"d", 201, short_answer, made(0)});
  remember("nowhere", {"d", 422, long_answer, ""});
  for (std::int64_t i = 1; i <= kCalls; ++i) remember(key(i), {"d", 201, long_answer, made(i)});
  world.reopen();

  for (std::int64_t i = 1; i <= kCalls; ++i) {
    const auto call = good(world->api_calls.read(key(i)));
    INFO(i);
    REQUIRE(call.has_value());
    CHECK(call->status == 201);
    CHECK(call->made == made(i));
    CHECK(call->answer == (i > 10 ? long_answer : ""));
  }
  CHECK(good(world->api_calls.read("short"))->answer == short_answer);
  CHECK(good(world->api_calls.read("nowhere"))->answer == long_answer);
}

}  // namespace handover::test
