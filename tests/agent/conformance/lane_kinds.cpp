#include "tests/agent/conformance/lane_kind.hpp"

namespace handover::test {

const std::vector<LaneKind>& lane_kinds() {
  static const std::vector<LaneKind> kKinds = {
      servicemobility_kind(),
      cmdb_kind(),
      cisco_kind(),
      tangoe_kind(),
  };
  return kKinds;
}

}  // namespace handover::test
