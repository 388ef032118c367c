// The files of the handheld page, as they were when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace handover::page {

struct PageFile {
  std::string_view path;  ///< "/" for the page itself, else "/page/NAME".
  std::string_view type;
  std::string_view text;
};

[[nodiscard]] std::span<const PageFile> page_files();
/// Nullptr if there is none at this path.
[[nodiscard]] const PageFile* find_page_file(std::string_view path);

}  // namespace handover::page
