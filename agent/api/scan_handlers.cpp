// The calls about QR codes, one function each.
#include <charconv>

#include "agent/api/api.hpp"
#include "agent/api/problem.hpp"
#include "agent/domain/field_reader.hpp"
#include "agent/qr/qr_picture.hpp"
#include "crypto/sha256.hpp"

namespace handover::api {
namespace {

using recording::CodeOutcome;
using recording::ScanReading;

constexpr std::string_view kSvg = "image/svg+xml";

/// A list of texts that is a member of the body.
std::vector<std::string> read_codes_in(FieldReader& body, std::string_view name) {
  std::vector<std::string> codes;
  for (const Json& code : body.list(name, qr::kCodesMax)) {
    if (code.is_string()) {
      codes.push_back(code.text());
    } else {
      body.complain(name, "expected a list of texts");
    }
  }
  return codes;
}

Result<std::vector<std::string>> only_codes(const Call& call) {
  TRY_ASSIGN(const Json body, call.body());
  Complaints complaints;
  FieldReader reader(body, "", complaints);
  reader.only({"codes"});
  auto codes = read_codes_in(reader, "codes");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return codes;
}

Json incomplete_json(const qr::Scanned& scanned) {
  Json have = Json::array();
  for (const std::size_t number : scanned.have)
    have.push_back(Json(static_cast<std::int64_t>(number)));
  return Json::object({{"kind", "incomplete"},
                       {"set", scanned.set},
                       {"of", Json(static_cast<std::int64_t>(scanned.of))},
                       {"have", std::move(have)}});
}

Json signer_json(const qr::Certificate& certificate) {
  const Technician& technician = certificate.technician;
  return Json::object({{"UserID", technician.user_id},
                       {"FirstName", technician.first_name},
                       {"LastName", technician.last_name},
                       {"device", certificate.device_id},
                       {"company", certificate.company},
                       {"valid_until", format_rfc3339(certificate.valid_until)}});
}

Json reading_json(const ScanReading& reading) {
  if (!reading.message) return incomplete_json(reading.scanned);
  const qr::Message& message = *reading.message;
  Json json = Json::object({{"kind", to_string(message.kind)},
                            {"from", signer_json(message.signer)},
                            {"issued_at", format_rfc3339(message.issued_at)},
                            {"transfer_id", text_or_null(reading.transfer_id)},
                            {"changes", changes_json(reading.changes)},
                            {"warnings", warnings_json(reading.warnings)}});
  if (reading.transfer) {
    json.set("direction", handover::to_string(reading.transfer->direction));
    json.set("transfer", transfer_object(*reading.transfer, {}));
  }
  return json;
}

/// `part` of the query: from 1 to `of`, 1 if absent.
Result<std::size_t> part_of(const Call& call, std::size_t of) {
  const std::string text = call.parameter("part");
  std::size_t part = 1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), part);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (text.empty() || (whole && part >= 1 && part <= of)) return part;
  return fail(Error::invalid("?part", "expected a number from 1 to " + std::to_string(of)));
}

}  // namespace

Json Api::transfer_view_json(const recording::TransferView& view) const {
  const recording::QrView of_qr = world_.recorder.qr_of(view.row);
  Json json = transfer_json(view);
  json.set("changes", changes_json(of_qr.changes));
  json.set("qr", of_qr.shows ? Json(to_string(*of_qr.shows)) : Json());
  return json;
}

Result<HttpResponse> Api::transfer_answer(int status, const recording::TransferView& view) const {
  HttpResponse response = json_answer(status, transfer_view_json(view));
  if (status == 201) response.headers.push_back({"Location", "/v1/transfers/" + view.row.id});
  return response;
}

Result<HttpResponse> Api::start_scanned(const Json& body) {
  Complaints complaints;
  FieldReader reader(body, "", complaints);
  const auto codes = read_codes_in(reader, "scanned");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  Json form = Json::object();
  for (const auto& [name, value] : body.members()) {
    if (name != "scanned") form.set(name, value);
  }
  TRY_ASSIGN(const Transfer transfer, parse_transfer(form));
  TRY_ASSIGN(const CodeOutcome outcome, world_.recorder.receive_scanned(transfer, codes));
  if (outcome.kind == CodeOutcome::Kind::kCompleted) wake_lanes();
  return transfer_answer(201, outcome.view);
}

Result<HttpResponse> Api::post_scan(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const auto codes, only_codes(call));
  TRY_ASSIGN(const ScanReading reading, world_.recorder.read_scan(codes));
  return json_answer(200, reading_json(reading));
}

Result<HttpResponse> Api::post_transfer_scan(const Call& call,
                                             const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const auto codes, only_codes(call));
  TRY_ASSIGN(const CodeOutcome outcome, world_.recorder.scan(arguments[0], codes));
  if (outcome.kind == CodeOutcome::Kind::kListsDiffer) return transfer_answer(200, outcome.view);
  if (outcome.kind != CodeOutcome::Kind::kCompleted) return refused_code(outcome);
  wake_lanes();
  return transfer_answer(200, outcome.view);
}

Result<HttpResponse> Api::get_transfer_qr(const Call& call,
                                          const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({"part"}));
  TRY_ASSIGN(const recording::ShownCodes shown, world_.recorder.shown_codes(arguments[0]));
  TRY_ASSIGN(const std::size_t part, part_of(call, shown.codes.size()));
  if (call.header("Accept").find(kSvg) == std::string_view::npos) {
    Json codes = Json::array();
    for (const auto& code : shown.codes) codes.push_back(code);
    return json_answer(
        200, Json::object({{"kind", to_string(shown.kind)}, {"codes", std::move(codes)}}));
  }
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", std::string(kSvg)});
  TRY_ASSIGN(response.body, qr::qr_svg(shown.codes[part - 1]));
  return response;
}

Json enrollment_json(const ApiWorld& world, WallTime now) {
  if (!world.enrollment_fault.empty())
    return Json::object({{"state", "unusable"}, {"why", world.enrollment_fault}});
  if (world.enrollment == nullptr) return {};
  const qr::Certificate& certificate = world.enrollment->certificate;
  Json locations = Json::array();
  for (const auto& location : certificate.locations) locations.push_back(location);
  const auto valid = qr::check_validity(certificate, now);
  return Json::object(
      {{"user_id", certificate.technician.user_id},
       {"device", certificate.device_id},
       {"company", certificate.company},
       {"key", crypto::to_hex(std::as_bytes(std::span(certificate.company_key_id)))},
       {"locations", std::move(locations)},
       {"valid_from", format_rfc3339(certificate.valid_from)},
       {"valid_until", format_rfc3339(certificate.valid_until)},
       {"state", valid                                            ? "valid"
                 : valid.error().problem == "certificate-expired" ? "expired"
                                                                  : "not-yet-valid"}});
}

}  // namespace handover::api
