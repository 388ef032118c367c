// Result<T>: a value, or the Error that kept us from it. Functions that return one are
// [[nodiscard]].
#pragma once

#include <tl/expected.hpp>

#include "platform/error.hpp"

namespace handover {

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(Errc code, std::string detail) {
  return tl::unexpected<Error>(Error(code, std::move(detail)));
}

}  // namespace handover

#define HANDOVER_CONCAT_INNER(a, b) a##b
#define HANDOVER_CONCAT(a, b) HANDOVER_CONCAT_INNER(a, b)

/// Returns the error of `expression` to the caller, if it has one. For functions that return a
/// Result.
#define RETURN_IF_ERROR(expression)                                \
  do {                                                             \
    if (auto handover_result = (expression); !handover_result) {   \
      return ::handover::fail(std::move(handover_result).error()); \
    }                                                              \
  } while (false)

/// Declares `declaration` with the value of `expression`, or returns its error to the caller.
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_INNER(HANDOVER_CONCAT(handover_result_, __LINE__), declaration, expression)
#define TRY_ASSIGN_INNER(result, declaration, expression)          \
  auto result = (expression);                                      \
  if (!result) return ::handover::fail(std::move(result).error()); \
  declaration = std::move(*result)
