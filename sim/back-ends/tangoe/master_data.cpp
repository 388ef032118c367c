#include "sim/back-ends/tangoe/master_data.hpp"

#include <algorithm>
#include <sstream>

namespace handover::sim::tangoe {
namespace {

using Names = MasterData::Names;

Names words(const char* text) {
  std::istringstream in(text);
  Names names;
  for (std::string word; in >> word;) names.insert(word);
  return names;
}

std::vector<CustomDefinition> wireless_customs() {
  return {{"1", "Colour", "COMBO", false, {"red", "blue"}},
          {"2", "Insured", "BOOLEAN"},
          {"3", "Seats", "INTEGER"},
          {"4", "Deposit", "DOUBLE"},
          {"5", "Warranty", "DATE"},
          {"6", "Remark", "TEXT"}};
}

}  // namespace

const ServiceTypeRow* MasterData::service_type(std::string_view id) const {
  const auto found = std::find_if(service_types.begin(), service_types.end(),
                                  [&](const ServiceTypeRow& row) { return row.id == id; });
  return found == service_types.end() ? nullptr : &*found;
}

const ServiceTypeRow* MasterData::service_type_named(std::string_view name) const {
  const auto found = std::find_if(service_types.begin(), service_types.end(),
                                  [&](const ServiceTypeRow& row) { return row.name == name; });
  return found == service_types.end() ? nullptr : &*found;
}

MasterData seed_master_data() {
  MasterData data;
  data.service_types = {{"1", "Long Distance", "Voice"},
                        {"2", "Toll Free", "Voice"},
                        {"5", "Local", "Voice"},
                        {"6", "Wireless", "Voice", wireless_customs()},
                        {"7", "Pager", "Voice"},
                        {"10", "Internet", "Data", {{"7", "Circuit owner", "TEXT", true}}},
                        {"11", "ISDN", "Data"},
                        {"12", "MPLS", "Data"},
                        {"13", "VPN", "Data"},
                        {"14", "Point To Point", "Data"},
                        {"15", "Other", "Data"},
                        {"16", "CoLocation", "Data"}};
  data.lists["cost centers"] = words("4100 4200");
  data.lists["accounts"] = words("600100 600200");
  data.lists["allocations"] = {"FA-1", "Field services"};
  data.lists["states"] = words(
      "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH "
      "NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY");
  data.lists["countries"] = words("US CA MX GB IE DE AT CH FR NL BE LU DK SE NO FI PL CZ ES PT IT");
  data.lists["locations"] = words("L-17 L-22 L-100 L-200 VAN-17 VAN-22");
  data.lists["employees"] = words("E1017 E1022 tech.17 tech.22");
  data.lists["vendors"] = {"Verizon", "AT&T", "T-Mobile"};
  data.lists["uses"] = {"Data line", "Fax", "Alarm"};
  data.lists["collocations"] = {"Cage 4"};
  data.lists["devices"] = {"Smartphone", "Tablet"};
  data.lists["equipment"] = words("EQ-1 EQ-2");
  data.contracts = {{"Verizon", {"VZ-2026", "VZ-DATA"}}, {"AT&T", {"ATT-1"}}};
  data.plans = {{"VZ-2026", {"Unlimited", "5 GB"}}};
  data.pools = {{"Verizon", {"Pool A", "Pool B"}}};
  return data;
}

const std::vector<MasterField>& master_fields() {
  static const std::vector<MasterField> kFields = {
      {"costCenterNo", "cost centers", ""},
      {"glAccount", "accounts", ""},
      {"fixedAllocation", "allocations", ""},
      {"state", "states", ""},
      {"country", "countries", ""},
      {"locationNo", "locations", ""},
      {"locationZ", "locations", ""},
      {"vendor", "vendors", ""},
      {"vendorContract", "", "vendor"},
      {"ratePlan", "", "vendorContract"},
      {"localLDVendor", "vendors", ""},
      {"localLDContract", "", "localLDVendor"},
      {"localTollVendor", "vendors", ""},
      {"localTollContract", "", "localTollVendor"},
      {"ldLocalVendor", "vendors", ""},
      {"ldLocalContract", "", "ldLocalVendor"},
      {"usageVendor", "vendors", ""},
      {"usageContract", "", "usageVendor"},
      {"secondaryVendor", "vendors", ""},
      {"secondaryContract", "", "secondaryVendor"},
      {"voicePool", "", "vendor"},
      {"dataPool", "", "vendor"},
      {"messagingPool", "", "vendor"},
      {"assignedTo", "employees", ""},
      {"primaryUse", "uses", ""},
      {"coLocation", "collocations", ""},
      {"wirelessDeviceType", "devices", ""},
      {"assignedEquipment", "equipment", ""},
  };
  return kFields;
}

bool exists(const MasterData& data, const MasterField& field, const std::string& value,
            const std::string& parent_value) {
  const auto holds = [&](const std::map<std::string, Names>& lists, std::string_view name) {
    const auto found = lists.find(std::string(name));
    return found != lists.end() && found->second.count(value) != 0;
  };
  if (!field.list.empty()) return holds(data.lists, field.list);
  if (field.name == "ratePlan") return holds(data.plans, parent_value);
  return holds(field.name.ends_with("Pool") ? data.pools : data.contracts, parent_value);
}

std::optional<Names> types_of_field(std::string_view field, const MasterData& data) {
  static const std::map<std::string_view, Names> kTypes = {
      {"locationZ", {"Internet", "ISDN", "Other", "Point To Point", "VPN"}},
      {"ratePlan", {"Wireless", "Pager"}},
      {"localLDVendor", {"Local"}},
      {"localLDContract", {"Local"}},
      {"localTollVendor", {"Local"}},
      {"localTollContract", {"Local"}},
      {"ldLocalVendor", {"Long Distance"}},
      {"ldLocalContract", {"Long Distance"}},
      {"usageVendor", {"Internet", "ISDN", "Other", "MPLS"}},
      {"usageContract", {"Internet", "ISDN", "Other", "MPLS"}},
      {"secondaryVendor", {"Long Distance", "Toll Free"}},
      {"secondaryContract", {"Long Distance", "Toll Free"}},
      {"voicePool", {"Wireless"}},
      {"dataPool", {"Wireless"}},
      {"messagingPool", {"Wireless"}},
      {"wirelessDeviceType", {"Wireless"}},
      {"upgradeEligibilityDate", {"Wireless", "Pager"}},
      {"nonPooledServiceCharges", {"Wireless"}},
      {"pooledServiceCharges", {"Wireless"}},
      {"downloadCharges", {"Wireless"}},
      {"assignedEquipment", {"Wireless"}},
  };
  if (field == "primaryUse" || field == "circuitMappings") {
    Names names;
    for (const ServiceTypeRow& row : data.service_types) {
      if (row.kind == "Data") names.insert(row.name);
    }
    if (field == "primaryUse") names.insert("Local");
    return names;
  }
  const auto found = kTypes.find(field);
  if (found == kTypes.end()) return std::nullopt;
  return found->second;
}

}  // namespace handover::sim::tangoe
