#pragma once
// Proactive negotiation (RFC 9110 section 12): which coding, which language.
#include <cstdint>
#include <span>
#include <string_view>

namespace parvis::proto {

enum class Coding : uint8_t { identity, gzip, br };

struct Codings {
  bool gzip = false;
  bool br = false;
};
/// The best coding that the client accepts among `available`; br before gzip before identity at equal weight.
Coding choose_coding(std::string_view accept_encoding, Codings available);
std::string_view coding_name(Coding coding);

/// Index in `available` (primary subtags such as "fr") of what the client prefers; 0 when nothing matches.
size_t choose_language(std::string_view accept_language, std::span<const std::string_view> available);

/// Weight in thousandths of one element's ";q=" parameter: 0..1000; 1000 when absent, 0 when malformed.
int quality(std::string_view element);

}  // namespace parvis::proto
