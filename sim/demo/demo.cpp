#include "sim/demo/demo.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <thread>

#include "crypto/validation_code.hpp"
#include "platform/asio/local_client.hpp"
#include "sim/demo/bodies.hpp"
#include "sim/demo/story.hpp"
#include "sim/devices/post_json.hpp"

namespace handover::sim {
namespace {

constexpr std::chrono::seconds kDrainTime{40};
constexpr int kOffersMax = 3;

// The parts of the source documents: their warehouse samples, byte for byte.
constexpr const char* kWarehouseReceipts[] = {
    R"({"name":"CUST0033","serialNumber":"CUST0033","manufacturerPartNumber":"TE-1405-HW-AC-B",)"
    R"("location":"WWT","state":"instock","stockroom":"WWT","asset_tag":"UPS-CUST0033","revLog":null})",
    R"({"name":"FCW1950C12F","serialNumber":"FCW1950C12F","manufacturerPartNumber":"WS-C3850-48U-S",)"
    R"("location":"WWT","state":"instock","stockroom":"WWT","asset_tag":"No Asset Tag","revLog":"true"})",
    R"({"name":"CUSTDC07","serialNumber":"CUSTDC07","manufacturerPartNumber":"C9800-40-K9",)"
    R"("location":"c/o Customer","state":"intransit","stockroom":"WWT","asset_tag":"FWL-CUSTDC07",)"
    R"("revLog":"false"})",
};
// Those of the chapters about Tangoe and the webhook.
constexpr const char* kFurtherReceipts[] = {
    R"({"name":"555-0100","serialNumber":"555-0100","manufacturerPartNumber":"IPHONE-17",)"
    R"("location":"WWT","state":"instock","stockroom":"WWT","asset_tag":"No Asset Tag","revLog":null})",
    R"({"name":"FCW2024B0A1","serialNumber":"FCW2024B0A1","manufacturerPartNumber":"WS-C3850-48U-S",)"
    R"("location":"WWT","state":"instock","stockroom":"WWT","asset_tag":"No Asset Tag","revLog":null})",
};

/// The parts that change hands, as one of the two counts them.
Json parts(const char* cables) {
  return Json::array({item("WS-C3850-48U-S", "1", "FCW1950C12F"),
                      item("C9800-40-K9", "1", "CUSTDC07"),
                      item("TE-1405-HW-AC-B", "1", "CUST0033"), item("CAT6-3M", cables, "")});
}

std::string swap_two_digits(std::string code) {
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    if (code[i] != code[i + 1]) {
      std::swap(code[i], code[i + 1]);
      return code;
    }
  }
  return code;
}

std::int64_t waiting(const Json& status) {
  std::int64_t count = 0;
  const Json* lanes = status.find("lanes");
  if (lanes == nullptr) return -1;
  for (const Json& lane : lanes->items())
    count += std::stoll(lane.text_of("pending")) + std::stoll(lane.text_of("unknown"));
  return count;
}

std::string number_in(const Json& state, const char* name) { return state.text_of(name); }

}  // namespace

Error wrong(std::string what) { return Error::refused("demo-failed", std::move(what)); }

Result<void> Demo::run() {
  RETURN_IF_ERROR(set_up());
  RETURN_IF_ERROR(warehouse_reports_its_receipts());
  RETURN_IF_ERROR(load_the_van());
  RETURN_IF_ERROR(offer());
  RETURN_IF_ERROR(receive_with_a_wrong_count());
  RETURN_IF_ERROR(receive_rightly());
  RETURN_IF_ERROR(sender_completes());
  RETURN_IF_ERROR(hand_over_handset());
  RETURN_IF_ERROR(use_a_part());
  RETURN_IF_ERROR(order_service());
  RETURN_IF_ERROR(sender_sleeps());
  RETURN_IF_ERROR(coverage_returns());
  RETURN_IF_ERROR(set_up_site());
  RETURN_IF_ERROR(report_by_webhook());
  RETURN_IF_ERROR(compare_with_the_back_ends());
  RETURN_IF_ERROR(import_receipts());
  if (settings_.stay) stay();
  return {};
}

Result<void> Demo::set_up() {
  tell_step(
      "Two handhelds, two agents, two encrypted stores. They share nothing but the company's "
      "validation keys, and a certificate of the company for each.");
  BackEndServersSettings settings;
  settings.seed = settings_.seed;
  for (auto* users : {&settings.servicemobility.users, &settings.cmdb.users, &settings.cisco.users,
                      &settings.tangoe.users})
    (*users)["handover"] = "demo-password";
  TRY_ASSIGN(back_ends_, BackEndServers::start(std::move(settings)));
  RETURN_IF_ERROR(put_handset_into_tangoe());
  const std::string lanes =
      lanes_toml({.servicemobility_url = back_ends_->url(BackEndName::kServiceMobility),
                  .cmdb_url = back_ends_->url(BackEndName::kCmdb)}) +
      tangoe_lane_toml(back_ends_->url(BackEndName::kTangoe));
  const std::string company_key = settings_.directory + "/company.key";
  TRY_ASSIGN(const int made, run_program({program_folder() + "/handover", "enrollment",
                                          "company-key", "--out", company_key},
                                         settings_.directory + "/company-key.log"));
  if (made != 0) return fail(wrong("the company's key could not be made"));
  DeviceSettings sender;
  sender.company_key = company_key;
  TRY_ASSIGN(sender.page_address, unused_loopback_address());
  sender.directory = settings_.directory + "/van-17";
  sender.user = "tech.17";
  sender.location = "VAN-17";
  sender.lanes_toml = lanes;
  TRY_ASSIGN(sender_, DeviceProcess::make(std::move(sender)));
  DeviceSettings receiver;
  receiver.company_key = company_key;
  TRY_ASSIGN(receiver.page_address, unused_loopback_address());
  receiver.directory = settings_.directory + "/van-22";
  receiver.user = "tech.22";
  receiver.location = "VAN-22";
  receiver.lanes_toml = lanes + cisco_lane_toml(back_ends_->url(BackEndName::kCisco));
  receiver.key_ring = sender_->key_ring_file();
  TRY_ASSIGN(receiver_, DeviceProcess::make(std::move(receiver)));
  tell("van-17 (tech.17) in " + sender_->directory());
  tell("van-22 (tech.22) in " + receiver_->directory());
  return {};
}

Result<void> Demo::warehouse_reports_its_receipts() {
  tell_step(
      "Yesterday the warehouse told the CMDB of its units, with the sample messages of its own "
      "integration.");
  for (const char* receipt : kWarehouseReceipts) RETURN_IF_ERROR(post_receipt(receipt));
  tell("WS-C3850-48U-S FCW1950C12F, C9800-40-K9 CUSTDC07, TE-1405-HW-AC-B CUST0033");
  for (const char* receipt : kFurtherReceipts) RETURN_IF_ERROR(post_receipt(receipt));
  tell("IPHONE-17 555-0100, WS-C3850-48U-S FCW2024B0A1");
  for (const BackEndName name : kBackEndNames) back_ends_->stop(name);
  tell("Now there is no coverage: no back-end answers.");
  RETURN_IF_ERROR(sender_->start());
  return receiver_->start();
}

Result<void> Demo::post_receipt(const char* receipt) {
  TRY_ASSIGN(const int status,
             post_json(back_ends_->url(BackEndName::kCmdb) + "/api/now/import/u_wwt_asset", receipt,
                       "handover", "demo-password"));
  if (status != 201) return fail(wrong("the CMDB did not take a receipt"));
  return {};
}

Result<void> Demo::load_the_van() {
  tell_step("van-17 takes in its load, offline.");
  Json items = Json::array({moved("WS-C3850-48U-S", "InQty", "1", "FCW1950C12F"),
                            moved("C9800-40-K9", "InQty", "1", "CUSTDC07"),
                            moved("TE-1405-HW-AC-B", "InQty", "1", "CUST0033"),
                            moved("CAT6-3M", "InQty", "10", "")});
  TRY_ASSIGN(const Json record, must(*sender_, "the load", 201, "/v1/usages",
                                     usage_body("1001", "LOAD-2031", "VAN-17", std::move(items))));
  tell("recorded as number " + record.text_of("seq") +
       "; it waits for ServiceMobility and the CMDB");
  return {};
}

Result<void> Demo::offer() {
  tell_step("tech.17 hands over three units and 5 cables. His device shows the sender code.");
  TRY_ASSIGN(const Json transfer, must(*sender_, "the offer", 201, "/v1/transfers",
                                       transfer_body("outbound", "tech.22", parts("5"))));
  offer_id_ = transfer.text_of("id");
  sender_code_ = transfer.text_of("public_code");
  tell("sender code:  " + crypto::group_code(sender_code_));
  return {};
}

Result<void> Demo::receive_with_a_wrong_count() {
  tell_step("tech.22 counts 4 cables, and on top of that swaps two digits of the code.");
  TRY_ASSIGN(const Json receipt, must(*receiver_, "the receipt", 201, "/v1/transfers",
                                      transfer_body("inbound", "tech.17", parts("4"))));
  const std::string target = "/v1/transfers/" + receipt.text_of("id");
  TRY_ASSIGN(const Json mistyped, must(*receiver_, "a mistyped code", 422, target + "/code",
                                       Json::object({{"code", swap_two_digits(sender_code_)}})));
  tell("mistyped:     " + mistyped.text_of("detail") +
       " (tries left: " + mistyped.text_of("tries_left") + ")");
  if (mistyped.text_of("tries_left") != "5") return fail(wrong("a mistyped code cost a try"));

  std::size_t differing = 0;
  for (int offers = 1; differing == 0 && offers <= kOffersMax; ++offers) {
    // Two digits a line: once in a hundred the wrong line has the same by chance, and the sender
    // offers again.
    if (offers > 1) RETURN_IF_ERROR(offer_again());
    TRY_ASSIGN(const Json mismatch, must(*receiver_, "a mismatch", 422, target + "/code",
                                         Json::object({{"code", sender_code_}})));
    tell("right digits: " + mismatch.text_of("detail") +
         " (tries left: " + mismatch.text_of("tries_left") + ")");
    TRY_ASSIGN(differing, compare_line_checks(mismatch));
  }
  if (differing != 1) return fail(wrong("the line checks do not show exactly the wrong line"));
  return must(*receiver_, "the cancellation", 200, target + "/cancel", {}).map([](const Json&) {});
}

Result<void> Demo::offer_again() {
  TRY_ASSIGN(const Json transfer,
             must(*sender_, "the new offer", 200, "/v1/transfers/" + offer_id_ + "/offer", {}));
  sender_code_ = transfer.text_of("public_code");
  tell("offered again: " + crypto::group_code(sender_code_));
  return {};
}

Result<std::size_t> Demo::compare_line_checks(const Json& mismatch) {
  TRY_ASSIGN(const Answer own, sender_->call("GET", "/v1/transfers/" + offer_id_));
  const Json* theirs = mismatch.find("line_checks");
  const Json* ours = own.body.find("line_checks");
  const std::array rows = {"header", "C9800-40-K9", "CAT6-3M", "TE-1405-HW-AC-B", "WS-C3850-48U-S"};
  if (theirs == nullptr || ours == nullptr || theirs->items().size() != rows.size() ||
      ours->items().size() != rows.size()) {
    return fail(wrong("the two devices have no line checks to compare"));
  }
  std::vector<std::vector<std::string>> table = {{"line", "van-17", "van-22", ""}};
  std::size_t differing = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool same = ours->items()[i] == theirs->items()[i];
    differing += same ? 0 : 1;
    table.push_back({rows[i], ours->items()[i].text(), theirs->items()[i].text(),
                     same ? "" : "<- count this one again"});
  }
  tell_table(table);
  return differing;
}

Result<void> Demo::receive_rightly() {
  tell_step("tech.22 counts again: 5. Now the code fits, and his device shows the receiver code.");
  TRY_ASSIGN(const Json receipt, must(*receiver_, "the receipt", 201, "/v1/transfers",
                                      transfer_body("inbound", "tech.17", parts("5"))));
  receipt_id_ = receipt.text_of("id");
  const std::string target = "/v1/transfers/" + receipt_id_;
  TRY_ASSIGN(const Json done, must(*receiver_, "the sender code", 200, target + "/code",
                                   Json::object({{"code", sender_code_}})));
  receiver_code_ = done.text_of("public_code");
  tell("receiver code: " + crypto::group_code(receiver_code_) + " - the receiver's half is " +
       done.text_of("state"));
  TRY_ASSIGN(const Json again, must(*receiver_, "the same receipt again", 201, "/v1/transfers",
                                    transfer_body("inbound", "tech.17", parts("5"))));
  TRY_ASSIGN(const Json replayed, must(*receiver_, "a replayed code", 409,
                                       "/v1/transfers/" + again.text_of("id") + "/code",
                                       Json::object({{"code", sender_code_}})));
  tell("the same code a second time: " + replayed.text_of("detail"));
  return must(*receiver_, "the cancellation", 200,
              "/v1/transfers/" + again.text_of("id") + "/cancel", {})
      .map([](const Json&) {});
}

Result<void> Demo::sender_completes() {
  tell_step("tech.17 types the receiver code. Both halves are proved, and no network was there.");
  TRY_ASSIGN(const Json done,
             must(*sender_, "the receiver code", 200, "/v1/transfers/" + offer_id_ + "/code",
                  Json::object({{"code", receiver_code_}})));
  tell("the sender's half is " + done.text_of("state") + "; record " + done.text_of("record_id"));
  return {};
}

Result<void> Demo::use_a_part() {
  tell_step("tech.22 installs the C9800-40-K9 for work order WO-4711.");
  Json body = usage_body("1002", "WO-4711", "VAN-22",
                         Json::array({moved("C9800-40-K9", "OutQty", "1", "CUSTDC07")}));
  body.set("site", "c/o Customer");
  TRY_ASSIGN(const Json record, must(*receiver_, "the usage", 201, "/v1/usages", body));
  tell("recorded as number " + record.text_of("seq"));
  return {};
}

Result<void> Demo::sender_sleeps() {
  tell("van-17's device goes to sleep in the basement.");
  if (sender_->stop() != 0) return fail(wrong("the agent of van-17 did not stop cleanly"));
  return {};
}

Result<void> Demo::coverage_returns() {
  tell_step(
      "Coverage returns. One answer in four is lost on the way, one connection in ten is reset. "
      "van-22 is there first.");
  for (const BackEndName name : kBackEndNames) {
    RETURN_IF_ERROR(back_ends_->add_fault(name, "lost_reply:1/4"));
    RETURN_IF_ERROR(back_ends_->add_fault(name, "reset_before:1/10"));
    RETURN_IF_ERROR(back_ends_->start_again(name));
  }
  RETURN_IF_ERROR(drain(*receiver_, "van-22"));
  tell("van-17 wakes up.");
  RETURN_IF_ERROR(sender_->start());
  return drain(*sender_, "van-17");
}

Result<void> Demo::drain(DeviceProcess& device, const std::string& name) {
  const auto deadline = std::chrono::steady_clock::now() + kDrainTime;
  std::int64_t told = -1;
  while (std::chrono::steady_clock::now() < deadline) {
    TRY_ASSIGN(const Answer status, device.call("GET", "/v1/status"));
    const std::int64_t left = waiting(status.body);
    if (told < 0 || left * 2 <= told) {
      tell(name + ": " + std::to_string(left) + " deliveries on their way");
      told = left;
    }
    if (left == 0) return {};
    // Its waits are those of init, made for hours without a network: somebody types `handover
    // sync`.
    if (&device == site_.get()) (void)device.call("POST", "/v1/sync");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return fail(wrong(name + " did not get through in time"));
}

Result<void> Demo::compare_with_the_back_ends() {
  tell_step(
      "Every record, every back-end, once: the devices' truth tables beside the back-ends' own "
      "books.");
  std::vector<std::vector<std::string>> table = {
      {"device", "record", "kind", "back-end", "unit", "state", "tries", "why"}};
  std::size_t not_through = 0;
  for (auto* device : {sender_.get(), receiver_.get(), reporter_.get(), site_.get()}) {
    TRY_ASSIGN(const Answer records, device->call("GET", "/v1/records"));
    for (const Json& record : records.body.find("items")->items()) {
      for (const Json& delivery : record.find("deliveries")->items()) {
        const std::string& state = delivery.text_of("state");
        if (delivery.text_of("lane") == "servicemobility") ++servicemobility_expected_;
        if (state != "delivered" && state != "superseded") ++not_through;
        table.push_back({device->settings().location, record.text_of("seq"), record.text_of("kind"),
                         delivery.text_of("lane"), delivery.text_of("unit"), state,
                         delivery.text_of("attempts"), delivery.text_of("why").substr(0, 70)});
      }
    }
  }
  tell_table(table);
  tell("");
  if (not_through > 0)
    return fail(wrong(std::to_string(not_through) + " deliveries did not get through"));
  RETURN_IF_ERROR(check_servicemobility());
  RETURN_IF_ERROR(check_cmdb());
  RETURN_IF_ERROR(check_cisco());
  RETURN_IF_ERROR(check_tangoe());
  return check_webhook();
}

Result<void> Demo::check_servicemobility() {
  const Json state = back_ends_->state(BackEndName::kServiceMobility);
  tell("ServiceMobility: " + number_in(state, "halves_count") + " halves in " +
       number_in(state, "pairs_count") + " pairs, " + number_in(state, "usages_count") +
       " usages; " + number_in(state, "repeats") +
       " repeats after lost answers had no second effect; faults: " + state.find("faults")->dump());
  const std::int64_t arrived =
      std::stoll(number_in(state, "halves_count")) + std::stoll(number_in(state, "usages_count"));
  if (arrived != servicemobility_expected_)
    return fail(wrong("ServiceMobility holds another number of records than the devices"));
  for (const char* none : {"unpaired_count", "mismatches_count", "doubled_count",
                           "doubled_usages_count", "conflicts"}) {
    if (number_in(state, none) != "0")
      return fail(wrong(std::string("ServiceMobility: ") + none + " is not 0"));
  }
  if (number_in(state, "pairs_count") != "2")
    return fail(wrong("ServiceMobility did not pair the halves of the two transfers"));
  return {};
}

Result<void> Demo::check_cmdb() {
  const Json state = back_ends_->state(BackEndName::kCmdb);
  struct Expected {
    const char* serial;
    const char* state;
    const char* location;
  };
  const Expected expected[] = {{"FCW1950C12F", "instock", "VAN-22"},
                               {"CUST0033", "instock", "VAN-22"},
                               {"CUSTDC07", "inuse", "c/o Customer"},
                               {"555-0100", "instock", "VAN-22"},
                               {"FCW2024B0A1", "instock", "VAN-31"}};
  if (number_in(state, "assets_count") != std::to_string(std::size(expected)) ||
      number_in(state, "duplicates_count") != "0") {
    return fail(wrong("the CMDB holds other assets than the five"));
  }
  for (const Expected& want : expected) {
    bool found = false;
    for (const Json& asset : state.find("assets")->items()) {
      if (asset.text_of("serial_number") != want.serial) continue;
      found = true;
      tell(std::string("CMDB: ") + want.serial + " is " + asset.text_of("state") + " at " +
           asset.text_of("location"));
      if (asset.text_of("state") != want.state || asset.text_of("location") != want.location) {
        return fail(wrong(std::string("the CMDB should show ") + want.serial + " as " + want.state +
                          " at " + want.location));
      }
    }
    if (!found) return fail(wrong(std::string("the CMDB does not know ") + want.serial));
  }
  return {};
}

void Demo::stay() {
  tell_step("Everything stays up until you press Enter. Try, in another terminal:");
  const std::string program = program_folder() + "/handover";
  tell(program + " status --config " + sender_->config_file());
  tell(program + " records --config " + receiver_->config_file());
  tell(program + " stock --config " + receiver_->config_file());
  tell(program + " service-order list --config " + receiver_->config_file());
  tell(program + " tangoe get 555-0100 --service-type Wireless --config " +
       receiver_->config_file());
  tell(program + " status --config " + site_->config_file());
  tell(program + " records --config " + site_->config_file());
  tell(program + " usage record --ref-module 1001 --ref-id LOAD-9 --in CAT6-3M:5 --config " +
       reporter_->config_file() + "   # comes to the site agent too");
  tell(program + " records --config " + warehouse_->config_file());
  for (const BackEndName name : kBackEndNames)
    tell("curl -s " + back_ends_->url(name) + "/_sim/state");
  tell_step("Or hand over by hand, in two browser windows. Each link opens one page, once:");
  for (const DeviceProcess* device : {sender_.get(), receiver_.get()}) {
    const auto opened = device->run({"open", "--json"});
    const auto link = opened ? parse_json(opened->said) : Result<Json>(fail(opened.error()));
    tell(device->settings().user + " at " + device->settings().location + ": " +
         (link ? link->text_of("url") : "no page: " + opened->said));
    tell("  another link: " + program + " open --config " + device->config_file());
  }
  tell(
      "In the first window press Hand over, choose tech.22 at VAN-22, and add a part of My stock.");
  tell(
      "In the second press Receive. Say the code, or copy what the QR code says into \"Scan the "
      "other device\":");
  tell("  " + program + " transfer qr ID --config " + sender_->config_file());
  (void)std::getchar();
}

Result<Json> Demo::must(DeviceProcess& device, const std::string& what, int status,
                        const std::string& target, const Json& body) {
  TRY_ASSIGN(Answer answer, device.call("POST", target, body));
  if (answer.status == status) return std::move(answer.body);
  return fail(wrong(what + ": expected " + std::to_string(status) + ", but the agent answered " +
                    std::to_string(answer.status) + ": " + answer.body.text_of("detail")));
}

}  // namespace handover::sim
