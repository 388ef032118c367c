// The canonical terms of a transfer: the text that both technicians' devices must agree on to the
// byte. Format: docs/format/validation-code.md.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "platform/result.hpp"

namespace handover::crypto {

inline constexpr std::size_t kLinesMax = 500;  ///< Lines of one transfer, as typed.

/// One line as it was typed or scanned. An absent serial number or batch is "".
struct TermsItem {
  std::string prod;
  std::string qty;
  std::string serial;
  std::string batch;
};

/// A transfer as it was typed: storage locations, the two technicians' UserIDs, and the lines.
struct TermsInput {
  std::string from;
  std::string to;
  std::string sender;
  std::string receiver;
  std::vector<TermsItem> items;
};

class Terms {
 public:
  /// RFC 8785 JSON; its UTF-8 bytes are what the codes are computed over.
  [[nodiscard]] const std::string& json() const { return json_; }
  /// The header's row, then each canonical line's, in order: what line checks are computed over.
  [[nodiscard]] const std::vector<std::string>& rows() const { return rows_; }

 private:
  friend Result<Terms> make_terms(const TermsInput& input);
  Terms(std::string json, std::vector<std::string> rows)
      : json_(std::move(json)), rows_(std::move(rows)) {}

  std::string json_;
  std::vector<std::string> rows_;
};

/// Errors: kInvalid with every wrong field, under ServiceMobility's names: /FromStorageLocation,
/// /ToStorageLocation, /sender, /receiver, /Items, /Items/<n>/{ProdNum,Qty,SerialNum,BatchNum}, n
/// counted from 0 as typed.
[[nodiscard]] Result<Terms> make_terms(const TermsInput& input);

}  // namespace handover::crypto
