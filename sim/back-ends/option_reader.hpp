// Reads the members of an options object by name, for BackEndModel::configure().
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover::sim {

class OptionReader {
 public:
  /// Takes a value, or says what it expected instead.
  using Setter = std::function<std::string(const Json&)>;

  OptionReader& with(std::string name, Setter setter) {
    setters_.emplace(std::move(name), std::move(setter));
    return *this;
  }
  OptionReader& flag(std::string name, bool& target) {
    return with(std::move(name), [&target](const Json& value) -> std::string {
      // The command line knows only text.
      if (!value.is_boolean() && value.text() != "true" && value.text() != "false") {
        return "expected true or false";
      }
      target = value.boolean() || value.text() == "true";
      return {};
    });
  }
  OptionReader& text(std::string name, std::string& target) {
    return with(std::move(name), [&target](const Json& value) -> std::string {
      if (!value.is_string()) return "expected a string";
      target = value.text();
      return {};
    });
  }
  /// A whole number, or digits in a string.
  OptionReader& number(std::string name, unsigned& target) {
    return with(std::move(name),
                [&target](const Json& value) { return read_number(value, target); });
  }
  OptionReader& seconds(std::string name, std::chrono::seconds& target) {
    return with(std::move(name), [&target](const Json& value) -> std::string {
      unsigned number = 0;
      auto complaint = read_number(value, number);
      if (complaint.empty()) target = std::chrono::seconds(number);
      return complaint;
    });
  }

  [[nodiscard]] Result<void> read(const Json& options) const {
    if (!options.is_object()) return fail(Error::invalid("", "expected an object"));
    for (const auto& [name, value] : options.members()) {
      const auto found = setters_.find(name);
      std::string complaint = "is no option; expected one of" + names();
      if (found != setters_.end()) complaint = found->second(value);
      if (!complaint.empty()) return fail(Error::invalid("/" + escape_pointer(name), complaint));
    }
    return {};
  }

 private:
  static std::string read_number(const Json& value, unsigned& target) {
    const std::string& digits = value.text();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole ? "" : "expected a whole number";
  }
  [[nodiscard]] std::string names() const {
    std::string all;
    for (const auto& [name, setter] : setters_) all += " " + name;
    return all;
  }

  std::map<std::string, Setter, std::less<>> setters_;
};

}  // namespace handover::sim
