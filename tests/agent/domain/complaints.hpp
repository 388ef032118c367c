// What a caller reads of a refused input.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::test {

/// One wrong input and what must be said of it.
struct WrongInput {
  const char* body;
  const char* pointer;
  const char* words;  ///< A part of the detail.
};

inline bool complains_of(const Error& error, std::string_view pointer, std::string_view words) {
  for (const auto& field : error.fields) {
    if (field.pointer == pointer && field.detail.find(words) != std::string::npos) return true;
  }
  return false;
}

/// All complaints, one a line: for the message of a test that fails, and to compare them all.
inline std::string all_of(const Error& error) {
  std::string text;
  for (const auto& field : error.fields) text += field.pointer + ": " + field.detail + "\n";
  return text;
}

template <typename T>
void check_refused(const Result<T>& result, const WrongInput& wrong) {
  CAPTURE(wrong.body);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == Errc::kInvalid);
  CAPTURE(all_of(result.error()));
  CHECK(complains_of(result.error(), wrong.pointer, wrong.words));
}

}  // namespace handover::test
