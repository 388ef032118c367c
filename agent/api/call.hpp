// One call to the API, taken apart: path, query, headers, body. Everything in it comes from outside
// and is bounded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"

namespace handover::api {

class Call {
 public:
  /// Takes the target apart. Errors: kInvalid (bad percent-encoding, a parameter given twice).
  [[nodiscard]] static Result<Call> make(const HttpRequest& request);

  [[nodiscard]] const std::string& method() const { return request_->method; }
  /// The path's steps, decoded: /v1/records/42 is {"v1", "records", "42"}.
  [[nodiscard]] const std::vector<std::string>& steps() const { return steps_; }
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return find_header(request_->headers, name);
  }
  [[nodiscard]] const HttpRequest& request() const { return *request_; }

  /// Errors: kInvalid if a query parameter is not among `names`.
  [[nodiscard]] Result<void> only_parameters(std::initializer_list<std::string_view> names) const;
  /// The parameter's text, or empty.
  [[nodiscard]] std::string parameter(std::string_view name) const;
  /// `limit`, from 1 to 500; 100 if absent. Errors: kInvalid.
  [[nodiscard]] Result<std::int64_t> limit() const;
  /// `after` as a number; 0 if absent. Errors: kInvalid.
  [[nodiscard]] Result<std::int64_t> after() const;

  /// The body as JSON. Errors: kInvalid.
  [[nodiscard]] Result<Json> body() const;
  /// Of a body with one member, a text: that text. Errors: kInvalid with every wrong field.
  [[nodiscard]] Result<std::string> only_text(std::string_view name) const;
  /// Calls without a body say so, instead of passing over one that somebody thought would matter.
  /// Errors: kInvalid.
  [[nodiscard]] Result<void> expect_no_body() const;

 private:
  const HttpRequest* request_ = nullptr;
  std::vector<std::string> steps_;
  std::map<std::string, std::string, std::less<>> parameters_;
};

/// What `Authorization: Bearer` shows, or empty.
[[nodiscard]] std::string_view bearer_token(const HttpRequest& request);

}  // namespace handover::api
