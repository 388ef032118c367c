// The chapter of the demo about Tangoe: a handset that changes hands is edited there.
#include "sim/demo/bodies.hpp"
#include "sim/demo/demo.hpp"
#include "sim/demo/story.hpp"

namespace handover::sim {
namespace {

constexpr const char* kNumber = "555-0100";
constexpr const char* kEdits = "/asentinelws/services/write/";

Json handset_body(const char* direction, const char* other_user) {
  return transfer_body(direction, other_user, Json::array({item("IPHONE-17", "1", kNumber)}));
}

Json code_body(const Json& transfer) {
  return Json::object({{"code", transfer.text_of("public_code")}});
}

std::string times(const Json& state, const char* operation) {
  const std::string& count = state.find("operations")->text_of(operation);
  return count.empty() ? "0" : count;
}

}  // namespace

Result<void> Demo::put_handset_into_tangoe() {
  Json item = Json::object({{"serviceTypeID", "6"},
                            {"inventoryNumber", kNumber},
                            {"vendor", "Verizon"},
                            {"assignedTo", "E1017"},
                            {"locationNo", "VAN-17"}});
  return back_ends_->configure(BackEndName::kTangoe,
                               Json::object({{"items", Json::array({std::move(item)})}}));
}

Result<void> Demo::hand_over_handset() {
  tell_step(
      "tech.17 also gives his spare handset away. In Tangoe it is assigned to him, employee "
      "E1017.");
  TRY_ASSIGN(const Json offer, must(*sender_, "the offer", 201, "/v1/transfers",
                                    handset_body("outbound", "tech.22")));
  TRY_ASSIGN(const Json receipt, must(*receiver_, "the receipt", 201, "/v1/transfers",
                                      handset_body("inbound", "tech.17")));
  TRY_ASSIGN(const Json received,
             must(*receiver_, "the sender code", 200,
                  "/v1/transfers/" + receipt.text_of("id") + "/code", code_body(offer)));
  TRY_ASSIGN(const Json done,
             must(*sender_, "the receiver code", 200,
                  "/v1/transfers/" + offer.text_of("id") + "/code", code_body(received)));
  tell(std::string("handset ") + kNumber + ": both halves are " + done.text_of("state") +
       "; an edit waits for Tangoe, whose answer to it will be lost");
  return back_ends_->add_fault(BackEndName::kTangoe, std::string("lost_reply:1:") + kEdits);
}

Result<void> Demo::check_tangoe() {
  const Json state = back_ends_->state(BackEndName::kTangoe);
  const auto& items = state.find("items")->items();
  if (items.size() != 1) return fail(wrong("Tangoe should hold the one handset"));
  const Json& handset = items[0];
  tell(std::string("Tangoe: ") + kNumber + " is assigned to " + handset.text_of("assignedTo") +
       " at " + handset.text_of("locationNo") + "; " + times(state, "EditInventoryItem") +
       " edit, " + times(state, "GetInventoryItem") +
       " look-up instead of a repeat; faults: " + state.find("faults")->dump());
  if (handset.text_of("assignedTo") != "E1022" || handset.text_of("locationNo") != "VAN-22")
    return fail(wrong("Tangoe should show the handset as E1022's at VAN-22"));
  if (handset.text_of("vendor") != "Verizon")
    return fail(wrong("the edit changed more of the handset than it should"));
  if (times(state, "EditInventoryItem") != "1" || state.text_of("log") != "1")
    return fail(wrong("Tangoe should have edited the handset once"));
  if (times(state, "GetInventoryItem") == "0")
    return fail(wrong("no answer to the edit was lost, so this shows less than it says"));
  return {};
}

}  // namespace handover::sim
