// Any bytes as a document: refused, or a tree that is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/xml_document.hpp"
#include "platform/assert.hpp"

using namespace handover;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document =
      backends::parse_xml(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  const auto again = backends::parse_xml(backends::write_xml(*document));
  INVARIANT(again.has_value() && *again == *document);
  for (const auto* grammar : {&backends::purchase_order_request(), &backends::service_header(),
                              &backends::delivery_header(), &backends::exception_signal()}) {
    INVARIANT(grammar->check(*document).size() <= 64);
  }
  return 0;
}
