#include "platform/posix/private_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/support/temporary_folder.hpp"

using namespace handover;
using test::TemporaryFolder;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("private file: what is created is read back, and only its owner may",
          "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store.key");

  REQUIRE(posix::create_private_file(path, "c0ffee\n").has_value());

  CHECK(mode_of(path) == 0600);
  CHECK(posix::read_private_file(path, 100).value().reveal() == "c0ffee\n");
}

TEST_CASE("private file: nothing is ever overwritten, not even through a link",
          "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.write("store.key", "precious");
  std::filesystem::create_symlink(folder.file("nowhere"), folder.file("link"));

  const auto created = posix::create_private_file(path, "other");
  const auto through_link = posix::create_private_file(folder.file("link"), "other");

  REQUIRE_FALSE(created.has_value());
  CHECK(created.error().code == Errc::kRefused);
  CHECK(created.error().problem == "already-exists");
  CHECK(posix::read_text_file(path, 100).value() == "precious");
  CHECK_FALSE(through_link.has_value());
  CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
}

TEST_CASE("private file: one that others can read is refused with the command that mends it",
          "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.write("token", "secret");
  for (const mode_t mode : {mode_t(0640), mode_t(0604), mode_t(0620)}) {
    ::chmod(path.c_str(), mode);
    const auto secret = posix::read_private_file(path, 100);
    REQUIRE_FALSE(secret.has_value());
    CHECK(secret.error().code == Errc::kConfig);
    CHECK(secret.error().detail.find("chmod 600 " + path) != std::string::npos);
  }
  ::chmod(path.c_str(), 0400);
  CHECK(posix::read_private_file(path, 100).value().reveal() == "secret");
}

TEST_CASE("private file: replaced whole, or made, for its owner alone", "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.write("key", "old");
  ::chmod(path.c_str(), 0644);
  folder.write("key.new", "left by a call that was cut off");

  REQUIRE(posix::replace_private_file(path, "newer").has_value());
  CHECK(posix::read_private_file(path, 100).value().reveal() == "newer");
  CHECK(posix::read_text_file(path + ".new", 100).error().code == Errc::kNotFound);
  REQUIRE(posix::replace_private_file(folder.file("another"), "made").has_value());
  CHECK(posix::read_private_file(folder.file("another"), 100).value().reveal() == "made");
  CHECK(posix::replace_private_file(folder.file("no/such"), "").error().code == Errc::kNotFound);
}

TEST_CASE("private file: one that is larger than allowed is refused, one that just fits is read",
          "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("key");
  REQUIRE(posix::create_private_file(path, "12345").has_value());

  CHECK(posix::read_private_file(path, 5).has_value());
  CHECK(posix::read_private_file(path, 4).error().code == Errc::kConfig);
  CHECK(posix::read_text_file(path, 5).value() == "12345");
  CHECK(posix::read_text_file(path, 4).error().code == Errc::kConfig);
}

TEST_CASE("private file: a missing file, a folder and a named pipe are told apart from a file",
          "[platform][posix]") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);

  CHECK(posix::read_private_file(folder.file("none"), 10).error().code == Errc::kNotFound);
  CHECK(posix::read_private_file(folder.path(), 10).error().code == Errc::kConfig);
  CHECK(posix::read_private_file(folder.file("pipe"), 10).error().code == Errc::kConfig);
  CHECK(posix::read_text_file(folder.file("pipe"), 10).error().code == Errc::kConfig);
  CHECK(posix::create_private_file(folder.file("no/such"), "").error().code == Errc::kNotFound);
}

TEST_CASE("private file: a pipe that the caller hands over is read", "[platform][posix]") {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "secret\n", 7) == 7);
  ::close(ends[1]);

  const auto secret = posix::read_private_file("/dev/fd/" + std::to_string(ends[0]), 100);
  ::close(ends[0]);

  CHECK(secret.value().reveal() == "secret\n");
}

TEST_CASE("private file: exactly one line end is trimmed", "[platform][posix]") {
  const auto trimmed = [](std::string_view text) {
    return std::string(posix::without_trailing_newline(Secret(text)).reveal());
  };
  CHECK(trimmed("secret") == "secret");
  CHECK(trimmed("secret\n") == "secret");
  CHECK(trimmed("secret\r\n") == "secret");
  CHECK(trimmed("secret\n\n") == "secret\n");
  CHECK(trimmed("secret\r") == "secret\r");
  CHECK(trimmed("\n").empty());
  CHECK(trimmed("").empty());
}

TEST_CASE("private file: a folder is made for its owner only, and one that exists is left alone",
          "[platform][posix]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("device");

  REQUIRE(posix::create_directory(path).has_value());
  CHECK(mode_of(path) == 0700);
  ::chmod(path.c_str(), 0750);
  CHECK(posix::create_directory(path).has_value());
  CHECK(mode_of(path) == 0750);
  CHECK(posix::create_directory(folder.write("file", "x")).error().code == Errc::kRefused);
  CHECK(posix::create_directory(folder.file("no/such")).error().code == Errc::kNotFound);
}
