#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <csignal>

#include "platform/posix/process.hpp"
#include "platform/posix/stderr_log.hpp"
#include "platform/posix/system_clock.hpp"

using namespace handover;
using namespace std::chrono_literals;

TEST_CASE("system clock: it goes on, never back, and knows the year", "[platform][posix]") {
  const posix::SystemClock clock;
  const auto first = clock.monotonic_now();
  const auto second = clock.monotonic_now();
  CHECK(first.time_since_epoch() > 0ns);
  CHECK(second >= first);
  CHECK(clock.wall_now() > WallTime(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
}

TEST_CASE("log: a line holds the time, the level and the text", "[platform][posix]") {
  CHECK(posix::format_log_line(WallTime(1500ms), "info", "lane cmdb is up") ==
        "1970-01-01T00:00:01.500Z info lane cmdb is up\n");
}

TEST_CASE("log: text from outside cannot forge a line or steer a terminal", "[platform][posix]") {
  CHECK(posix::format_log_line(WallTime(), "info", "a\nb\r\x1b[2J\x7f") ==
        "1970-01-01T00:00:00.000Z info a\\x0ab\\x0d\\x1b[2J\\x7f\n");
  // U+009B is a control character in UTF-8; U+00E4 and U+201B share bytes with it, and are none.
  CHECK(posix::format_log_line(WallTime(), "info",
                               "\xc2\x9b"
                               "m \xc3\xa4 \xe2\x80\x9b") ==
        "1970-01-01T00:00:00.000Z info \\x9bm \xc3\xa4 \xe2\x80\x9b\n");
}

TEST_CASE("log: each message is one line on the descriptor", "[platform][posix]") {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  const posix::SystemClock clock;
  posix::StderrLog log(clock, ends[1]);

  log.warning("first");
  log.info("second");
  std::array<char, 500> buffer{};
  const ssize_t count = ::read(ends[0], buffer.data(), buffer.size());
  ::close(ends[0]);
  ::close(ends[1]);

  REQUIRE(count > 0);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
  CHECK(text.find("Z warning first\n") != std::string_view::npos);
  CHECK(text.ends_with("Z info second\n"));
}

namespace {

/// Runs in a child process, as it changes the process for good. Returns the number of the first
/// thing that is wrong.
int check_hardened() {
  posix::harden_process();
  rlimit core{1, 1};
  if (::getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0) return 1;
  if (::prctl(PR_GET_DUMPABLE) != 0) return 2;
  if (::umask(0) != 077) return 3;
  int ends[2] = {};
  if (::pipe(ends) != 0) return 4;
  ::close(ends[0]);
  // Would end the process by SIGPIPE, were it not ignored.
  if (::write(ends[1], "x", 1) != -1 || errno != EPIPE) return 5;
  return 0;
}

}  // namespace

TEST_CASE("process: hardened, it dumps no core, keeps files private and survives a closed pipe",
          "[platform][posix]") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(check_hardened());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
