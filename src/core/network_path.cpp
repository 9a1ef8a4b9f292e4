#include "core/network_path.h"

#include <algorithm>

namespace parvis {

bool is_network_label(std::string_view text) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= max_network_label_bytes && std::ranges::all_of(text, allowed);
}

Result<std::vector<NetworkRange>> parse_network_ranges(const std::vector<std::string>& texts) {
  std::vector<NetworkRange> out;
  if (texts.size() > max_network_ranges) return fail(reasons::malformed, "too many network paths");
  for (const auto& text : texts) {
    size_t equals = text.find('=');
    if (equals == std::string::npos || !is_network_label(std::string_view(text).substr(0, equals)))
      return fail(reasons::malformed, text);
    auto network = proto::parse_network(std::string_view(text).substr(equals + 1));
    if (!network) return fail(reasons::malformed, text);
    out.push_back({text.substr(0, equals), text.substr(equals + 1), *network});
  }
  return out;
}

std::string_view network_of(const std::vector<NetworkRange>& ranges, std::string_view text) {
  auto address = proto::parse_ip(text);
  if (!address) return "local";  // a local socket
  for (const auto& one : ranges) {
    if (one.network.contains(*address)) return one.label;
  }
  static const auto loopback4 = proto::parse_network("127.0.0.0/8");
  static const auto loopback6 = proto::parse_network("::1");
  return loopback4->contains(*address) || loopback6->contains(*address) ? "local" : "internet";
}

}  // namespace parvis
