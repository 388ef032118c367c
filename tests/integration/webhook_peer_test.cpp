// Webhook calls made by others: events by the CloudEvents SDK, tokens by jsonwebtoken, over Node's
// own TLS (tests/peers/webhook).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/integration/site.hpp"

namespace handover::test {
namespace {

std::string peers_folder() {
  const char* folder = std::getenv("HANDOVER_PEERS");
  return folder != nullptr ? folder : std::string(HANDOVER_SOURCE_DIR) + "/build/peers";
}

Json call_of(const std::string& type, const std::string& id, std::string_view object,
             std::string_view more = "{}") {
  Json row = Json::object({{"rowver", "r-" + id}});
  row.set(type, json(object));
  Json data = Json::object({{"rowver", "r-" + id}, {"rows", Json::array({std::move(row)})}});
  Json call = Json::object({{"type", type}, {"id", id}, {"data", std::move(data)}});
  const Json others = json(more);
  for (const auto& [name, value] : others.members()) call.set(name, value);
  return call;
}

constexpr const char* kUsage =
    R"({"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:00:00Z","RefModule":"1001","RefObjID":"L-1",)"
    R"("StorageLocations":[{"StorageLocationID":"VAN-17","Items":[{"ProdNum":"WS-C3850-48U-S",)"
    R"("InQty":1.0,"OutQty":0.0,"SerialNum":"SN-1"}]}]})";

/// A site with TLS, and the peer that calls it.
class Peer {
 public:
  explicit Peer(World& world) : site(start_site(world, tls_section())) {}

  /// The status of each call, and the bodies of their answers.
  std::vector<int> send(std::vector<Json> calls) {
    const std::string modules = peers_folder() + "/webhook/node_modules";
    if (!std::filesystem::exists(modules + "/cloudevents"))
      FAIL("the peers are not installed below " << modules << "; run scripts/setup");
    std::string key = kSiteKeys;
    key.pop_back();
    Json plan = Json::object({{"url", "https://" + webhook_address(site) + "/sm"}});
    plan.set("ca", site->directory() + "/ca.crt").set("key", key);
    Json list = Json::array();
    for (Json& call : calls) list.push_back(std::move(call));
    plan.set("calls", std::move(list));
    const std::string file = site->directory() + "/plan.json";
    write_private(file, plan.dump());
    return run("NODE_PATH='" + modules +
               "' node '" HANDOVER_SOURCE_DIR "/tests/peers/webhook/send.cjs' '" + file + "' 2>&1");
  }

  Device site;
  std::vector<std::string> bodies;

 private:
  std::vector<int> run(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += char(c);
    const int ended = ::pclose(pipe);
    INFO(said);
    REQUIRE(ended == 0);
    std::vector<int> statuses;
    bodies.clear();
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
      const Json answer = json(line);
      statuses.push_back(int(number(answer, "status")));
      bodies.push_back(answer.text_of("body"));
    }
    return statuses;
  }
};

}  // namespace

TEST_CASE("integration: events of the CloudEvents SDK are taken in, each id once",
          "[integration][webhook][peer]") {
  World world;
  Peer peer(world);
  constexpr const char* kTransfer =
      R"({"FromStorageLocation":"VAN-17","Items":[{"ProdNum":"P1","Qty":1.0,"SerialNum":"SN-2"}],)"
      R"("ToStorageLocation":"VAN-22","TransferType":"1001","TransferUTC":"2026-11-22T10:00:00Z",)"
      R"("UserID":"tech.17","ValidationCode":{"PublicCode":"1","PrivateCode":"2"}})";
  CHECK(peer.send({call_of("InventoryUsage", "e-1", kUsage),
                   call_of("InventoryTransfer", "e-2", kTransfer),
                   call_of("LoadInventory", "e-3", R"({"LoadNum":"L-1"})"),
                   call_of("PhysicalInventoryRequest", "e-4", R"({"PhysicalInventoryNum":"7"})"),
                   call_of("InventoryUsage", "e-1", kUsage),
                   call_of("InventoryUsage", "e-1", R"({"other":"words"})")}) ==
        std::vector<int>(6, 200));
  std::vector<std::string> kinds;
  for (const Json& record : all_records(peer.site)) kinds.push_back(record.text_of("kind"));
  CHECK(kinds == std::vector<std::string>{"usage", "transfer", "notice", "notice"});
  CHECK(number(intake(peer.site), "payloads_repeated") == 2);
  CHECK(number(intake(peer.site), "payloads_conflicting") == 1);
  drain(peer.site);
  std::vector<std::string> units;
  const Json cmdb = world.back_ends().state(kCmdb);
  for (const Json& asset : member(cmdb, "assets").items())
    units.push_back(asset.text_of("serial_number"));
  CHECK(units == std::vector<std::string>{"SN-1", "SN-2"});
}

TEST_CASE("integration: events in CloudEvents' other modes are refused with a reason",
          "[integration][webhook][peer]") {
  World world;
  Peer peer(world);
  CHECK(peer.send({call_of("InventoryUsage", "e-1", kUsage, R"({"mode":"binary"})"),
                   call_of("InventoryUsage", "e-2", kUsage, R"({"mode":"batch"})")}) ==
        std::vector<int>{500, 500});
  CHECK(peer.bodies.at(0).find(R"("path":"/id")") != std::string::npos);
  CHECK(peer.bodies.at(1).find("Content-Type") != std::string::npos);
  CHECK(all_records(peer.site).empty());
}

TEST_CASE("integration: tokens of jsonwebtoken, right and wrong ones",
          "[integration][webhook][peer]") {
  World world;
  Peer peer(world);
  const auto answer = [&](std::string_view token) {
    static int number = 0;
    const std::string more = R"({"token":)" + std::string(token) + "}";
    return peer.send({call_of("InventoryUsage", "t-" + std::to_string(++number), kUsage, more)})
        .at(0);
  };
  CHECK(answer("{}") == 200);
  CHECK(answer(R"({"claims":{"email":"a@b.example","expdb":60}})") == 200);
  CHECK(answer(R"({"options":{"notBefore":0,"issuer":"x","audience":"y","jwtid":"z"}})") == 200);
  // Within the leeway of a minute.
  CHECK(answer(R"({"options":{"expiresIn":-30}})") == 200);
  CHECK(answer(R"({"options":{"expiresIn":-90}})") == 401);
  CHECK(peer.bodies.at(0).find("expired") != std::string::npos);
  CHECK(answer(R"({"options":{"expiresIn":null}})") == 401);
  CHECK(answer(R"({"options":{"notBefore":"5m"}})") == 401);
  CHECK(answer(R"({"key":"another key, of the same good length as ours"})") == 401);
  for (const char* algorithm : {"HS384", "HS512", "RS256", "none"})
    CHECK(answer(R"({"options":{"algorithm":")" + std::string(algorithm) + R"("}})") == 401);
  CHECK(answer(R"("")") == 401);
  CHECK(number(intake(peer.site), "payloads") == 4);
}

}  // namespace handover::test
