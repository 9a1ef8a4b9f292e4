#pragma once
// Names of hosts to numeric addresses, by the system's resolver. Blocks: any thread but the loop's.
#include <string>
#include <vector>

#include "base/result.h"

namespace parvis {

inline constexpr size_t max_resolved_addresses = 16;

/// Without duplicates, in the system's order of preference; reasons::unavailable when there is none.
Result<std::vector<std::string>> resolve_host(const std::string& name);

}  // namespace parvis
