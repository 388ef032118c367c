#include "agent/importing/asset_rows.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "agent/domain/asset_event.hpp"

namespace handover::importing {
namespace {

constexpr std::string_view kIgnored = "-";
// In the order of the call's own items.
constexpr std::array<std::string_view, 5> kItemFields = {"serialNumber", "manufacturerPartNumber",
                                                         "asset_tag", "type", "quantity"};
constexpr std::array<std::string_view, 4> kEventFields = {"event", "location", "stockroom", "key"};

// Headings of the source document, and what people write instead, that fold to no field's name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOtherHeadings = {
    {{"serial", "serialNumber"},
     {"manufacturepartnumber", "manufacturerPartNumber"},
     {"partnumber", "manufacturerPartNumber"},
     {"manufacturedescription", "description"},
     {"manufacture", "manufacturer"},
     {"partnumbercategorytype", "part_category_type"},
     {"ponumber", "customer_po_number"},
     {"inventoryorg", "inventory_organization"},
     {"tag", "asset_tag"}}};

std::string fold(std::string_view heading) {
  std::string folded;
  for (const char c : heading) {
    if (c >= 'A' && c <= 'Z') folded += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) folded += c;
  }
  return folded;
}

const std::map<std::string, std::string>& all_fields() {
  static const std::map<std::string, std::string> kFields = [] {
    std::map<std::string, std::string> fields;
    const auto add = [&fields](const auto& names) {
      for (const std::string_view name : names) fields[fold(name)] = name;
    };
    add(kItemFields);
    add(kEventFields);
    add(kAssetDataPoints);
    add(kAssetClassification);
    for (const auto& [heading, field] : kOtherHeadings) fields[std::string(heading)] = field;
    return fields;
  }();
  return kFields;
}

bool is_field(std::string_view name) {
  const auto found = all_fields().find(fold(name));
  return found != all_fields().end() && found->second == name;
}

template <typename Names>
bool is_among(std::string_view name, const Names& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "Yes", "TRUE" and "1" are yes; what is neither yes nor no stays, and is complained of.
std::string yes_or_no(const std::string& text) {
  const std::string word = fold(text);
  if (word == "yes" || word == "y" || word == "true" || word == "1") return "yes";
  if (word == "no" || word == "n" || word == "false" || word == "0") return "no";
  return text;
}

/// The row's cells in the places that the call has for them.
class Body {
 public:
  explicit Body(const RowDefaults& defaults) {
    event_["event"] = defaults.event;
    event_["location"] = defaults.location;
    event_["stockroom"] = defaults.stockroom;
  }

  void set(const std::string& field, const std::string& text) {
    if (is_among(field, kEventFields)) {
      event_[field] = text;
    } else if (is_among(field, kItemFields)) {
      item_.set(field, text);
    } else if (is_among(field, kAssetDataPoints)) {
      data_.set(field, text);
    } else {
      const bool truth = field == "serialized";
      const bool word = field == "structure";
      classification_.set(field, truth ? yes_or_no(text) : word ? fold(text) : text);
    }
  }

  [[nodiscard]] Json take() {
    if (!data_.members().empty()) item_.set("data", std::move(data_));
    if (!classification_.members().empty()) item_.set("classification", std::move(classification_));
    Json body = Json::object();
    const auto set_known = [&](const char* name) {
      if (!event_[name].empty()) body.set(name, event_[name]);
    };
    for (const char* name : {"event", "location", "stockroom"}) set_known(name);
    body.set("items", Json::array({std::move(item_)}));
    set_known("key");
    return body;
  }

 private:
  std::map<std::string, std::string> event_;
  Json item_ = Json::object();
  Json data_ = Json::object();
  Json classification_ = Json::object();
};

}  // namespace

Result<Columns> Columns::make(const std::map<std::string, std::string>& renamed) {
  Columns columns;
  for (const auto& [heading, field] : renamed) {
    if (field != kIgnored && !is_field(field)) {
      return fail(
          Error::invalid("", "there is no field " + field +
                                 "; see handover assets import --help for those there are"));
    }
    columns.renamed_[fold(heading)] = field;
  }
  return columns;
}

std::optional<std::string> Columns::field_of(std::string_view heading) const {
  const std::string folded = fold(heading);
  if (const auto found = renamed_.find(folded); found != renamed_.end()) return found->second;
  const auto found = all_fields().find(folded);
  return found == all_fields().end() ? std::nullopt : std::optional(found->second);
}

Result<void> Columns::check(const std::vector<std::string>& headings) const {
  std::set<std::string> seen;
  std::string unknown;
  for (const auto& heading : headings) {
    const auto field = field_of(heading);
    if (!field) unknown += (unknown.empty() ? "" : ", ") + ('"' + heading + '"');
    if (!field || *field == kIgnored || seen.insert(*field).second) continue;
    return fail(Error::invalid("", "two columns mean " + *field + "; rename or ignore one"));
  }
  if (unknown.empty()) return {};
  return fail(Error::invalid("", "no field is called " + unknown +
                                     "; say what the column means with --column, or leave it out "
                                     "with --column NAME=-"));
}

std::string field_at(std::string_view pointer) {
  return std::string(pointer.substr(pointer.rfind('/') + 1));
}

AssetEventBody make_event(const Row& row, const Columns& columns, const RowDefaults& defaults) {
  AssetEventBody made;
  if (!row.complaint.empty()) {
    made.complaints.push_back({"", row.complaint});
    return made;
  }
  Body body(defaults);
  std::set<std::string> seen;
  for (const auto& [heading, text] : row.cells) {
    const auto field = columns.field_of(heading);
    if (!field) made.complaints.push_back({heading.substr(0, 80), "no such field"});
    if (!field || *field == kIgnored) continue;
    if (!seen.insert(*field).second)
      made.complaints.push_back(
          {heading.substr(0, 80), "means " + *field + ", which stands here already"});
    body.set(*field, text);
  }
  auto checked = parse_asset_event(body.take());
  if (checked) {
    made.body = std::move(*checked);
    return made;
  }
  for (const auto& field : checked.error().fields)
    made.complaints.push_back({field_at(field.pointer), field.detail});
  return made;
}

}  // namespace handover::importing
