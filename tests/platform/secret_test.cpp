#include "platform/secret.hpp"

#include <catch2/catch_test_macros.hpp>
#include <type_traits>

using namespace handover;

TEST_CASE("secret: it cannot be copied by accident", "[platform][secret]") {
  STATIC_CHECK_FALSE(std::is_copy_constructible_v<Secret>);
  STATIC_CHECK_FALSE(std::is_copy_assignable_v<Secret>);
  STATIC_CHECK_FALSE(std::is_convertible_v<const char*, Secret>);
}

TEST_CASE("secret: a move leaves the source empty", "[platform][secret]") {
  Secret first(std::string_view("open sesame"));
  Secret second(std::move(first));
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested.
  CHECK(second.reveal() == "open sesame");

  Secret third(std::string_view("other"));
  third = std::move(second);
  CHECK(second.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(third.reveal() == "open sesame");
}

TEST_CASE("secret: a clone is the same and stands alone", "[platform][secret]") {
  Secret clone;
  {
    const Secret original(std::string_view("open sesame"));
    clone = original.clone();
  }
  CHECK(clone.reveal() == "open sesame");
}

TEST_CASE("secret: its bytes are overwritten before another takes their place",
          "[platform][secret]") {
  Secret secret(std::string_view("open sesame"));
  Secret longer(std::string_view("a much longer secret than that"));
  secret = std::move(longer);
  CHECK(secret.reveal() == "a much longer secret than that");
  CHECK(Secret().empty());
}

TEST_CASE("secret: equality looks at all of both texts", "[platform][secret]") {
  CHECK(equal_constant_time("", ""));
  CHECK(equal_constant_time("abc", "abc"));
  CHECK_FALSE(equal_constant_time("abc", "abd"));
  CHECK_FALSE(equal_constant_time("xbc", "abc"));
  CHECK_FALSE(equal_constant_time("abc", "abcd"));
  CHECK_FALSE(equal_constant_time("\x80", std::string_view("\0", 1)));
}
