#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <filesystem>

#include "tests/platform/raw_client.hpp"
#include "tests/platform/server_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace handover;
using test::echo;
using test::RawClient;
using test::ServerFixture;
using test::TemporaryFolder;

namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/// What a process leaves that was killed while it listened at `path`.
void leave_stale_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(descriptor, 1) == 0);
  ::close(descriptor);
}

Result<std::unique_ptr<net::HttpServer>> listen_at(boost::asio::io_context& context,
                                                   const std::string& path) {
  return net::HttpServer::listen(context.get_executor(), "unix:" + path, {}, echo());
}

}  // namespace

TEST_CASE("unix socket: it is only the owner's, whatever the umask, and gone at the end",
          "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("handover.sock");
  const mode_t before = ::umask(0);
  {
    ServerFixture fixture(echo(), {}, "unix:" + path);
    ::umask(before);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(fixture.address() == "unix:" + path);
    CHECK(RawClient(fixture.address()).call(kGet).body == "GET /a ");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("unix socket: what a dead process has left is replaced", "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("handover.sock");
  leave_stale_socket(path);
  ServerFixture fixture(echo(), {}, "unix:" + path);
  CHECK(RawClient(fixture.address()).call(kGet).status == 200);
}

TEST_CASE("unix socket: that of a live process is left alone", "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("handover.sock");
  ServerFixture fixture(echo(), {}, "unix:" + path);
  boost::asio::io_context context;

  const auto second = listen_at(context, path);

  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Errc::kInUse);
  CHECK(RawClient(fixture.address()).call(kGet).status == 200);
}

TEST_CASE("unix socket: a file that is no socket is never replaced", "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.write("precious", "data");
  boost::asio::io_context context;
  const auto made = listen_at(context, path);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == Errc::kConfig);
  CHECK(std::filesystem::file_size(path) == 4);
}

TEST_CASE("unix socket: a socket that another has put in its place is not removed",
          "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("handover.sock");
  {
    ServerFixture fixture(echo(), {}, "unix:" + path);
    std::filesystem::rename(path, folder.file("old.sock"));
    leave_stale_socket(path);
  }
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("unix socket: a path that is too long, or whose folder is missing, is told as such",
          "[platform][server]") {
  const TemporaryFolder folder;
  boost::asio::io_context context;
  const auto too_long = listen_at(context, folder.file(std::string(108, 'p')));
  REQUIRE_FALSE(too_long.has_value());
  CHECK(too_long.error().code == Errc::kConfig);
  const auto missing = listen_at(context, folder.file("no/such.sock"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == Errc::kIo);
}

TEST_CASE("unix socket: the longest possible path works", "[platform][server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file(std::string(107 - folder.path().size() - 1, 'p'));
  REQUIRE(path.size() == 107);
  ServerFixture fixture(echo(), {}, "unix:" + path);
  CHECK(RawClient(fixture.address()).call(kGet).status == 200);
}
