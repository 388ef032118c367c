// The house rules, as functions from a file's path and text to what is wrong with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace handover::tidy {

struct Violation {
  std::string file;
  std::size_t line = 0;  ///< From 1; 0 if it is about the file as a whole.
  std::string message;   ///< What is wrong, and what to do instead.
};

/// `path` is relative to the repository's root. C++ is checked for every rule, other text for
/// outside paths alone.
[[nodiscard]] std::vector<Violation> check_file(std::string_view path, std::string_view text);

/// `paths` are all files of the repository: each folder with C++ in it has a README.md.
[[nodiscard]] std::vector<Violation> check_folders(const std::vector<std::string>& paths);

/// The same text with comments, strings and character literals blanked, line for line.
[[nodiscard]] std::string code_of(std::string_view text);

}  // namespace handover::tidy
