#include "sim/run_guard.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace handover::sim {
namespace {

/// Far longer than one task takes, sanitized and on a busy machine.
constexpr unsigned kStillSeconds = 300;

// Handlers of signals have nothing but this.
std::array<char, 512> running_line{};
RunControl* guarded = nullptr;
std::uint64_t tasks_before = 0;
volatile std::sig_atomic_t stopped_by = 0;

void say(std::string_view words) { (void)!::write(STDERR_FILENO, words.data(), words.size()); }

void say_line(std::string_view words) {
  say(words);
  say(" To see it again:\n  ");
  say({running_line.data(), std::strlen(running_line.data())});
  say("\n");
}

void say_and_die(int signal) {
  say_line("\nThe program crashed.");
  // Its action is the default one again; after a fault of the machine the same fault comes back.
  ::raise(signal);
}

void say_and_stop(int signal) {
  say_line("\nStopped in the middle of a run.");
  stopped_by = signal;
  guarded->stop = true;
}

void look_whether_it_moves(int /*signal*/) {
  const std::uint64_t tasks = guarded->tasks;
  if (tasks == tasks_before) {
    say("\nNothing has moved for minutes: something hangs.");
    std::abort();
  }
  tasks_before = tasks;
  ::alarm(kStillSeconds);
}

struct Handled {
  int signal;
  struct sigaction before;
};
std::vector<Handled> handled;

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  Handled made{signal, {}};
  ::sigaction(signal, &action, &made.before);
  handled.push_back(made);
}

/// A sanitizer or a test that looks after a signal says more of it than we could.
bool is_looked_after(int signal) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler != SIG_DFL;
}

bool is_ignored(int signal) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_IGN;
}

}  // namespace

std::string program_of(const CLI::App& command) {
  const CLI::App* program = command.get_parent();
  const std::string name = program == nullptr ? "" : program->get_name();
  return name.empty() ? "handover-sim" : name;
}

RunGuard::RunGuard(RunControl& control) {
  static std::array<char, 64 * 1024> stack;  // For a handler when the program's own is full.
  stack_t other{};
  other.ss_sp = stack.data();
  other.ss_size = stack.size();
  ::sigaltstack(&other, nullptr);
  guarded = &control;
  constexpr auto kOnce = static_cast<int>(SA_RESETHAND | SA_ONSTACK | SA_RESTART);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    if (!is_looked_after(signal)) handle(signal, &say_and_die, kOnce);
  }
  for (const int signal : {SIGINT, SIGTERM}) {
    if (!is_ignored(signal)) handle(signal, &say_and_stop, kOnce);
  }
  handle(SIGALRM, &look_whether_it_moves, SA_RESTART);
  ::alarm(kStillSeconds);
}

RunGuard::~RunGuard() {
  ::alarm(0);
  for (const Handled& made : std::exchange(handled, {})) {
    ::sigaction(made.signal, &made.before, nullptr);
  }
  guarded = nullptr;
}

void set_running_line(const std::string& line) {
  std::snprintf(running_line.data(), running_line.size(), "%s", line.c_str());
}

int exit_code_when_stopped() { return 128 + static_cast<int>(stopped_by); }

}  // namespace handover::sim
