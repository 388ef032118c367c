// The rules about links and proofs of coverage: C1 to C9, C13, C14.
#include <algorithm>
#include <map>

#include "agent/domain/service_order_check.hpp"
#include "crypto/identifier.hpp"

namespace handover {
namespace {

constexpr std::size_t kLineIdDigitsMax = 18;
constexpr std::size_t kDepthMax = 3;

bool is_line_id(std::string_view id) {
  return !id.empty() && id.size() <= kLineIdDigitsMax && id.find_first_not_of('0') != id.npos &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "007" and "7" are one number.
std::string number_of(std::string_view id) {
  const auto first = id.find_first_not_of('0');
  return std::string(first == id.npos ? "0" : id.substr(first));
}

using Places = std::map<std::string, std::size_t>;

Places places_by_id(const ServiceOrder& order) {
  Places places;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (is_line_id(order.lines[i].line_id)) places.emplace(number_of(order.lines[i].line_id), i);
  }
  return places;
}

bool is_major(const OrderLine& line) { return number_of(line.parent_line_id) == "0"; }

class Links {
 public:
  Links(const ServiceOrder& order, const OrderRules& rules, const OrderFacts& facts,
        OrderFindings& findings)
      : order_(order),
        rules_(rules),
        facts_(facts),
        findings_(findings),
        places_(places_by_id(order)) {}

  void check() {
    const std::size_t before = findings_.size();
    for (std::size_t i = 0; i < order_.lines.size(); ++i) check_ids(i);
    for (std::size_t i = 0; i < order_.lines.size(); ++i) check_parent(i);
    const bool tree = findings_.size() == before;
    for (std::size_t i = 0; i < order_.lines.size(); ++i) {
      if (order_.lines[i].kind == OrderLineKind::kService) check_service(i);
    }
    if (tree) check_all_or_nothing();
  }

 private:
  [[nodiscard]] const OrderLine* parent_of(const OrderLine& line) const {
    const auto found = places_.find(number_of(line.parent_line_id));
    return found == places_.end() ? nullptr : &order_.lines[found->second];
  }

  void check_ids(std::size_t place) {
    const OrderLine& line = order_.lines[place];
    const std::string at = order_line_pointer(place);
    if (line.line_id.empty()) {
      findings_.refuse(at + "/parent_line_id", "C5",
                       "a parent without a `line_id` means nothing; give the line its own");
      return;
    }
    if (!is_line_id(line.line_id)) {
      findings_.refuse(at + "/line_id", "C1 (L6)", "expected digits of a number above 0");
      return;
    }
    const std::size_t first = places_.at(number_of(line.line_id));
    if (first != place) {
      findings_.refuse(
          at + "/line_id", "C1 (L6)",
          "the line at " + order_line_pointer(first) + " has it too; each line needs its own");
    }
  }

  void check_parent(std::size_t place) {
    const OrderLine& line = order_.lines[place];
    const std::string at = order_line_pointer(place) + "/parent_line_id";
    if (is_major(line)) {
      if (line.kind == OrderLineKind::kOption)
        findings_.refuse(at, "C4 (L4)",
                         "an option needs the `line_id` of its product; 0 makes it a product");
      return;
    }
    const OrderLine* parent = parent_of(line);
    if (parent == nullptr || !is_line_id(line.parent_line_id)) {
      findings_.refuse(at, "C2 (L1)", "expected 0, or the `line_id` of a line of this order");
    } else if (parent == &line) {
      findings_.refuse(at, "C3", "a line cannot be its own parent");
    } else if (has_cycle(line)) {
      findings_.refuse(at, "C3", "its parents lead back to the line itself");
    } else {
      check_kinds(line, *parent, at);
    }
  }

  [[nodiscard]] bool has_cycle(const OrderLine& line) const {
    const OrderLine* above = parent_of(line);
    for (std::size_t steps = 0; above != nullptr && steps <= order_.lines.size(); ++steps) {
      if (above == &line) return true;
      if (is_major(*above)) return false;
      above = parent_of(*above);
    }
    return above != nullptr;
  }

  void check_kinds(const OrderLine& line, const OrderLine& parent, const std::string& at) {
    if (parent.kind == OrderLineKind::kService) {
      findings_.refuse(at, line.kind == OrderLineKind::kService ? "C4 (L3)" : "C4 (L4)",
                       "a service covers a product, so it cannot be a parent");
    } else if (line.kind == OrderLineKind::kProduct) {
      findings_.refuse(
          at, "C4 (L5)",
          "a major product has parent 0; say kind \"option\" if it belongs to another product");
    } else if (line.kind == OrderLineKind::kOption && parent.kind != OrderLineKind::kProduct) {
      findings_.refuse(at, depth_of(line) > kDepthMax ? "C3" : "C4 (L4)",
                       "the parent of an option is a major product");
    }
  }

  [[nodiscard]] std::size_t depth_of(const OrderLine& line) const {
    std::size_t depth = 1;
    for (const OrderLine* above = &line;
         above != nullptr && !is_major(*above) && depth <= order_.lines.size(); ++depth)
      above = parent_of(*above);
    return depth;
  }

  void check_service(std::size_t place) {
    const OrderLine& line = order_.lines[place];
    const std::string at = order_line_pointer(place);
    const bool linked = !is_major(line) && !line.parent_line_id.empty();
    const int proofs = int(linked) + int(!line.serial_numbers.empty()) +
                       int(!line.pak_numbers.empty()) + int(!line.covered_product.empty());
    if (proofs > 1) {
      findings_.refuse(at, "C6",
                       "has two kinds of proof; keep one of: the link to a product of this order, "
                       "serial numbers, PAK numbers, covered_product");
    } else if (proofs == 0) {
      check_unlinked(at);
    }
    check_count(line, at);
    check_one_product(line, at);
  }

  void check_unlinked(const std::string& at) {
    const bool service_only =
        std::all_of(order_.lines.begin(), order_.lines.end(),
                    [](const OrderLine& line) { return line.kind == OrderLineKind::kService; });
    if (service_only) {
      findings_.refuse(at, "C8 (L13, L19)",
                       "an order of services only needs the serial numbers, or for software the "
                       "PAK numbers, of the covered equipment on each line");
    } else if (rules_.allow_best_guess) {
      findings_.warn(at, "C7 (L9)", "is linked to nothing; Cisco will guess what it covers");
    } else {
      findings_.refuse(
          at, "C7 (L1, L9)",
          "covers nothing; link it to a product of this order with `parent_line_id`, or give "
          "serial "
          "numbers or PAK numbers; services that are linked to nothing are sent only with "
          "`allow_best_guess`");
    }
  }

  void check_count(const OrderLine& line, const std::string& at) {
    if (line.serial_numbers.empty() || !line.quantity) return;
    const auto count = static_cast<std::int64_t>(line.serial_numbers.size());
    if (line.quantity->millionths() == count * crypto::Quantity::one().millionths()) return;
    findings_.refuse(at + "/serial_numbers", "C9 (L15)",
                     std::to_string(count) + " serial numbers for a quantity of " +
                         line.quantity->to_string() + "; expected one for each");
  }

  /// What this device never saw says nothing.
  void check_one_product(const OrderLine& line, const std::string& at) {
    std::set<std::string> products;
    for (const auto& serial : line.serial_numbers) {
      const auto canonical = crypto::canonical_identifier(serial, 1024);
      const auto known =
          canonical ? facts_.products_of_serial.find(*canonical) : facts_.products_of_serial.end();
      if (known == facts_.products_of_serial.end() || known->second.size() != 1) continue;
      products.insert(*known->second.begin());
    }
    if (products.size() > 1)
      findings_.refuse(
          at + "/serial_numbers", "C13 (L12)",
          "these units are of different products; order the service on a line for each product");
  }

  void check_all_or_nothing() {
    for (const OrderConfiguration& configuration : configurations_of(order_)) {
      if (configuration.with_service.empty()) continue;
      for (const std::size_t place : configuration.products) {
        if (configuration.with_service.contains(place)) continue;
        const OrderLine& line = order_.lines[place];
        const std::string words =
            "the other products of its configuration get a service and this one does not; all that "
            "can have service must get it, or none";
        if (!rules_.services.contains(line.product)) {
          if (!rules_.services_complete)
            findings_.warn(order_line_pointer(place), "C14 (L22)",
                           words + "; it is not known whether it can have one");
        } else {
          findings_.refuse(order_line_pointer(place), "C14 (L22)", words);
        }
      }
    }
  }

  const ServiceOrder& order_;
  const OrderRules& rules_;
  const OrderFacts& facts_;
  OrderFindings& findings_;
  Places places_;
};

}  // namespace

std::vector<OrderConfiguration> configurations_of(const ServiceOrder& order) {
  const Places places = places_by_id(order);
  std::vector<OrderConfiguration> found;
  std::map<std::size_t, std::size_t> configuration_of;  // Place of a product -> place in `found`.
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (order.lines[i].kind != OrderLineKind::kProduct) continue;
    configuration_of[i] = found.size();
    found.push_back({i, {i}, {}});
  }
  const auto parent_place = [&](const OrderLine& line) {
    const auto parent = places.find(number_of(line.parent_line_id));
    return parent == places.end() ? order.lines.size() : parent->second;
  };
  for (const auto kind : {OrderLineKind::kOption, OrderLineKind::kService}) {
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
      if (order.lines[i].kind != kind) continue;
      const std::size_t parent = parent_place(order.lines[i]);
      const auto configuration = configuration_of.find(parent);
      if (configuration == configuration_of.end()) continue;
      if (kind == OrderLineKind::kService) {
        found[configuration->second].with_service.insert(parent);
      } else {
        found[configuration->second].products.push_back(i);
        configuration_of[i] = configuration->second;
      }
    }
  }
  return found;
}

void check_order_links(const ServiceOrder& order, const OrderRules& rules, const OrderFacts& facts,
                       OrderFindings& findings) {
  Links(order, rules, facts, findings).check();
}

}  // namespace handover
