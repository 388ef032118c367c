#include "agent/domain/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "platform/assert.hpp"

namespace handover {
namespace {

const std::string kNoText;
const std::vector<Json> kNoItems;
const std::vector<Json::Member> kNoMembers;

// Receives the events of nlohmann's parser and builds our values. Returning false ends the parse.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(std::size_t depth_max) : depth_max_(depth_max) {}

  bool null() override { return add(Json()); }
  bool boolean(bool truth) override { return add(Json(truth)); }
  bool number_integer(number_integer_t number) override { return add(Json(std::int64_t{number})); }
  bool number_unsigned(number_unsigned_t number) override {
    return add(Json::number(std::to_string(number)));
  }
  bool number_float(number_float_t, const string_t& digits) override {
    return add(Json::number(digits));
  }
  bool string(string_t& text) override { return add(Json(std::move(text))); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    open_.back().name = std::move(name);
    if (is_new_name(open_.back())) return true;
    return stop(pointer(), "this name stands twice in one object; expected once");
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& why) override {
    constexpr int kNumberOverflow = 406;
    if (why.id == kNumberOverflow) return stop(pointer(), "the number is out of range");
    return stop("", "not valid JSON in UTF-8 at byte " + std::to_string(position));
  }

  Json root;
  std::optional<Error> error;

 private:
  // An object or array whose end has not come yet.
  struct Open {
    bool is_object = false;
    std::vector<Json> items;
    std::vector<Json::Member> members;
    std::set<std::string> names;  // Of the members, once they are many.
    std::string name;             // Of the member that comes next.
  };

  /// To look through a few members is cheap; through many it would take the square of their number.
  static bool is_new_name(Open& object) {
    constexpr std::size_t kFew = 16;
    if (object.members.size() < kFew) {
      return std::none_of(object.members.begin(), object.members.end(),
                          [&](const Json::Member& member) { return member.first == object.name; });
    }
    if (object.names.empty()) {
      for (const auto& member : object.members) object.names.insert(member.first);
    }
    return object.names.insert(object.name).second;
  }

  bool add(Json value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (Open& parent = open_.back(); parent.is_object) {
      parent.members.emplace_back(std::move(parent.name), std::move(value));
    } else {
      parent.items.push_back(std::move(value));
    }
    return true;
  }

  bool open(bool is_object) {
    if (open_.size() >= depth_max_) {
      return stop(pointer(), "nested deeper than " + std::to_string(depth_max_) + " levels");
    }
    open_.emplace_back().is_object = is_object;
    return true;
  }

  bool close() {
    Open ended = std::move(open_.back());
    open_.pop_back();
    return add(ended.is_object ? Json::object(std::move(ended.members))
                               : Json::array(std::move(ended.items)));
  }

  bool stop(std::string where, std::string what) {
    error = Error::invalid(std::move(where), std::move(what));
    return false;
  }

  /// Of the value that comes next.
  [[nodiscard]] std::string pointer() const {
    std::string path;
    for (const Open& place : open_) {
      path +=
          "/" + (place.is_object ? escape_pointer(place.name) : std::to_string(place.items.size()));
    }
    return path;
  }

  std::size_t depth_max_;
  std::vector<Open> open_;
};

/// Nothing in it needs an escape or a look at its UTF-8: nearly every text is so.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c != '"' && c != '\\' && c < 0x7f; });
}

void write_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  // Replaces ill-formed UTF-8 instead of throwing: what comes from a back-end's own words must not
  // stop us.
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write(std::string& out, const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kNull:
      out += "null";
      return;
    case Json::Kind::kBoolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Json::Kind::kNumber:
      out += value.text();
      return;
    case Json::Kind::kString:
      write_string(out, value.text());
      return;
    case Json::Kind::kArray: {
      out += '[';
      for (const auto& item : value.items()) {
        if (&item != value.items().data()) out += ',';
        write(out, item);
      }
      out += ']';
      return;
    }
    case Json::Kind::kObject: {
      out += '{';
      for (const auto& member : value.members()) {
        if (&member != value.members().data()) out += ',';
        write_string(out, member.first);
        out += ':';
        write(out, member.second);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

Json Json::number(std::string literal) {
  INVARIANT(!literal.empty());
  Json value;
  value.value_ = Literal{std::move(literal)};
  return value;
}

Json Json::array(std::vector<Json> items) {
  Json value;
  value.value_ = std::move(items);
  return value;
}

Json Json::object(std::vector<Member> members) {
  Json value;
  value.value_ = std::move(members);
  return value;
}

const std::string& Json::text() const {
  if (const auto* string = std::get_if<std::string>(&value_)) return *string;
  if (const auto* literal = std::get_if<Literal>(&value_)) return literal->digits;
  return kNoText;
}

bool Json::boolean() const {
  const auto* truth = std::get_if<bool>(&value_);
  return truth != nullptr && *truth;
}

const std::vector<Json>& Json::items() const {
  const auto* items = std::get_if<std::vector<Json>>(&value_);
  return items != nullptr ? *items : kNoItems;
}

const std::vector<Json::Member>& Json::members() const {
  const auto* members = std::get_if<std::vector<Member>>(&value_);
  return members != nullptr ? *members : kNoMembers;
}

const Json* Json::find(std::string_view name) const {
  const auto& all = members();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.first == name; });
  return found == all.end() ? nullptr : &found->second;
}

const std::string& Json::text_of(std::string_view name) const {
  const Json* member = find(name);
  return member != nullptr ? member->text() : kNoText;
}

Json& Json::set(std::string_view name, Json value) {
  INVARIANT(is_object());
  auto& all = std::get<std::vector<Member>>(value_);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.first == name; });
  if (found != all.end()) {
    found->second = std::move(value);
  } else {
    all.emplace_back(std::string(name), std::move(value));
  }
  return *this;
}

Json& Json::push_back(Json value) {
  INVARIANT(is_array());
  std::get<std::vector<Json>>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::dump() const {
  std::string out;
  write(out, *this);
  return out;
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return fail(Error::invalid("", "larger than " + std::to_string(limits.bytes_max) + " bytes"));
  }
  Builder builder(limits.depth_max);
  const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (builder.error) return fail(std::move(*builder.error));
  if (!whole) return fail(Error::invalid("", "not valid JSON in UTF-8"));
  return std::move(builder.root);
}

std::string escape_pointer(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace handover
