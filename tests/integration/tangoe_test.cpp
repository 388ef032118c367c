// Telecom items through the whole program: the installed agent, its command line, a real socket,
// and the simulated Tangoe.
#include <fstream>

#include "tests/integration/program.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

constexpr auto kTangoe = sim::BackEndName::kTangoe;
constexpr const char* kWrites = ":/asentinelws/services/write/";

/// tech.22 with VAN-22, whose configuration has a Tangoe lane besides the other two; not started.
Device with_tangoe_lane(World& world, const Device& like = nullptr) {
  sim::DeviceSettings settings;
  settings.user = "tech.22";
  settings.location = "VAN-22";
  Device device = world.make_device(std::move(settings), like);
  std::ofstream config(device->config_file(), std::ios::app);
  config << "\n[[lanes]]\nname = \"tangoe\"\nkind = \"tangoe\"\nurl = \""
         << world.back_ends().url(kTangoe)
         << "/asentinelws/services/\"\nusername = \"tech.22\"\n"
            "password_file = \"back-end.password\"\n"
            "employees = { \"tech.22\" = \"E1022\" }\n"
            "[[lanes.items]]\nproducts = [\"IPHONE-*\"]\nservice_type = \"Wireless\"\n"
            "adds = [\"receipt\"]\n"
            "new_item = { costCenterNo = \"4100\", vendor = \"Verizon\", status = \"true\" }\n";
  return device;
}

void put_phone(World& world) {
  REQUIRE(world.back_ends().configure(
      kTangoe, json(R"({"items":[{"serviceTypeID":"6","inventoryNumber":"555-0100",)"
                    R"("vendor":"Verizon","assignedTo":"E1017","locationNo":"VAN-17"}]})")));
}

Json phone(World& world, std::size_t index = 0) {
  return member(world.back_ends().state(kTangoe), "items").items().at(index);
}

std::int64_t times(World& world, std::string_view operation) {
  const Json counts = world.back_ends().counts(kTangoe);
  const Json* found = member(counts, "operations").find(operation);
  return found == nullptr ? 0 : std::stoll(found->text());
}

TEST_CASE("integration: a handed over handset reaches Tangoe as an edit, though its answer is lost",
          "[integration][tangoe]") {
  World world;
  put_phone(world);
  const Device sender = world.start_van_17();
  const Device receiver = with_tangoe_lane(world, sender);
  REQUIRE(receiver->start());
  world.add_fault(kTangoe, std::string("lost_reply:1") + kWrites);

  hand_over(sender, receiver, {transfer_line("IPHONE-17", "1", "555-0100")});
  receiver->kill_now();
  REQUIRE(receiver->start());
  drain(receiver);

  const Json edited = phone(world);
  CHECK(edited.text_of("assignedTo") == "E1022");
  CHECK(edited.text_of("locationNo") == "VAN-22");
  CHECK(edited.text_of("vendor") == "Verizon");
  CHECK(times(world, "EditInventoryItem") == 1);
  CHECK(times(world, "GetInventoryItem") >= 1);
}

TEST_CASE("integration: what Tangoe refuses waits for a person, with its words",
          "[integration][tangoe]") {
  World world;
  const Device device = with_tangoe_lane(world);
  REQUIRE(device->start());

  // Not there, so it cannot be edited.
  const Json record = must(
      device, 201, "/v1/usages",
      usage_body("1001", "LOAD-1", "VAN-22", {usage_line("IPHONE-17", "InQty", "1", "555-0111")}));
  REQUIRE(eventually([&] {
    return delivery_of(device, record.text_of("id"), "tangoe").text_of("state") == "quarantined";
  }));

  const Json delivery = delivery_of(device, record.text_of("id"), "tangoe");
  CHECK(delivery.text_of("why").find("(555-0111)") != std::string::npos);
  CHECK(times(world, "EditInventoryItem") == 4);
}

TEST_CASE("integration: an operator asks and changes Tangoe from the command line",
          "[integration][tangoe]") {
  World world;
  put_phone(world);
  const Device device = with_tangoe_lane(world);
  const auto run = [&](int code, std::vector<std::string> words) {
    words.insert(words.begin(), "tangoe");
    words.insert(words.end(), {"--config", device->config_file()});
    Program program(words, world.folder().file("said"));
    const int ended = program.wait();
    INFO(program.said());
    CHECK(ended == code);
    return program.said();
  };
  const auto has = [](const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
  };
  CHECK(has(run(0, {"types"}), "Wireless"));
  CHECK(has(run(0, {"fields", "--service-type", "Internet"}), "Circuit owner"));
  CHECK(has(run(0, {"get", "555-0100", "--service-type", "Wireless"}), "E1017"));
  CHECK(has(run(1, {"get", "555-0100", "--service-type", "Local"}), "(555-0100)"));
  for (int i = 1; i <= 5; ++i) {
    run(0,
        {"add", "n" + std::to_string(i), "--service-type", "6", "--set", "costCenterNo=4100",
         "--set", "vendor=Verizon", "--set", "dateActivated=11/22/2026", "--set", "status=true"});
  }
  // Refused before anything is sent.
  CHECK(has(run(1, {"add", "n6", "--service-type", "6"}), "costCenterNo"));
  CHECK(has(run(2, {"edit", "n1", "--service-type", "6", "--set", "colour=red"}), "colour"));
  CHECK(times(world, "AddInventoryItem") == 5);
  CHECK(has(run(0, {"edit", "n1", "--service-type", "Wireless", "--set", "assignedTo=E1022",
                    "--custom", "Colour=red"}),
            "Changed"));
  const std::string found = run(
      0, {"find", "--service-type", "6", "--where", "costCenterNo=4100", "--page", "2", "--json"});
  const Json list = json(found);
  CHECK(member(list, "items").items().size() == 5);
  CHECK(number(list, "total") == 5);
  CHECK(member(list, "complete").boolean());
  const Json some =
      json(run(0, {"find", "--service-type", "6", "--page", "2", "--most", "3", "--json"}));
  CHECK(member(some, "items").items().size() == 3);
  CHECK_FALSE(member(some, "complete").boolean());
  CHECK(has(run(0, {"log", "n1", "--service-type", "6"}), "Edit"));
  CHECK(has(run(2, {"log", "n1"}), "--service-type"));

  // A lost answer is looked up.
  world.add_fault(kTangoe, std::string("lost_reply:1") + kWrites);
  CHECK(has(run(0, {"edit", "n2", "--service-type", "6", "--set", "comments=new"}),
            "the answer was lost") == false);
  CHECK(times(world, "EditInventoryItem") == 2);
  // Security is off there, and on here.
  REQUIRE(world.back_ends().configure(kTangoe, json(R"({"secured":false})")));
  CHECK(has(run(4, {"types"}), "security = \"none\""));
}

}  // namespace
}  // namespace handover::test
