// One run of one command: its configuration, its way to the agent, and its answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/config.hpp"
#include "agent/cli/world.hpp"
#include "agent/domain/json.hpp"
#include "platform/asio/local_client.hpp"
#include "platform/result.hpp"

namespace handover::cli {

/// The options of every command.
struct CommonOptions {
  std::string config;  ///< Empty: where configurations are looked for.
  bool json = false;
};

/// An error in what was typed: the program ends with kWrongUsage.
[[nodiscard]] Error wrong_usage(std::string detail);

[[nodiscard]] ExitCode exit_code_of(const Error& error);

/// What the agent answered: any status below 300, or a problem document.
struct Answer {
  int status = 0;
  Json body;
  std::string tag;  ///< Of what was read; for get_if_changed().

  [[nodiscard]] bool refused() const { return status >= 300; }
};

class Session {
 public:
  /// Lifetime: `world` outlives the session.
  Session(const World& world, CommonOptions options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] bool json() const { return options_.json; }
  /// Where people read results; nowhere with --json.
  [[nodiscard]] std::ostream& out();
  /// Where people read what to do next; nowhere with --json.
  [[nodiscard]] std::ostream& hints();
  /// With --json, writes the command's one document. To be called once.
  void answer(const Json& document);

  /// The file of --config, or the first that is there of: $HANDOVER_CONFIG (if it is set, no
  /// other),
  /// ./handover.toml, /etc/handover/handover.toml.
  [[nodiscard]] std::string config_path() const;
  /// Read at the first call. Errors: kConfig.
  [[nodiscard]] Result<const Config*> config();

  /// Errors: those below, and: kInvalid, kRefused, kNotFound (4xx), kUnauthorized, kIo (5xx) with
  /// the agent's own words; its document is then in problem().
  [[nodiscard]] Result<Json> get(const std::string& target);
  [[nodiscard]] Result<Json> post(const std::string& target, const Json& body = Json::object());
  /// The same, or nothing if it has not changed since an answer of this `tag`.
  [[nodiscard]] Result<std::optional<Answer>> get_if_changed(const std::string& target,
                                                             const std::string& tag);
  /// The answer of any status. A POST has a fresh Idempotency-Key, and is repeated once with the
  /// same key if the connection was lost. Errors: kConfig, kUnreachable, kCorrupt.
  [[nodiscard]] Result<Answer> call(const std::string& method, const std::string& target,
                                    const Json& body = Json());
  /// Looks at what a command follows: at once when the agent tells of a change (`quiet` is false;
  /// of many changes not at each), and whenever it has told of none for a while. False: enough.
  using Look = std::function<Result<bool>(bool quiet)>;
  /// Calls `look` until it has enough, by the agent's events; `tick` is the while. A stream that
  /// breaks off is begun anew, and an agent that goes away is waited for, which the person is told
  /// once. Errors: those of `look` but kUnreachable, and of an agent that has no events (kRefused).
  [[nodiscard]] Result<void> follow_changes(milliseconds tick, const Look& look);
  /// Every page of a list. `target` has its query already, or none.
  [[nodiscard]] Result<std::vector<Json>> get_all(const std::string& target);
  /// The error for a refusal; remembers its document.
  [[nodiscard]] Error refusal_of(const Answer& answer);

  /// The whole id that `typed` means: itself if it is one (or seq: and a number), or the only one
  /// of the list at `target` that ends so. Errors: kRefused if none or several do.
  [[nodiscard]] Result<std::string> find_id(const std::string& target, const std::string& typed);

  /// The document for an error: the agent's, or one made of the error.
  [[nodiscard]] Json problem_for(const Error& error) const;

 private:
  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<Answer> exchange(const HttpRequest& request);
  void tell_agent_is_gone();

  const World& world_;
  CommonOptions options_;
  std::ostream nowhere_;
  std::optional<Config> config_;
  std::optional<net::LocalClient> client_;
  Json problem_;
};

/// `text` as one part of a path or a value of a query.
[[nodiscard]] std::string escape_url(std::string_view text);

}  // namespace handover::cli
