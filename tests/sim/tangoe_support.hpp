// Envelopes as text, and what the simulated Tangoe says to them.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "agent/domain/json.hpp"
#include "sim/back-ends/tangoe/tangoe_model.hpp"

namespace handover::sim::testing {

/// 2026-11-22T10:26:53.500Z
inline const WallTime kTangoeNow{milliseconds(1'795'343'213'500)};
constexpr const char* kTangoePath = "/asentinelws/services/";

inline std::string envelope(const std::string& payload, const std::string& header = "") {
  return R"(<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" )"
         R"(xmlns:t="http://www.asentinel.com/asentinelws/schemas/invord"><e:Header>)" +
         header + "</e:Header><e:Body>" + payload + "</e:Body></e:Envelope>";
}

inline std::string element(const std::string& name, const std::string& content) {
  return "<t:" + name + ">" + content + "</t:" + name + ">";
}

/// `item` as the content of an inventoryItem.
inline std::string change(const std::string& operation, const std::string& item) {
  return element(operation + "Request", element("inventoryItem", item));
}

/// "a=b;c=d" as elements, in that order. A value may hold elements.
inline std::string fields(std::string_view text) {
  std::string xml;
  while (!text.empty()) {
    const auto end = text.find(';');
    const std::string_view pair = text.substr(0, end);
    const auto equals = pair.find('=');
    xml += element(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return xml;
}

inline constexpr const char* kPhone =
    "serviceTypeID=6;inventoryNumber=555-0100;costCenterNo=4100;vendor=Verizon;"
    "dateActivated=11/22/2026;status=true";

inline std::string custom(const std::string& name, const std::string& value) {
  return element("customFields",
                 element("customField", fields("name=" + name + ";value=" + value)));
}

struct Tangoe {
  TangoeModel model;

  explicit Tangoe(TangoeOptions options = open()) : model(std::move(options)) {}

  static TangoeOptions open() {
    TangoeOptions options;
    options.secured = false;
    return options;
  }

  HttpResponse post(const std::string& body, WallTime now = kTangoeNow) {
    HttpRequest request("POST", kTangoePath);
    request.headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", "\"\""}};
    request.body = body;
    return model.handle(request, now);
  }
  HttpResponse call(const std::string& payload, WallTime now = kTangoeNow) {
    return post(envelope(payload), now);
  }
  /// "fault: …", or "-1: …", or "0: OK", or the bare status.
  std::string say(const std::string& payload, WallTime now = kTangoeNow) {
    return outcome(call(payload, now));
  }
  std::string add(const std::string& more = "", const std::string& item = kPhone) {
    return say(change("AddInventoryItem", fields(item) + more));
  }
  std::string edit(const std::string& text) {
    return say(
        change("EditInventoryItem", fields("serviceTypeID=6;inventoryNumber=555-0100") + text));
  }
  void configure(std::string_view options) {
    auto parsed = parse_json(options);
    REQUIRE(parsed);
    REQUIRE(model.configure(*parsed));
  }
  std::string field(const std::string& name, const std::string& number = "555-0100") {
    const auto* item = model.inventory().find("6", number);
    return item == nullptr ? "no item" : item->text_of(name);
  }

  static std::string between(const std::string& text, std::string_view from, std::string_view to) {
    const auto begin = text.find(from);
    if (begin == std::string::npos) return {};
    const auto start = begin + from.size();
    return text.substr(start, text.find(to, start) - start);
  }
  static std::string outcome(const HttpResponse& response) {
    const std::string fault = between(response.body, "xml:lang=\"en\">", "<");
    if (!fault.empty()) return "fault: " + fault;
    if (response.body.empty()) return std::to_string(response.status);
    return between(response.body, "<ns2:code>", "<") + ": " +
           between(response.body, "<ns2:message>", "<");
  }
};

}  // namespace handover::sim::testing
