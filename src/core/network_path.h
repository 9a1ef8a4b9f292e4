#pragma once
// The network a person comes by (RIE, VPN, Internet), told from the source address by the administrator's
// list.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proto/forwarded.h"

namespace parvis {

class NetworkPaths {
 public:
  /// Each "label=CIDR", for example "rie=10.0.0.0/8"; the first that contains the address wins.
  /// reasons::malformed.
  static Result<NetworkPaths> parse(const std::vector<std::string>& texts);
  /// "internet" when no entry contains the address; "local" for this machine. The view lives as long as this
  /// object.
  std::string_view of(std::string_view address) const;

 private:
  struct Entry {
    std::string label;
    proto::IpNetwork network;
  };
  std::vector<Entry> entries_;
};

}  // namespace parvis
