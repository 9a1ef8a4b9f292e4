#pragma once
// The addresses of this machine's interfaces that are up, for telling others where to reach it.
#include <string>
#include <vector>

namespace parvis {

/// Numeric; IPv4 first, loopback last, no link-local ones. Empty when the system does not tell. Any thread.
std::vector<std::string> own_addresses();

}  // namespace parvis
