// The contract of the service: its schema and WSDL as files beside the code, and the check of a
// message against the schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/xml/xml_reader.hpp"

namespace handover::sim::tangoe {

inline constexpr std::string_view kSpace = "http://www.asentinel.com/asentinelws/schemas/invord";

/// inventoryorder.xsd
[[nodiscard]] std::string_view schema_text();
/// inventoryorder.wsdl; SERVICE-URL stands where the address belongs.
[[nodiscard]] std::string_view wsdl_text();

struct SchemaField {
  std::string name;
  std::string type;  ///< "string", "int", "boolean", "double", or the name of one of the two lists.
};

class Contract {
 public:
  Contract();
  ~Contract();
  Contract(const Contract&) = delete;
  Contract& operator=(const Contract&) = delete;

  /// What is wrong with a payload, one text for each error; none if it is valid.
  [[nodiscard]] std::vector<std::string> errors_in(const xml::Element& payload) const;
  /// True if the schema has a global element of that name.
  [[nodiscard]] bool knows(std::string_view element) const;
  /// The fields of an item as a find knows them, in the schema's order.
  [[nodiscard]] const std::vector<SchemaField>& fields() const { return fields_; }

 private:
  struct Schema;
  std::unique_ptr<Schema> schema_;
  std::vector<std::string> elements_;
  std::vector<SchemaField> fields_;
};

}  // namespace handover::sim::tangoe
