#include "core/network_path.h"

namespace parvis {
namespace {
constexpr size_t max_entries = 200;
constexpr size_t max_label_bytes = 30;
}  // namespace

Result<NetworkPaths> NetworkPaths::parse(const std::vector<std::string>& texts) {
  NetworkPaths out;
  if (texts.size() > max_entries) return fail(reasons::malformed, "too many network paths");
  for (auto& text : texts) {
    size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals > max_label_bytes)
      return fail(reasons::malformed, text);
    auto network = proto::parse_network(std::string_view(text).substr(equals + 1));
    if (!network) return fail(reasons::malformed, text);
    out.entries_.push_back({text.substr(0, equals), *network});
  }
  return out;
}

std::string_view NetworkPaths::of(std::string_view text) const {
  auto address = proto::parse_ip(text);
  if (!address) return "local";  // a local socket
  for (auto& entry : entries_) {
    if (entry.network.contains(*address)) return entry.label;
  }
  static const auto loopback4 = proto::parse_network("127.0.0.0/8");
  static const auto loopback6 = proto::parse_network("::1");
  return loopback4->contains(*address) || loopback6->contains(*address) ? "local" : "internet";
}

}  // namespace parvis
