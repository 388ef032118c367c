#include "sim/world/mind.hpp"

namespace handover::sim {

using boost::asio::awaitable;

HttpRequest post(const std::string& target, const Json& body, const std::string& key) {
  HttpRequest request("POST", target);
  request.headers.push_back({"Content-Type", "application/json"});
  request.headers.push_back({"Idempotency-Key", key});
  request.body = body.dump();
  return request;
}

Json body_of(const HttpResponse& response) {
  auto body = parse_json(response.body);
  return body ? std::move(*body) : Json();
}

std::string problem_of(const HttpResponse& response) {
  const std::string type = body_of(response).text_of("type");
  return type.substr(type.rfind(':') + 1);
}

std::string key_of(const Deed& deed, std::string_view step) {
  return "key-" + std::to_string(deed.number) + "-" + std::string(step);
}

awaitable<std::optional<HttpResponse>> ask(Mind& mind, Deed& deed, std::size_t device,
                                           HttpRequest request) {
  World& world = mind.world;
  const bool patient = !mind.does(world.swarm().impatience_one_in);
  auto asking = world.submit(device, std::move(request), patient);
  std::optional<HttpResponse> answer = co_await std::move(asking);
  world.note(world.device(device).name(),
             tag_of(deed.number) +
                 (answer ? " answered " + std::to_string(answer->status) : " has no answer"));
  co_return answer;
}

awaitable<void> record(Mind& mind, Deed& deed, std::string target, Json body) {
  World& world = mind.world;
  auto asking = ask(mind, deed, deed.device, post(target, body, key_of(deed, "record")));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (!answer) co_return;
  deed.acknowledged = answer->status == 201;
  deed.refused = answer->status != 201;
  if (deed.acknowledged) deed.id = body_of(*answer).text_of("id");
  world.findings().check(
      Invariant::kHonesty, answer->status == 201 || problem_of(*answer) == "not-in-stock",
      [&] { return tag_of(deed.number) + " was refused: " + answer->body; },
      world.device(deed.device).name());
}

}  // namespace handover::sim
