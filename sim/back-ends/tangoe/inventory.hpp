// The inventory of the simulated Tangoe: items, their log, and every rule about them. Requests come
// in as payloads that the schema has accepted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/backends/xml/xml_reader.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/tangoe/contract.hpp"
#include "sim/back-ends/tangoe/master_data.hpp"

namespace handover::sim::tangoe {

/// Fields by name; the two lists as the elements that came.
struct ItemFields {
  std::map<std::string, std::string, std::less<>> values;
  std::optional<xml::Element> circuit_mappings;
  std::map<std::string, std::string, std::less<>> customs;
  bool has_customs = false;

  [[nodiscard]] std::string text_of(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  }
  [[nodiscard]] bool has(std::string_view name) const { return values.count(name) != 0; }
};

[[nodiscard]] ItemFields read_fields(const xml::Element& item);

/// Service type id and inventory number.
using ItemName = std::pair<std::string, std::string>;

struct LogRow {
  ItemFields item;
  std::string action;
  std::string by;
  WallTime when;
};

enum class Change { kAdd, kEdit };

class Inventory {
 public:
  Inventory(const Contract& contract, MasterData data)
      : contract_(contract), data_(std::move(data)) {}

  /// What is wrong with an add or an edit: a sentence, or empty. Changes nothing.
  [[nodiscard]] std::string complaint(Change change, const ItemFields& fields) const;
  /// The same of a find's filter.
  [[nodiscard]] std::string filter_complaint(const ItemFields& filter) const;

  /// Requires: complaint() found nothing. Returns the item's id.
  std::string apply(Change change, const ItemFields& fields, const std::string& by, WallTime now);
  /// An item that is there already, whatever the rules say. False if its service type is unknown.
  bool put(const ItemFields& fields);
  [[nodiscard]] const ItemFields* find(const std::string& type, const std::string& number) const;
  /// All that match, by inventory id.
  [[nodiscard]] std::vector<const ItemFields*> matching(const ItemFields& filter) const;

  void write(xml::Writer& writer, const ItemFields& item) const;

  [[nodiscard]] const MasterData& data() const { return data_; }
  [[nodiscard]] MasterData& data() { return data_; }
  [[nodiscard]] const std::vector<LogRow>& log() const { return log_; }
  [[nodiscard]] const std::map<ItemName, ItemFields>& items() const { return items_; }
  /// Numbers that stand in a bill of an invoice, so that they cannot be renamed.
  std::set<std::string> billed;
  void clear();

 private:
  const Contract& contract_;
  MasterData data_;
  std::map<ItemName, ItemFields> items_;
  std::vector<LogRow> log_;
  static constexpr std::int64_t kFirstId = 1000;
  std::int64_t last_id_ = kFirstId;
};

/// A real date of ten characters, `mm/dd/yyyy`, or nothing.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_date(std::string_view text);

}  // namespace handover::sim::tangoe
