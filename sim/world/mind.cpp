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

}  // namespace handover::sim
