#include "agent/cli/doctor.hpp"

#include <algorithm>

#include "agent/cli/enrollment_files.hpp"
#include "agent/cli/format.hpp"
#include "agent/cli/intake_text.hpp"
#include "agent/cli/lane_text.hpp"
#include "agent/cli/secret_file.hpp"
#include "agent/cli/store_damage_text.hpp"
#include "crypto/key_ring.hpp"
#include "platform/posix/file_status.hpp"
#include "platform/posix/private_file.hpp"
#include "storage/page_check.hpp"
#include "storage/schema.hpp"

namespace handover::cli {
namespace {

using State = Check::State;

constexpr unsigned kOthersWrite = 022;
constexpr WallTime kEarliest{
    std::chrono::sys_days(std::chrono::year{2026} / 1 / 1)};  // This program did not exist before.
constexpr WallTime kLatest{std::chrono::sys_days(std::chrono::year{2100} / 1 / 1)};
constexpr milliseconds kClockSlack{60'000};
constexpr std::chrono::hours kRenewalTime{24 * 30};

class Examination {
 public:
  explicit Examination(Session& session) : session_(session) {}

  std::vector<Check> run() {
    const auto config = session_.config();
    if (!config) {
      add("configuration", State::kProblem, config.error().detail);
      return std::move(checks_);
    }
    config_ = *config;
    check_config_file();
    check_folder();
    check_store_key();
    check_secret("api token", config_->token_file);
    check_key_ring();
    check_enrollment();
    check_lane_files();
    if (config_->site) check_site_files();
    check_clock();
    check_agent();
    return std::move(checks_);
  }

 private:
  void add(std::string name, State state, std::string detail) {
    checks_.push_back({std::move(name), state, std::move(detail)});
  }

  void check_config_file() {
    const auto status = posix::file_status(config_->file);
    if (status && (status->mode & kOthersWrite) != 0) {
      add("configuration", State::kProblem,
          config_->file +
              " can be changed by others, who could send records elsewhere; run: chmod go-w " +
              config_->file);
      return;
    }
    add("configuration", State::kOk,
        config_->file + ", " + std::to_string(config_->lanes.size()) + " lanes");
    if (config_->lanes.empty()) {
      add("lanes", State::kWarning,
          "no lanes: records are kept, but nothing leaves this device; add [[lanes]]");
    }
  }

  void check_folder() {
    const auto slash = config_->store_path.find_last_of('/');
    const std::string folder =
        slash == std::string::npos ? "." : config_->store_path.substr(0, slash + (slash == 0));
    const auto status = posix::file_status(folder);
    if (!status) return add("folder", State::kProblem, status.error().detail);
    if ((status->mode & kOthersWrite) != 0) {
      return add("folder", State::kProblem,
                 folder + " can be written by others; run: chmod 700 " + folder);
    }
    if (!status->own)
      add("folder", State::kWarning, folder + " belongs to another user; run as the agent's user");
  }

  /// The secret, or nothing after a complaint.
  std::optional<Secret> check_secret(const std::string& name, const std::string& path,
                                     std::size_t bytes_max = kSecretFileBytesMax) {
    auto secret = posix::read_private_file(path, bytes_max);
    if (!secret) {
      add(name, State::kProblem, secret.error().detail);
      return std::nullopt;
    }
    Secret trimmed = posix::without_trailing_newline(*secret);
    if (trimmed.empty()) {
      add(name, State::kProblem, path + " is empty");
      return std::nullopt;
    }
    add(name, State::kOk, path);
    return trimmed;
  }

  void check_store_key() {
    auto key = read_store_key(config_->store_key_file);
    if (!key) return add("store key", State::kProblem, key.error().detail);
    add("store key", State::kOk, config_->store_key_file);
    store_key_ = std::move(*key);
  }

  void check_key_ring() {
    const auto text = check_secret("validation keys", config_->key_ring_file);
    if (!text) return;
    const auto ring = crypto::KeyRing::parse(text->reveal());
    if (ring) {
      checks_.back().detail += ", " + std::to_string(ring->keys().size()) + " keys";
    } else {
      checks_.back() = {"validation keys", State::kProblem,
                        config_->key_ring_file + ": " + ring.error().detail};
    }
  }

  void check_enrollment() {
    if (config_->certificate_file.empty()) return;
    const auto enrollment = read_enrollment(*config_);
    if (!enrollment) return add("enrollment", State::kProblem, enrollment.error().detail);
    const qr::Certificate& certificate = (*enrollment)->certificate;
    const WallTime now = session_.world().clock.wall_now();
    const auto valid = qr::check_validity(certificate, now);
    const std::string until = format_rfc3339_seconds(certificate.valid_until);
    if (!valid) {
      add("enrollment", State::kProblem,
          "the certificate counts from " + format_rfc3339_seconds(certificate.valid_from) + " to " +
              until + ", and this device has " + format_rfc3339_seconds(now) +
              "; ask the office for a new enrollment. The spoken code works without it");
    } else if (certificate.valid_until - now < kRenewalTime) {
      add("enrollment", State::kWarning,
          "the certificate expires at " + until + "; ask the office for a new enrollment");
    } else {
      add("enrollment", State::kOk, "certificate of " + certificate.company + " until " + until);
    }
  }

  void check_lane_files() {
    for (const LaneConfig& lane : config_->lanes) {
      if (!lane.password_file.empty())
        check_secret("lane " + lane.name + ", password", lane.password_file);
      const std::string& client_secret = lane.cmdb.client_secret_file;
      if (!client_secret.empty())
        check_secret("lane " + lane.name + ", client secret", client_secret);
      if (!lane.cisco.signing_key_file.empty())
        check_secret("lane " + lane.name + ", signing key", lane.cisco.signing_key_file,
                     kSigningKeyBytesMax);
      if (!lane.ca_file.empty() && !posix::file_status(lane.ca_file)) {
        add("lane " + lane.name + ", ca_file", State::kProblem, lane.ca_file + " is not there");
      }
      if (lane.kind == "cmdb" && lane.cmdb.usage_state.empty()) {
        add("lane " + lane.name + ", usage_state", State::kWarning,
            "not set: installations wait until the state word agreed with the customer is "
            "configured");
      }
    }
  }

  void check_site_files() {
    if (const auto& webhook = config_->site->webhook) {
      if (webhook->check_tokens)
        check_secret("webhook, token keys", webhook->token_keys_file, kWebhookSecretBytesMax);
      if (!webhook->key_file.empty())
        check_secret("webhook, private key", webhook->key_file, kWebhookSecretBytesMax);
      if (!webhook->certificate_file.empty() && !posix::file_status(webhook->certificate_file)) {
        add("webhook, certificate", State::kProblem, webhook->certificate_file + " is not there");
      }
      if (!webhook->check_tokens) {
        add("webhook, tokens", State::kWarning,
            "are not checked: every program on this machine can send what it likes; set "
            "token_check to \"always\"");
      }
    }
    if (config_->site->polling)
      check_secret("polling, password", config_->site->polling->password_file);
  }

  void check_intake(const Json& status) {
    const Json* intake = status.find("intake");
    if (intake == nullptr) return;
    std::string advice = intake_advice_text(status);
    while (advice.ends_with('\n')) advice.pop_back();
    const std::string taken = printable(intake->text_of("records")) + " records taken in";
    add("intake", advice.empty() ? State::kOk : State::kWarning,
        taken + (advice.empty() ? "" : "\n" + advice));
  }

  void check_clock() {
    const WallTime now = session_.world().clock.wall_now();
    const std::string shown = format_rfc3339_seconds(now);
    if (now < kEarliest || now > kLatest) {
      return add("clock", State::kProblem, "shows " + shown + "; set the date, records carry it");
    }
    const auto store = posix::file_status(config_->store_path);
    if (store && store->changed_at > now + kClockSlack) {
      return add("clock", State::kWarning,
                 "shows " + shown + ", but the store was written later than that; check the date");
    }
    add("clock", State::kOk, shown);
  }

  void check_agent() {
    auto status = session_.get("/v1/status");
    if (!status && status.error().code != Errc::kUnreachable) {
      add("agent", State::kProblem, status.error().detail);
      return;
    }
    if (!status) {
      add("agent", State::kWarning, status.error().detail);
      return check_store_file();
    }
    add("agent", State::kOk, "runs at " + config_->listen);
    check_store_of(*status);
    check_intake(*status);
    for (const Json& lane : lanes_of(*status)) check_lane(lane);
  }

  void check_store_of(const Json& status) {
    const Json* store = status.find("store");
    const std::string damaged = store != nullptr ? store->text_of("damaged") : "";
    if (damaged.empty() || damaged == "0") {
      return add("store", State::kOk,
                 "open in the agent; to have every page of it checked, stop the agent and run this "
                 "again");
    }
    add("store", State::kProblem,
        printable(damaged) +
            " records are damaged and set aside; see them with: handover records. Then stop the "
            "agent, copy the store and its -wal away, and run this again: it says what else is "
            "damaged, and what to do");
  }

  void check_lane(const Json& lane) {
    const std::string advice = lane_advice_text(lane);
    State state = totals_of(lane).quarantined > 0 || !advice.empty() ? State::kWarning : State::kOk;
    if (lane.text_of("state") == "stopped") state = State::kProblem;
    std::string detail =
        printable(lane.text_of("state")) + ", " + lane_counts_text(lane) + "\n" + advice;
    while (detail.ends_with('\n')) detail.pop_back();
    add("lane " + printable(lane.text_of("name")), state, std::move(detail));
  }

  /// Without an agent: every page of the store. Nothing is written or migrated.
  void check_store_file() {
    if (!store_key_) return;
    const auto found = storage::check_pages({.path = config_->store_path, .vfs = {}}, *store_key_);
    if (!found && found.error().code == Errc::kInUse) {
      return add("store", State::kWarning,
                 "an agent holds it, but does not answer at " + config_->listen);
    }
    if (!found) return add("store", State::kProblem, found.error().detail);
    if (found->layout > static_cast<std::int64_t>(storage::kSchemaVersion)) {
      return add("store", State::kProblem,
                 config_->store_path + " was written by a newer program; update this one");
    }
    if (found->damaged_pages.empty() && !found->hurts()) {
      return add("store", State::kOk,
                 config_->store_path + " opens with its key, and its " +
                     counted(found->pages, "page is", "pages are") + " as written");
    }
    add("store", found->hurts() ? State::kProblem : State::kWarning,
        store_damage_text(*found, config_->store_path));
  }

  Session& session_;
  const Config* config_ = nullptr;
  std::optional<Secret> store_key_;
  std::vector<Check> checks_;
};

const char* word_of(State state) {
  switch (state) {
    case State::kOk:
      return "ok";
    case State::kWarning:
      return "warning";
    case State::kProblem:
      return "problem";
  }
  return "problem";
}

Result<ExitCode> report(Session& session) {
  const auto checks = examine(session);
  const bool broken = std::any_of(checks.begin(), checks.end(),
                                  [](const Check& c) { return c.state == State::kProblem; });
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back(Json::object(
        {{"name", check.name}, {"state", word_of(check.state)}, {"detail", check.detail}}));
    const bool lines = check.detail.find('\n') != std::string::npos;
    session.out() << word_of(check.state)
                  << std::string(9 - std::string_view(word_of(check.state)).size(), ' ')
                  << check.name
                  << (lines ? ": " + check.detail + "\n" : "\n" + wrap(check.detail, "         "));
  }
  session.answer(Json::object({{"ok", Json(!broken)}, {"checks", std::move(list)}}));
  session.hints() << (broken
                          ? "This device needs attention: see the lines that begin with problem.\n"
                          : "This device can work.\n");
  return broken ? ExitCode::kUnusable : ExitCode::kDone;
}

}  // namespace

std::vector<Check> examine(Session& session) { return Examination(session).run(); }

void add_doctor_command(CLI::App& program, Commands& commands) {
  CLI::App& command = commands.add(
      program, {"doctor", "Check configuration, keys, store, clock and lanes, and say what to do",
                "  handover doctor"});
  commands.on_chosen(command, [](Session& session) { return report(session); });
}

}  // namespace handover::cli
