#pragma once
// Addresses as people paste them: commas, semicolons, spaces, lines, "Claire Vasseur <claire@x.fr>".
#include <string>
#include <string_view>
#include <vector>

namespace parvis {

inline constexpr size_t max_pasted_addresses = 500;

/// Lower case, in order, without duplicates; anything without a plausible "local@domain.tld" is kept as
/// written, so that its line can be refused to the person who pasted it. Stops after max_pasted_addresses.
std::vector<std::string> parse_addresses(std::string_view pasted);
bool plausible_address(std::string_view address);

}  // namespace parvis
