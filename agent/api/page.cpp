#include "agent/api/page.hpp"

namespace handover::api {

bool Page::add(const Json& item, const Json& cursor) {
  const std::string text = item.dump();
  full_ = left_ <= 0 || (!items_.empty() && items_.size() + text.size() > kBytesMax);
  if (full_) return false;
  if (!items_.empty()) items_ += ',';
  items_ += text;
  last_ = cursor;
  --left_;
  return true;
}

HttpResponse Page::answer() const {
  const Json next = full_ || left_ <= 0 ? last_ : Json();
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = R"({"items":[)" + items_ + R"(],"next":)" + next.dump() + "}";
  return response;
}

}  // namespace handover::api
