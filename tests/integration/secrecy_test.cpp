// Nothing of what a technician typed or was shown stands in any file of the device in clear: not in
// the store, not in its write-ahead log, not in the agent's log, whatever went wrong.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "crypto/identifier.hpp"
#include "crypto/unicode.hpp"
#include "crypto/validation_code.hpp"
#include "platform/asio/http_server.hpp"
#include "tests/integration/http_call.hpp"

namespace handover::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSerial =
    "ZQX-Ünit-\xEF\xBC\x97\xEF\xBC\x97-Plant";  // With full-width digits, which fold.
constexpr const char* kProduct = "QuibbleSwitch-9000";
constexpr const char* kOtherUser = "Tech.Zephyr.Q";
constexpr const char* kOtherFirst = "Zephyrine";
constexpr const char* kOtherLast = "Quastenbaum";
constexpr const char* kSite = "c/o Quibble & Söhne, Gasse 9";
constexpr const char* kWorkOrder = "WO-PLANT-081516";
constexpr const char* kOtherPlace = "VAN-QUIBBLE-22";
constexpr const char* kPlantedPassword = "plant3d-passw0rd";
constexpr const char* kAssetTag = "TAG-PLANT-4242";
constexpr const char* kReason = "Quibbled away by hand";
constexpr const char* kApiKey = "key-of-ZQX-plant";

std::string utf16(std::string_view text) {
  std::string wide;
  while (!text.empty()) {
    const auto code_point = crypto::take_code_point(text);
    REQUIRE((code_point && *code_point < 0x10000));
    wide += char(*code_point & 0xFFU);
    wide += char((*code_point >> 8U) & 0xFFU);
  }
  return wide;
}

/// The text in every form in which it could have been written down.
std::set<std::string> forms_of(const std::string& text) {
  std::set<std::string> forms = {text};
  if (const auto canonical = crypto::canonical_optional_identifier(text)) forms.insert(*canonical);
  const std::string quoted = Json(text).dump();
  forms.insert(quoted.substr(1, quoted.size() - 2));
  std::set<std::string> all = forms;
  for (const auto& form : forms) all.insert(utf16(form));
  return all;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What a person wrote, or is told to keep safe.
bool is_of_a_person(const fs::path& path) {
  static const std::set<std::string> kNames = {"handover.toml", "store.key", "api.token",
                                               "validation.keys", "back-end.password"};
  return kNames.contains(path.filename().string());
}

/// The files below `folder` that hold one of `planted` in some form, with what they hold.
std::vector<std::string> find_planted(const std::string& folder,
                                      const std::vector<std::string>& planted, std::size_t& files) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || is_of_a_person(entry.path())) continue;
    ++files;
    const std::string content = read_file(entry.path());
    for (const auto& text : planted) {
      for (const auto& form : forms_of(text)) {
        if (content.find(form) != std::string::npos)
          found.push_back(entry.path().string() + ": " + text);
      }
    }
  }
  return found;
}

/// A back-end that repeats what it was sent in every error, as careless servers do.
class EchoingServer {
 public:
  EchoingServer() {
    auto started = net::HttpServer::listen(
        io_.get_executor(), "127.0.0.1:0", {},
        [this](const HttpRequest& request, const net::Reply& reply) { answer(request, reply); });
    REQUIRE(started);
    server_ = std::move(*started);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~EchoingServer() {
    boost::asio::post(io_, [this] { server_->stop(); });
    thread_.join();
  }
  EchoingServer(const EchoingServer&) = delete;
  EchoingServer& operator=(const EchoingServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://" + server_->address(); }
  /// Answers everything but logins with this status from now on.
  void set_status(int status) { status_ = status; }
  void refuse_logins() { logins_ = false; }

 private:
  void answer(const HttpRequest& request, const net::Reply& reply) {
    const bool login = request.target == "/createjwt" && logins_;
    HttpResponse response(login ? 200 : request.target == "/createjwt" ? 401 : status_.load());
    response.headers.push_back({"Content-Type", "application/json"});
    const std::string echo = "cannot take " + request.body + " for " + request.target;
    Json body = Json::object(
        {{"status", Json(std::int64_t{response.status})}, {"title", "Error"}, {"detail", echo}});
    body.set("error", Json::object({{"message", echo}, {"detail", echo}}));
    response.body = login ? R"({"token":"abc"})" : body.dump();
    reply(response);
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<net::HttpServer> server_;
  std::atomic<int> status_ = 503;
  std::atomic<bool> logins_ = true;
  std::thread thread_;
};

Json planted_usage(const char* module, const char* quantity_field) {
  return usage_body(module, kWorkOrder, "VAN-17",
                    {usage_line(kProduct, quantity_field, "1", kSerial)}, kSite);
}

Json planted_event() {
  return Json::object({{"event", "receipt"},
                       {"location", kOtherPlace},
                       {"stockroom", kOtherPlace},
                       {"items", Json::array({Json::object({{"serialNumber", kSerial},
                                                            {"manufacturerPartNumber", kProduct},
                                                            {"asset_tag", kAssetTag}})})}});
}

/// Input that is refused, with planted texts as values, as names of members, in the path and in
/// headers.
void send_refused_input(const Device& device) {
  const std::string serial = kSerial;
  std::vector<HttpCall> calls(6);
  calls[0].target = "/v1/usages";
  calls[0].body = Json::object({{serial, kWorkOrder}, {"usage", kSite}}).dump();
  calls[1].target = "/v1/usages";
  calls[1].body = planted_usage("1003", "OutQty").dump();
  calls[2].target = "/v1/transfers/" + std::string(kWorkOrder) + "/code";
  calls[2].body = Json::object({{"code", kSerial}}).dump();
  calls[3].target =
      "/v1/records/" + std::string(kWorkOrder) + "/deliveries/" + kOtherUser + "/retry";
  calls[4].target = "/v1/asset-events";
  calls[4].body = "{\"event\":\"" + serial + "\",";
  calls[5].target = "/v1/sync?" + std::string(kOtherUser) + "=" + kWorkOrder;
  calls[5].more_headers = {"Idempotency-Key: " + std::string(kApiKey),
                           "X-Planted: " + std::string(kOtherLast)};
  for (const HttpCall& call : calls) {
    const HttpAnswer answer = send(device, call);
    INFO(call.target << " was answered " << answer.body);
    CHECK((answer.status >= 400 && answer.status < 500));
  }
}

/// A mismatch, a mistyped and a right code; returns every code that was shown.
std::vector<std::string> exchange_codes(const Device& sender, const Device& receiver) {
  const std::vector<Json> lines = {transfer_line(kProduct, "1", kSerial),
                                   transfer_line("CAT6-3M", "5")};
  const std::vector<Json> miscounted = {transfer_line(kProduct, "1", kSerial),
                                        transfer_line("CAT6-3M", "4")};
  const Json offer = must(sender, 201, "/v1/transfers",
                          transfer_body("outbound", sender, receiver, lines), kApiKey);
  const std::string code = offer.text_of("public_code");
  const Json receipt =
      must(receiver, 201, "/v1/transfers", transfer_body("inbound", receiver, sender, miscounted));
  const std::string target = "/v1/transfers/" + receipt.text_of("id");
  must(receiver, 422, target + "/code", Json::object({{"code", code}}));
  must(receiver, 422, target + "/code", Json::object({{"code", code.substr(1)}}));
  must(receiver, 200, target + "/cancel", {});
  const Json again = must(sender, 200, "/v1/transfers/" + offer.text_of("id") + "/offer", {});
  const HandOver done = hand_over(sender, receiver, lines);
  return {code, again.text_of("public_code"), done.sender_code, done.receiver_code};
}

void add_codes(std::vector<std::string>& planted, const std::vector<std::string>& codes) {
  for (const auto& code : codes) {
    REQUIRE(code.size() >= 8);
    planted.push_back(code);
    planted.push_back(crypto::group_code(code));
  }
}

std::vector<std::string> planted_texts() {
  return {kSerial,    kProduct,    kOtherUser,       kOtherFirst, kOtherLast, kSite,
          kWorkOrder, kOtherPlace, kPlantedPassword, kAssetTag,   kReason,    kApiKey};
}

/// A device of the other technician, whose name and van are among the planted texts.
sim::DeviceSettings other_technician(World& world) {
  sim::DeviceSettings settings;
  settings.user = kOtherUser;
  settings.first_name = kOtherFirst;
  settings.last_name = kOtherLast;
  settings.location = kOtherPlace;
  settings.lanes_toml =
      sim::lanes_toml({.servicemobility_url = world.back_ends().url(kServiceMobility),
                       .cmdb_url = world.back_ends().url(kCmdb)});
  return settings;
}

bool stops(const Device& device) {
  return eventually(
      [&] { return lane_status(device, "servicemobility").text_of("state") == "stopped"; });
}

void check_nothing_planted(const std::string& folder, const std::vector<std::string>& planted) {
  std::size_t files = 0;
  const auto found = find_planted(folder, planted, files);
  std::string list;
  for (const auto& one : found) list += one + "\n";
  INFO(list);
  CHECK(found.empty());
  CHECK(files >= 2);
  CHECK(read_file(folder + "/agent.log").size() > 50);
  CHECK(read_file(folder + "/handover.db").size() > 4096);
}

}  // namespace

TEST_CASE("integration: the search of these tests finds what is there", "[integration]") {
  const TemporaryFolder folder;
  std::size_t files = 0;
  folder.write("a.log", "x " + utf16(kOtherLast));
  folder.write("b.log", *crypto::canonical_optional_identifier(kSerial));
  folder.write("handover.toml", kSite);
  CHECK(find_planted(folder.path(), planted_texts(), files).size() == 2);
  CHECK(files == 2);
}

TEST_CASE(
    "integration: no serial number, code, name, site or work order stands in a file of the device",
    "[integration]") {
  World world;
  const Device sender = world.start_van_17();
  const Device receiver = world.make_device(other_technician(world), sender);
  REQUIRE(receiver->start());
  std::vector<std::string> planted = planted_texts();

  must(sender, 201, "/v1/asset-events", planted_event());
  must(sender, 201, "/v1/usages", planted_usage("1001", "InQty"));
  add_codes(planted, exchange_codes(sender, receiver));
  send_refused_input(sender);
  drain(sender);
  drain(receiver);
  // Refused by the back-ends, with their words about it, and given up.
  world.add_fault(kServiceMobility, "unknown_product:1");
  const std::string refused =
      must(sender, 201, "/v1/usages", planted_usage("1002", "OutQty")).text_of("id");
  REQUIRE(eventually([&] {
    return delivery_of(sender, refused, "servicemobility").text_of("state") == "quarantined";
  }));
  must(sender, 200, "/v1/records/" + refused + "/deliveries/servicemobility/discard",
       Json::object({{"reason", kReason}}));
  drain(sender);
  drain(receiver);
  // Logins that fail stop the lane.
  std::ofstream(sender->directory() + "/back-end.password", std::ios::trunc)
      << kPlantedPassword << "\n";
  world.add_fault(kServiceMobility, "expired_tokens:1:/seiapi");
  must(sender, 201, "/v1/usages",
       usage_body("1004", kWorkOrder, "VAN-17", {usage_line(kProduct, "OutQty", "1")}));
  REQUIRE(stops(sender));

  CHECK(sender->stop() == 0);
  must(receiver, 201, "/v1/usages",
       usage_body("1004", kWorkOrder, kOtherPlace, {usage_line(kProduct, "InQty", "1", kSerial)}));
  receiver->kill_now();
  CHECK(fs::file_size(receiver->directory() + "/handover.db-wal") > 0);
  check_nothing_planted(sender->directory(), planted);
  // The receiver's own user and place name its device, and so its log; they are no secret there.
  std::erase(planted, kOtherPlace);
  std::erase(planted, kOtherUser);
  check_nothing_planted(receiver->directory(), planted);
}

TEST_CASE("integration: a back-end that repeats what it was sent puts nothing of it into the log",
          "[integration]") {
  World world;
  EchoingServer echo;
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  settings.lanes_toml =
      sim::lanes_toml({.servicemobility_url = echo.url(), .cmdb_url = echo.url()});
  const Device device = world.make_device(std::move(settings));
  std::ofstream(device->directory() + "/back-end.password", std::ios::trunc)
      << kPlantedPassword << "\n";
  REQUIRE(device->start());
  const Device receiver = world.make_device(other_technician(world), device);
  REQUIRE(receiver->start());
  std::vector<std::string> planted = planted_texts();
  const HandOver done = hand_over(device, receiver, {transfer_line(kProduct, "1", kSerial)});
  add_codes(planted, {done.sender_code, done.receiver_code});
  must(device, 201, "/v1/usages", planted_usage("1001", "InQty"));

  for (const int status : {503, 500, 429, 502, 403, 404}) {
    echo.set_status(status);
    must(device, 202, "/v1/sync", {});
    const std::string number = std::to_string(status);
    INFO(number);
    CHECK(eventually([&] {
      return lane_status(device, "servicemobility").text_of("last_error").find(number) !=
             std::string::npos;
    }));
  }
  echo.refuse_logins();
  must(device, 202, "/v1/sync", {});
  CHECK(eventually([&] {
    return lane_status(device, "servicemobility").text_of("last_error").find("401") !=
           std::string::npos;
  }));
  CHECK(lane_status(device, "servicemobility").text_of("last_error").find(kPlantedPassword) ==
        std::string::npos);

  device->kill_now();
  check_nothing_planted(device->directory(), planted);
}

}  // namespace handover::test
