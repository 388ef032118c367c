// Reads tests/vectors/validation-code.json.
#pragma once

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "crypto/terms.hpp"

namespace handover::crypto {

inline std::optional<std::string> read_source_file(const std::string& relative_path) {
  std::ifstream file(std::string(HANDOVER_SOURCE_DIR) + "/" + relative_path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline TermsInput terms_input_of(const nlohmann::json& transfer) {
  TermsInput input{transfer.at("FromStorageLocation"),
                   transfer.at("ToStorageLocation"),
                   transfer.at("sender"),
                   transfer.at("receiver"),
                   {}};
  for (const auto& item : transfer.at("Items")) {
    input.items.push_back(
        {item.at("ProdNum"), item.at("Qty"), item.at("SerialNum"), item.at("BatchNum")});
  }
  return input;
}

}  // namespace handover::crypto
