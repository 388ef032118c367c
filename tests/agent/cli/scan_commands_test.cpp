#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "agent/domain/json.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr const char* kId = "00000000-0001-8abc-8def-0123456789ab";
const std::string kPath = "/v1/transfers/" + std::string(kId);

const std::string kForm =
    R"("direction":"inbound","transfer":{"FromStorageLocation":"VAN-17","Items":[{"BatchNum":"",)"
    R"("ProdNum":"P","Qty":1,"SerialNum":"S"}],"ToStorageLocation":"VAN-22",)"
    R"("TransferTech":{"UserID":"tech.17","FirstName":"Anna","LastName":"Berg"}})";

std::string reading(const std::string& kind, const std::string& transfer_id) {
  return R"({"kind":")" + kind + R"(","from":{"UserID":"tech.17"},"transfer_id":)" + transfer_id +
         R"(,"changes":[],"warnings":[],)" + kForm + "}";
}

std::string completed() {
  return R"({"id":")" + std::string(kId) +
         R"(","state":"completed","public_code":"88760530","changes":[],"warnings":[],)" + kForm +
         "}";
}

}  // namespace

TEST_CASE("transfer qr: the codes, one a line, or a picture of one", "[cli][qr]") {
  FakeApi api;
  api.answer("GET " + kPath + "/qr", 200,
             R"({"kind":"offer","codes":["HO1/1/2/00000000:AB","HO1/2/2/00000000:CD"]})");
  Shell shell;
  const auto texts = shell.run({"transfer", "qr", kId, "--config", api.config()});
  CHECK(texts.out == "HO1/1/2/00000000:AB\nHO1/2/2/00000000:CD\n");
  const auto svg = shell.run({"transfer", "qr", kId, "--svg", "2", "--config", api.config()});
  CHECK_THAT(svg.out, ContainsSubstring("<svg "));
  CHECK(shell.run({"transfer", "qr", kId, "--svg", "3", "--config", api.config()}).exit_code == 2);
}

TEST_CASE("transfer scan: says what it is; with --accept, records it as offered", "[cli][qr]") {
  FakeApi api;
  api.answer("POST /v1/scans", 200, reading("offer", "null"));
  api.answer("POST /v1/transfers", 201, completed());
  Shell shell;
  shell.input = "HO1/1/2/00000000:AB\r\nHO1/2/2/00000000:CD\n";
  const auto told = shell.run({"transfer", "scan", "--config", api.config()});
  INFO(told.messages);
  CHECK_THAT(told.out, ContainsSubstring("A signed offer of tech.17"));
  CHECK(api.last().body == R"({"codes":["HO1/1/2/00000000:AB","HO1/2/2/00000000:CD"]})");

  const auto accepted = shell.run({"transfer", "scan", "--accept", "--config", api.config()});
  REQUIRE(accepted.exit_code == 0);
  CHECK_THAT(accepted.messages, ContainsSubstring("8876 0530"));
  CHECK(api.last().body ==
        "{" + kForm + R"(,"scanned":["HO1/1/2/00000000:AB","HO1/2/2/00000000:CD"]})");
}

TEST_CASE("transfer scan: an answer goes to the transfer that it is of", "[cli][qr]") {
  FakeApi api;
  api.answer("POST /v1/scans", 200, reading("receipt", '"' + std::string(kId) + '"'));
  api.answer("POST " + kPath + "/scan", 200, completed());
  Shell shell;
  shell.input = "HO1:AB";
  CHECK(shell.run({"transfer", "scan", "--accept", "--config", api.config()}).exit_code == 0);
  CHECK(api.last().target == kPath + "/scan");
  CHECK(api.last().body == R"({"codes":["HO1:AB"]})");
  shell.input = "";
  CHECK(shell.run({"transfer", "scan", "--config", api.config()}).exit_code == 2);
}

TEST_CASE("transfer scan: what was counted otherwise is told line by line", "[cli][qr]") {
  FakeApi api;
  api.answer("POST /v1/scans", 200,
             R"({"kind":"count","from":{"UserID":"tech.22"},"transfer_id":")" + std::string(kId) +
                 R"(","changes":[{"ProdNum":"P","SerialNum":"S","BatchNum":"","offered":"1",)"
                 R"("counted":"0"}],"warnings":[]})");
  Shell shell;
  shell.input = "HO1:AB\n";
  const auto told = shell.run({"transfer", "scan", "--config", api.config()});
  CHECK_THAT(told.out, ContainsSubstring("differs: P  serial S: offered 1, counted 0"));
  api.answer("POST /v1/scans", 200, R"({"kind":"incomplete","set":"0","of":3,"have":[2]})");
}

}  // namespace handover::test
