#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace handover::tidy {
namespace {

using Places = std::vector<std::string_view>;

constexpr std::size_t kColumnsMax = 120;
constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kTestLinesMax = 800;

// Each may include itself and what stands before it.
constexpr std::array<std::string_view, 6> kLayers = {"platform", "crypto", "storage",
                                                     "agent",    "sim",    "tests"};

/// A library that only some places may include. A place that ends in '/' is a folder, else a file
/// or the start of its name.
struct Fence {
  std::string_view prefix;
  Places places;
  std::string_view instead;
};

const std::vector<Fence>& fences() {
  static const std::vector<Fence> kFences = {
      {"boost/",
       {"platform/asio/", "agent/forwarding/lane_loop.", "agent/intake/export_loop.", "agent/cli/"},
       "use the seams in platform/*.hpp"},
      {"openssl/",
       {"crypto/openssl/", "platform/asio/"},
       "use crypto/sha256.hpp or add what is missing to crypto/openssl"},
      {"zlib.h", {"crypto/deflate.cpp"}, "use crypto/deflate.hpp, which bounds what it inflates"},
      {"qrencode.h", {"agent/qr/qr_picture.cpp"}, "use agent/qr/qr_picture.hpp"},
      {"sqlite3.h", {"storage/"}, "use storage/database.hpp"},
      {"nlohmann/",
       {"agent/domain/json.cpp"},
       "use agent/domain/json.hpp, whose numbers stay exact"},
      {"libxml/",
       {"agent/backends/xml/"},
       "use agent/backends/xml/xml_reader.hpp, which bounds what it reads"},
      {"csv.h", {"agent/importing/csv_rows.cpp"}, "use agent/importing/csv_rows.hpp"},
      {"toml++/", {"agent/cli/config_reader."}, "use agent/cli/config_reader.hpp"},
  };
  return kFences;
}

struct BannedWord {
  std::string_view word;
  std::string_view instead;
};

constexpr std::array<BannedWord, 12> kBannedWords = {{
    {"system_clock::now", "take a Clock (platform/clock.hpp)"},
    {"steady_clock", "take a Clock (platform/clock.hpp)"},
    {"sleep_for", "use Scheduler::call_at (platform/scheduler.hpp)"},
    {"std::thread", "the program has one thread; use Scheduler::post"},
    {"std::mutex", "the program has one thread; nothing needs a lock"},
    {"std::random_device", "take an Entropy (platform/entropy.hpp)"},
    {"rand(", "take an Entropy (platform/entropy.hpp)"},
    {"getenv", "read the environment in platform/posix"},
    {"std::filesystem", "read files through platform/posix/private_file.hpp"},
    {"fstream", "read files through platform/posix/private_file.hpp"},
    {"fopen", "read files through platform/posix/private_file.hpp"},
    {"steady_timer", "use Scheduler::call_at (platform/scheduler.hpp)"},
}};

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_header(std::string_view path) { return path.ends_with(".hpp"); }
bool is_cpp(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }
bool is_test(std::string_view path) { return path.starts_with("tests/"); }
bool is_free(std::string_view path) { return is_test(path) || path.starts_with("sim/"); }

bool stands_in(std::string_view path, const Places& places) {
  return std::any_of(places.begin(), places.end(),
                     [&](std::string_view place) { return path.starts_with(place); });
}

std::size_t layer_of(std::string_view path) {
  const auto folder = path.substr(0, path.find('/'));
  return static_cast<std::size_t>(std::find(kLayers.begin(), kLayers.end(), folder) -
                                  kLayers.begin());
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class Checker {
 public:
  Checker(std::string_view path, std::string_view text)
      : path_(path), lines_(lines_of(text)), code_(code_of(text)) {}

  std::vector<Violation> run() {
    check_outside_paths();
    if (!is_cpp(path_)) return std::move(found_);
    check_sizes();
    check_includes();
    check_words();
    check_awaits();
    if (is_header(path_) && code_.find("#pragma once") == code_.npos)
      add(1, "a header starts with #pragma once");
    return std::move(found_);
  }

 private:
  void add(std::size_t line, std::string message) {
    found_.push_back({std::string(path_), line, std::move(message)});
  }

  void check_outside_paths() {
    if (is_test(path_) && code_.find("SKIP(") != code_.npos)
      return;  // A test that does without what it looks for.
    // In two parts, so that this file does not find itself.
    for (const std::string_view outside : {"/wo"
                                           "rk/",
                                           "../sha"
                                           "red",
                                           "/ro"
                                           "ot/",
                                           "/ho"
                                           "me/"}) {
      for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].find(outside) == std::string_view::npos) continue;
        add(i + 1, "names a path outside the repository (" + std::string(outside) +
                       "); say it in the repository's own words");
      }
    }
  }

  void check_sizes() {
    const std::size_t most = is_test(path_) ? kTestLinesMax : kFileLinesMax;
    if (lines_.size() > most) {
      add(0, "has " + std::to_string(lines_.size()) + " lines, more than " + std::to_string(most) +
                 "; split it by what it is for");
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto columns = std::count_if(lines_[i].begin(), lines_[i].end(),
                                         [](char c) { return (c & 0xC0) != 0x80; });
      if (static_cast<std::size_t>(columns) > kColumnsMax)
        add(i + 1, "is longer than 120 columns; run clang-format, or say it shorter");
    }
  }

  void check_includes() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto line = lines_[i];
      if (!line.starts_with("#include ")) continue;
      const auto open = line.find_first_of("<\"");
      const auto close = line.find_first_of(">\"", open + 1);
      if (open == line.npos || close == line.npos) continue;
      const auto name = line.substr(open + 1, close - open - 1);
      if (line[open] == '"') check_direction(i + 1, name);
      check_fences(i + 1, name);
    }
  }

  void check_direction(std::size_t line, std::string_view name) {
    const std::size_t theirs = layer_of(name);
    if (theirs == kLayers.size()) {
      add(line,
          "includes \"" + std::string(name) + "\"; write the path from the repository's root");
    } else if (theirs > layer_of(path_)) {
      add(line, "includes " + std::string(name) +
                    ", but dependencies go platform <- crypto <- storage <- agent <- sim <- tests;"
                    " move what is shared down, or pass it in");
    }
  }

  void check_fences(std::size_t line, std::string_view name) {
    if (is_free(path_)) return;
    // A seam may be a coroutine, or name where coroutines run.
    const bool of_a_seam =
        name == "boost/asio/awaitable.hpp" || name == "boost/asio/any_io_executor.hpp";
    if (of_a_seam && path_.starts_with("platform/") && is_header(path_)) return;
    for (const Fence& fence : fences()) {
      if (!name.starts_with(fence.prefix) || stands_in(path_, fence.places)) continue;
      add(line, "includes " + std::string(name) + "; " + std::string(fence.instead));
    }
  }

  void check_words() {
    if (is_free(path_) || path_.starts_with("platform/posix/") ||
        path_.starts_with("platform/asio/"))
      return;
    const auto lines = lines_of(code_);
    for (const auto& [word, instead] : kBannedWords) {
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (has_word(lines[i], word))
          add(i + 1, "uses " + std::string(word) + "; " + std::string(instead));
      }
    }
  }

  static bool has_word(std::string_view line, std::string_view word) {
    for (auto place = line.find(word); place != line.npos; place = line.find(word, place + 1)) {
      if (place == 0 || !is_word_character(line[place - 1])) return true;
    }
    return false;
  }

  /// g++ 12 destroys aggregates and capturing lambdas that are made inside a co_await expression
  /// twice.
  void check_awaits() {
    constexpr std::string_view kAwait = "co_await";
    for (auto place = code_.find(kAwait); place != code_.npos;
         place = code_.find(kAwait, place + 1)) {
      const auto line =
          1 + static_cast<std::size_t>(std::count(
                  code_.begin(), code_.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
      const auto expression = awaited(std::string_view(code_).substr(place + kAwait.size()));
      if (expression.find('{') != expression.npos) {
        add(line,
            "has a brace inside a co_await expression; name the value first (g++ 12 destroys it "
            "twice)");
      } else if (has_lambda(expression)) {
        add(line,
            "has a lambda inside a co_await expression; name it first (g++ 12 destroys it twice)");
      }
    }
  }

  /// Up to the end of the statement, or of the parentheses that it stands in.
  static std::string_view awaited(std::string_view code) {
    int depth = 0;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '(') ++depth;
      if (code[i] == ')' && --depth < 0) return code.substr(0, i);
      if (code[i] == ';' && depth == 0) return code.substr(0, i);
    }
    return code;
  }

  /// A bracket that indexes nothing starts a lambda.
  static bool has_lambda(std::string_view code) {
    for (auto place = code.find('['); place != code.npos; place = code.find('[', place + 1)) {
      const auto before = code.substr(0, place).find_last_not_of(" \n");
      if (before == code.npos ||
          (!is_word_character(code[before]) && code[before] != ')' && code[before] != ']'))
        return true;
    }
    return false;
  }

  std::string_view path_;
  std::vector<std::string_view> lines_;
  std::string code_;
  std::vector<Violation> found_;
};

std::size_t end_of_raw_string(std::string_view text, std::size_t quote) {
  const auto open = text.find('(', quote);
  if (open == text.npos) return text.size();
  const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const auto end = text.find(close, open);
  return end == text.npos ? text.size() : end + close.size();
}

std::size_t end_of_quoted(std::string_view text, std::size_t quote) {
  std::size_t i = quote + 1;
  while (i < text.size() && text[i] != text[quote] && text[i] != '\n')
    i += text[i] == '\\' ? 2U : 1U;
  return std::min(i + 1, text.size());
}

/// Where the comment or literal that starts at `i` ends, or `i` if none does.
std::size_t end_of_blank(std::string_view text, std::size_t i) {
  const auto rest = text.substr(i);
  if (rest.starts_with("//")) return std::min(text.find('\n', i), text.size());
  if (rest.starts_with("/*")) return std::min(text.find("*/", i + 2), text.size() - 2) + 2;
  if (rest.starts_with("R\"") && (i == 0 || !is_word_character(text[i - 1])))
    return end_of_raw_string(text, i + 1);
  if (rest.starts_with('"')) return end_of_quoted(text, i);
  // 1'000 is a number.
  if (rest.starts_with('\'') && (i == 0 || !is_word_character(text[i - 1])))
    return end_of_quoted(text, i);
  return i;
}

}  // namespace

std::string code_of(std::string_view text) {
  std::string code(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    for (std::size_t j = i; j < end; ++j) {
      if (code[j] != '\n') code[j] = ' ';
    }
    i = std::max(end, i + 1);
  }
  return code;
}

std::vector<Violation> check_file(std::string_view path, std::string_view text) {
  return Checker(path, text).run();
}

std::vector<Violation> check_folders(const std::vector<std::string>& paths) {
  std::set<std::string> with_code;
  std::set<std::string> with_readme;
  for (const auto& path : paths) {
    const auto slash = path.rfind('/');
    if (slash == path.npos) continue;
    if (is_cpp(path)) with_code.insert(path.substr(0, slash));
    if (path.ends_with("/README.md")) with_readme.insert(path.substr(0, slash));
  }
  std::vector<Violation> found;
  for (const auto& folder : with_code) {
    if (!with_readme.contains(folder))
      found.push_back(
          {folder + "/README.md", 0, "is missing; say in five lines what belongs there"});
  }
  return found;
}

}  // namespace handover::tidy
