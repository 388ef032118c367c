// Whatever a server answers: every verdict is bounded, and nothing that is not JSON counts as a
// success. The first byte chooses the status, the second the headers; the rest is the body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/backends/answer.hpp"
#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "platform/assert.hpp"

using namespace handover;
using forwarding::Verdict;

namespace {

constexpr std::array kStatuses = {200, 201, 202, 204, 302, 400, 401, 403, 404, 409,
                                  410, 422, 429, 500, 502, 503, 504, 100, 299, 599};
constexpr std::string_view kTransfer =
    R"({"direction":"outbound","transfer_id":"t","transfer":{
        "FromStorageLocation":"A","ToStorageLocation":"B",
        "Items":[{"ProdNum":"P","Qty":1,"SerialNum":"S1"}],
        "ValidationCode":{"PublicCode":"483935842877","PrivateCode":"21595208"}}})";

backends::ServiceMobilityBackend make_servicemobility() {
  backends::ServiceMobilitySettings settings;
  settings.read_password = []() -> Result<Secret> { return Secret(std::string_view("p")); };
  return backends::ServiceMobilityBackend(settings);
}

backends::CmdbBackend make_cmdb() {
  backends::CmdbSettings settings;
  settings.environment = "test";
  settings.read_password = []() -> Result<Secret> { return Secret(std::string_view("p")); };
  settings.look_up_path = "/look";
  return backends::CmdbBackend(settings);
}

void check(const Verdict& verdict, const HttpResponse& response) {
  INVARIANT(verdict.why.size() < 2000);
  INVARIANT(verdict.why.find_first_of("\r\n\x1b") == std::string::npos);
  INVARIANT(!verdict.wait || (verdict.wait->count() >= 0 && *verdict.wait <= backends::kWaitMax));
  const bool success =
      verdict.kind == Verdict::Kind::kAccepted || verdict.kind == Verdict::Kind::kSuperseded;
  if (!success) return;
  INVARIANT(response.status >= 200 && response.status < 300);
  INVARIANT(response.body.empty() || backends::json_object(response).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Record record = {"r", 1, RecordKind::kTransfer, WallTime(), *parse_json(kTransfer)};
  static const backends::ServiceMobilityBackend servicemobility = make_servicemobility();
  static const backends::CmdbBackend cmdb = make_cmdb();
  if (size < 2) return 0;

  HttpResponse response(kStatuses[data[0] % kStatuses.size()]);
  response.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
  if ((data[1] & 1U) != 0) response.headers.push_back({"Content-Type", "application/json"});
  if ((data[1] & 2U) != 0) response.headers.push_back({"Retry-After", response.body.substr(0, 40)});
  if ((data[1] & 4U) != 0)
    response.headers.push_back({"X-RateLimit-Reset", response.body.substr(0, 20)});
  if ((data[1] & 8U) != 0) response.headers.push_back({"Date", response.body.substr(0, 40)});

  const forwarding::DeliveryContext context = {record, "S1", "test", "key", true, WallTime()};
  const Verdict uploaded = servicemobility.judge(context, response);
  check(uploaded, response);
  // Only ServiceMobility gets the code, so only it could repeat it.
  INVARIANT(uploaded.why.find("483935842877") == std::string::npos);
  check(cmdb.judge(context, response), response);
  check(cmdb.judge_look_up(context, response), response);
  (void)servicemobility.judge_login(response);
  (void)cmdb.judge_login(response);
  return 0;
}
