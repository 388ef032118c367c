#include "agent/cli/config_reader.hpp"

#include <algorithm>
#include <charconv>

#include "agent/domain/field_reader.hpp"

namespace handover::cli {
namespace {

std::string join(Names names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

bool is_one_of(std::string_view text, Names names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// "250ms", "2s", "5m" or "1h".
std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kNumberMax = 1'000'000'000;
  if (error != std::errc() || number < 0 || number > kNumberMax) return std::nullopt;
  if (unit == "ms") return milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return std::nullopt;
}

}  // namespace

void Findings::add(const toml::source_region& where, const std::string& key,
                   const std::string& what) {
  if (first) return;
  const std::string line = where.begin.line > 0 ? ":" + std::to_string(where.begin.line) : "";
  first = Error(Errc::kConfig, file + line + ": " + (key.empty() ? "" : key + ": ") + what);
}

std::string Findings::resolve(const std::string& name) const {
  if (name.empty() || name.front() == '/' || directory.empty()) return name;
  return directory + "/" + name;
}

void TableReader::only(Names names) {
  for (const auto& [key, value] : table_) {
    if (is_one_of(key.str(), names)) continue;
    const std::string near = nearest_name(key.str(), names);
    findings_.add(key.source(), path_ + std::string(key.str()).substr(0, 80),
                  near.empty() ? "unknown key; expected one of: " + join(names)
                               : "unknown key; did you mean " + near + "?");
  }
}

std::string TableReader::text(std::string_view key, const std::string& otherwise) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return otherwise;
  if (const auto* value = node->as_string(); value != nullptr && !value->get().empty())
    return value->get();
  complain(key, node->is_string() ? "empty; expected a text" : "expected a text in quotes");
  return otherwise;
}

std::string TableReader::required_text(std::string_view key) {
  if (!has(key)) complain(key, "missing");
  return text(key);
}

std::string TableReader::path(std::string_view key, const std::string& otherwise) {
  return findings_.resolve(text(key, otherwise));
}

std::string TableReader::choice(std::string_view key, Names choices, const std::string& otherwise) {
  std::string value = text(key, otherwise);
  if (value.empty() || is_one_of(value, choices)) return value;
  complain(key, "expected one of: " + join(choices));
  return otherwise;
}

std::int64_t TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return otherwise;
  const auto* value = node->as_integer();
  if (value != nullptr && value->get() >= least && value->get() <= most) return value->get();
  complain(key,
           "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

bool TableReader::flag(std::string_view key, bool otherwise) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return otherwise;
  if (const auto* value = node->as_boolean()) return value->get();
  complain(key, "expected true or false, without quotes");
  return otherwise;
}

milliseconds TableReader::duration(std::string_view key, milliseconds otherwise) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return otherwise;
  const auto* value = node->as_string();
  const auto parsed = value != nullptr ? parse_duration(value->get()) : std::nullopt;
  if (parsed) return *parsed;
  complain(key, "expected a duration in quotes, such as \"250ms\", \"2s\", \"5m\" or \"1h\"");
  return otherwise;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const toml::node* node = table_.get(key);
  std::vector<std::string> read;
  if (node == nullptr) return read;
  const toml::array* list = node->as_array();
  if (list == nullptr) complain(key, "expected a list of texts in quotes");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto* value = (*list)[i].as_string();
    if (value == nullptr) complain(key, "expected a list of texts in quotes");
    read.push_back(value != nullptr ? value->get() : std::string());
  }
  return read;
}

std::map<std::string, std::string> TableReader::text_map(std::string_view key) {
  std::map<std::string, std::string> read;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return read;
  const toml::table* pairs = node->as_table();
  if (pairs == nullptr) {
    complain(key, "expected a table such as { VAN-17 = \"Van 17\" }");
    return read;
  }
  TableReader reader(*pairs, path_ + std::string(key) + ".", findings_);
  for (const auto& [name, value] : *pairs) read[std::string(name.str())] = reader.text(name.str());
  return read;
}

void TableReader::table(std::string_view key, Names names,
                        const std::function<void(TableReader&)>& read) {
  static const toml::table kEmpty;
  const toml::node* node = table_.get(key);
  const toml::table* below = node != nullptr ? node->as_table() : &kEmpty;
  if (below == nullptr) {
    complain(key, "expected a table");
    return;
  }
  TableReader reader(*below, path_ + std::string(key) + ".", findings_);
  reader.only(names);
  read(reader);
}

void TableReader::complain(std::string_view key, const std::string& what) {
  const toml::node* node = table_.get(key);
  findings_.add(node != nullptr ? node->source() : table_.source(), path_ + std::string(key), what);
}

void TableReader::tables(std::string_view key, const std::function<void(TableReader&)>& read) {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    complain(key, "expected [[" + std::string(key) + "]] in double brackets");
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const toml::table* below = (*list)[i].as_table();
    const std::string path = path_ + std::string(key) + "[" + std::to_string(i + 1) + "]";
    if (below == nullptr) {
      findings_.add(node->source(), path, "expected a table");
      continue;
    }
    TableReader reader(*below, path + ".", findings_);
    read(reader);
  }
}

}  // namespace handover::cli
