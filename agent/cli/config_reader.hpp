// One table of a TOML file, read so that each section of a configuration reads top-down: what is
// wrong becomes a complaint and reads as the default.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::cli {

using Names = std::initializer_list<std::string_view>;

/// What is wrong with one file. The first complaint is the one that is told.
struct Findings {
  std::string file;
  std::string directory;  ///< Where relative file names start.
  std::optional<Error> first;

  void add(const toml::source_region& where, const std::string& key, const std::string& what);
  [[nodiscard]] std::string resolve(const std::string& name) const;
};

/// Lifetime: the table and the findings must outlive it.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string path, Findings& findings)
      : table_(table), path_(std::move(path)), findings_(findings) {}

  /// Complains about every key that is none of these.
  void only(Names names);
  [[nodiscard]] bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  std::string text(std::string_view key, const std::string& otherwise = {});
  std::string required_text(std::string_view key);
  /// The name of a file, resolved against the folder of the configuration.
  std::string path(std::string_view key, const std::string& otherwise = {});
  std::string choice(std::string_view key, Names choices, const std::string& otherwise);
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most,
                       std::int64_t otherwise);
  bool flag(std::string_view key, bool otherwise);
  /// "250ms", "2s", "5m" or "1h".
  milliseconds duration(std::string_view key, milliseconds otherwise);
  std::vector<std::string> texts(std::string_view key);
  std::map<std::string, std::string> text_map(std::string_view key);
  /// Reads a table below this one; an absent one reads as empty.
  void table(std::string_view key, Names names, const std::function<void(TableReader&)>& read);
  /// Reads a list of tables, [[KEY]]; an absent one reads as empty.
  void tables(std::string_view key, const std::function<void(TableReader&)>& read);

  void complain(std::string_view key, const std::string& what);
  /// Complains with the words of the error, if there is one.
  template <typename T>
  void check(std::string_view key, const Result<T>& result) {
    if (!result) complain(key, result.error().detail);
  }

 private:
  const toml::table& table_;
  std::string path_;
  Findings& findings_;
};

}  // namespace handover::cli
