#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/tidy/rules.hpp"

namespace handover::tidy {
namespace {

bool is_text(const std::filesystem::path& path) {
  static const std::vector<std::string> kEndings = {".hpp",   ".cpp",  ".md",   ".txt",
                                                    ".cmake", ".json", ".yaml", ".toml",
                                                    ".html",  ".js",   ".css",  ".service"};
  const bool script =
      path.parent_path().filename() == "scripts" || path.parent_path().filename() == ".ci";
  return script || std::find(kEndings.begin(), kEndings.end(), path.extension()) != kEndings.end();
}

bool is_ours(const std::string& name) {
  return name != ".git" && name != "build" && name != "node_modules";
}

std::vector<std::string> repository_files() {
  namespace fs = std::filesystem;
  const fs::path root(HANDOVER_SOURCE_DIR);
  std::vector<std::string> files;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && !is_ours(entry->path().filename().string()))
      entry.disable_recursion_pending();
    if (entry->is_regular_file() && is_text(entry->path()))
      files.push_back(fs::relative(entry->path(), root).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const std::string& file) {
  std::ifstream stream(std::string(HANDOVER_SOURCE_DIR) + "/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string report(const std::vector<Violation>& found) {
  std::string text;
  for (const auto& violation : found) {
    text += violation.file + ":" + std::to_string(violation.line) + ": " + violation.message + "\n";
  }
  return text;
}

/// Whether exactly one thing is found, on that line, and its message has these words.
bool finds(std::string_view path, std::string_view text, std::size_t line, std::string_view words) {
  const auto found = check_file(path, text);
  UNSCOPED_INFO(report(found));
  return found.size() == 1 && found[0].line == line &&
         found[0].message.find(words) != std::string::npos;
}
bool is_clean(std::string_view path, std::string_view text) {
  const auto found = check_file(path, text);
  UNSCOPED_INFO(report(found));
  return found.empty();
}

}  // namespace

TEST_CASE("tidy: the repository keeps its rules", "[tidy]") {
  const auto files = repository_files();
  REQUIRE(files.size() > 50);
  std::vector<Violation> found = check_folders(files);
  for (const auto& file : files) {
    for (auto& violation : check_file(file, read(file))) found.push_back(std::move(violation));
  }

  INFO(report(found));
  CHECK(found.empty());
}

TEST_CASE("tidy: finds an include against the direction", "[tidy]") {
  CHECK(finds("crypto/a.cpp", "\n#include \"storage/store.hpp\"\n", 2, "dependencies go"));
  CHECK(finds("agent/a.cpp", "#include \"sim/x.hpp\"\n", 1, "dependencies go"));
  CHECK(finds("sim/a.cpp", "#include \"tests/x.hpp\"\n", 1, "dependencies go"));
  CHECK(finds("agent/a.cpp", "#include \"x.hpp\"\n", 1, "from the repository's root"));
  CHECK(is_clean("agent/a.cpp", "#include \"storage/store.hpp\"\n#include <string>\n"));
}

TEST_CASE("tidy: finds a library outside its fence", "[tidy]") {
  CHECK(finds("agent/api/a.cpp", "#include <boost/asio.hpp>\n", 1, "seams"));
  CHECK(finds("storage/a.cpp", "#include <boost/asio/awaitable.hpp>\n", 1, "seams"));
  CHECK(finds("agent/domain/a.cpp", "#include <openssl/evp.h>\n", 1, "crypto"));
  CHECK(finds("agent/recording/a.cpp", "#include <sqlite3.h>\n", 1, "storage/database.hpp"));
  CHECK(finds("agent/api/a.cpp", "#include <nlohmann/json.hpp>\n", 1, "json.hpp"));
  CHECK(finds("agent/cli/a.cpp", "#include <toml++/toml.h>\n", 1, "config_reader.hpp"));
  CHECK(is_clean("platform/a.hpp", "#pragma once\n#include <boost/asio/awaitable.hpp>\n"));
  CHECK(is_clean("platform/asio/a.cpp", "#include <boost/beast.hpp>\n#include <openssl/ssl.h>\n"));
  CHECK(is_clean("agent/forwarding/lane_loop.cpp", "#include <boost/asio/co_spawn.hpp>\n"));
  CHECK(is_clean("sim/a.cpp", "#include <nlohmann/json.hpp>\n#include <sqlite3.h>\n"));
}

TEST_CASE("tidy: finds the outside world where only seams may be", "[tidy]") {
  for (const char* line :
       {"auto t = std::chrono::system_clock::now();", "std::chrono::steady_clock c;",
        "sleep_for(x);", "std::thread t;", "std::mutex m;", "std::random_device d;",
        "int i = rand();", "::getenv(\"X\");", "std::filesystem::path p;", "std::ifstream f;",
        "::fopen(a, b);", "asio::steady_timer t;"}) {
    CAPTURE(line);
    const bool stream = std::string_view(line).find("ifstream") != std::string_view::npos;
    CHECK(check_file("agent/a.cpp", line).size() == (stream ? 0 : 1));
    CHECK(is_clean("platform/posix/a.cpp", line));
    CHECK(is_clean("tests/a.cpp", line));
  }
  CHECK(finds("agent/a.cpp", "#include <fstream>\n", 1, "private_file"));
  CHECK(is_clean("agent/a.cpp",
                 "// no std::thread here\nconst char* s = \"std::thread\"; operand(x);\n"));
}

TEST_CASE("tidy: finds a header without its guard", "[tidy]") {
  CHECK(finds("agent/a.hpp", "// #pragma once\nint x;\n", 1, "#pragma once"));
  CHECK(is_clean("agent/a.hpp", "// A header.\n#pragma once\n"));
}

TEST_CASE("tidy: finds what g++ 12 gets wrong in a co_await", "[tidy]") {
  CHECK(finds("platform/asio/a.cpp", "\n  co_await f(Options{1});", 2, "brace"));
  CHECK(finds("platform/asio/a.cpp", "co_await f(\n    a,\n    {});", 1, "brace"));
  CHECK(finds("platform/asio/a.cpp", "co_await f([x](int) -> int;);", 1, "lambda"));
  CHECK(finds("platform/asio/a.cpp", "auto y = co_await f(a, [&] { go(); });", 1, "brace"));
  CHECK(is_clean("platform/asio/a.cpp",
                 "if (co_await f(a[1], b()[2])) { go(); }\nco_await std::move(x);\nreturn {};"));
  CHECK(is_clean("platform/asio/a.cpp", "// co_await {}\nauto s = \"co_await {}\";"));
}

TEST_CASE("tidy: finds what is too long", "[tidy]") {
  const std::string line(120, 'x');
  CHECK(is_clean("agent/a.cpp", line));
  CHECK(finds("agent/a.cpp", "\n" + line + "x", 2, "120 columns"));
  const auto lines = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += ";\n";
    return text;
  };
  CHECK(is_clean("agent/a.cpp", lines(500)));
  CHECK(finds("agent/a.cpp", lines(501), 0, "more than 500"));
  CHECK(is_clean("tests/a.cpp", lines(800)));
  CHECK(finds("tests/a.cpp", lines(801), 0, "more than 800"));
}

TEST_CASE("tidy: finds a folder that does not say what belongs there", "[tidy]") {
  const auto found = check_folders(
      {"agent/a.cpp", "crypto/b.hpp", "crypto/README.md", "docs/notes.md", "main.cpp"});

  REQUIRE(found.size() == 1);
  CHECK(found[0].file == "agent/README.md");
}

TEST_CASE("tidy: finds a path outside the repository", "[tidy]") {
  CHECK(finds("docs/a.md",
              "see\n/wo"
              "rk/other/notes.md\n",
              2, "outside the repository"));
  CHECK(finds("cmake/a.cmake",
              "include(../sha"
              "red/x)",
              1, "outside the repository"));
  CHECK(is_clean("tests/a.cpp",
                 "SKIP(\"needs ../sha"
                 "red/x\");"));
  CHECK(is_clean("docs/a.md", "/etc/handover.toml, work/flow and artwork\n"));
}

TEST_CASE("tidy: comments and literals are no code, numbers are", "[tidy]") {
  CHECK(code_of("a // b\nc") == "a     \nc");
  CHECK(code_of("a /* b\n */ c") == "a     \n    c");
  CHECK(code_of("f(\"a\\\"b\", 'c', 1'000)") == "f(      ,    , 1'000)");
  CHECK(code_of("R\"x(a)\" b)x\" + d") == std::string(12, ' ') + " + d");
}

}  // namespace handover::tidy
