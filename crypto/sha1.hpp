// SHA-1, for the one protocol that still asks for it (WS-Security's password digest). Nothing new
// may rest on it.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace handover::crypto {

using Sha1Digest = std::array<std::byte, 20>;

/// Of the parts one after the other. Where one ends does not show.
[[nodiscard]] Sha1Digest sha1(std::initializer_list<std::string_view> parts);

}  // namespace handover::crypto
