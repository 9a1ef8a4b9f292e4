#pragma once
// The network a person comes by (RIE, VPN, Internet), told from the source address by the administrator's
// list.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proto/forwarded.h"

namespace parvis {

struct NetworkRange {
  std::string label;
  std::string range;  // as written
  proto::IpNetwork network;
};

inline constexpr size_t max_network_ranges = 200;
inline constexpr size_t max_network_label_bytes = 30;
/// Lower-case letters, digits, '-' and '_'.
bool is_network_label(std::string_view text);

/// Each "label=CIDR", for example "rie=10.0.0.0/8". reasons::malformed.
Result<std::vector<NetworkRange>> parse_network_ranges(const std::vector<std::string>& texts);

/// The label of the first that contains the address; "internet" when none does, "local" for this machine.
std::string_view network_of(const std::vector<NetworkRange>& ranges, std::string_view address);

}  // namespace parvis
