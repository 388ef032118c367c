// Errors as values. Failures of the world travel as Error; mistakes of ours stop the program
// (assert.hpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handover {

/// What a caller can do about a failure. There is one code for each different reaction, no more.
enum class Errc {
  kInvalid,   ///< The input breaks a rule; `fields` says where. Correct it; nothing was changed.
  kRefused,   ///< The input is sound, but a rule or the present state forbids it. `problem` names
              ///< the rule.
  kNotFound,  ///< The thing named does not exist.
  kUnauthorized,  ///< The caller did not prove who he is.
  kUnreachable,   ///< The peer could not be reached. Try again later.
  kDiskFull,      ///< No space left. Free some; nothing was changed.
  kReadOnly,      ///< The disk or the file cannot be written.
  kWrongKey,      ///< The key does not open the store, or its first page is damaged. Nothing was
                  ///< written.
  kForeignFile,   ///< The file is not a handover store. Nothing was written.
  kNewerSchema,   ///< A newer program wrote the store. Update this one.
  kInUse,         ///< Another process holds it.
  kCorrupt,       ///< Damaged data was found.
  kConfig,        ///< The configuration or a file that it names is unusable.
  kIo,            ///< The operating system refused, for another reason than the above.
};

/// One wrong field of an input. `pointer` is an RFC 6901 JSON pointer into what the caller sent.
struct FieldError {
  std::string pointer;
  std::string detail;

  bool operator==(const FieldError&) const = default;
};

/// A failure, in words for the person who must act. It never holds a secret, a code or a payload.
struct [[nodiscard]] Error {
  Errc code = Errc::kIo;
  std::string detail;              ///< One sentence: what happened, to what, and what to do now.
  std::vector<FieldError> fields;  ///< For kInvalid: at least one.
  std::string problem;  ///< For kRefused: the name behind urn:handover:problem:, else empty.

  Error(Errc error_code, std::string what) : code(error_code), detail(std::move(what)) {}

  /// An invalid input with one wrong field.
  static Error invalid(std::string pointer, std::string what) {
    Error error(Errc::kInvalid, what);
    error.fields.push_back({std::move(pointer), std::move(what)});
    return error;
  }
  static Error refused(std::string problem_name, std::string what) {
    Error error(Errc::kRefused, std::move(what));
    error.problem = std::move(problem_name);
    return error;
  }

  /// The same error, its sentence led by where it happened.
  Error with_context(std::string_view context) && {
    detail = std::string(context) + ": " + detail;
    return std::move(*this);
  }
  /// The same error, each field pointer moved below `prefix`.
  Error below(std::string_view prefix) && {
    for (auto& field : fields) field.pointer = std::string(prefix) + field.pointer;
    return std::move(*this);
  }
};

}  // namespace handover
