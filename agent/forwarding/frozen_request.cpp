#include "agent/forwarding/frozen_request.hpp"

#include <optional>

#include "platform/assert.hpp"

namespace handover::forwarding {
namespace {

bool is_one_line(std::string_view text) { return text.find('\n') == std::string_view::npos; }

std::optional<std::string_view> take_until(std::string_view& text, std::string_view end) {
  const auto place = text.find(end);
  if (place == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, place);
  text.remove_prefix(place + end.size());
  return taken;
}

Error damaged() { return Error(Errc::kCorrupt, "the frozen request is damaged"); }

}  // namespace

std::string freeze(const HttpRequest& request) {
  INVARIANT(is_one_line(request.method) && is_one_line(request.target));
  std::string bytes = request.method + " " + request.target + "\n";
  for (const auto& header : request.headers) {
    INVARIANT(is_one_line(header.name) && is_one_line(header.value));
    bytes += header.name + ": " + header.value + "\n";
  }
  return bytes + "\n" + request.body;
}

Result<HttpRequest> thaw(std::string_view bytes) {
  const auto method = take_until(bytes, " ");
  const auto target = take_until(bytes, "\n");
  if (!method || !target) return fail(damaged());
  HttpRequest request{std::string(*method), std::string(*target)};
  while (true) {
    auto line = take_until(bytes, "\n");
    if (!line) return fail(damaged());
    if (line->empty()) break;
    const auto name = take_until(*line, ": ");
    if (!name) return fail(damaged());
    request.headers.push_back({std::string(*name), std::string(*line)});
  }
  request.body = bytes;
  return request;
}

}  // namespace handover::forwarding
