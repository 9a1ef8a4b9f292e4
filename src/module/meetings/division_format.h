#pragma once
// A meeting's groups as one JSON text in the database. Times in it are civil: the process that reads them has
// another monotonic clock.
#include "module/meetings/breakouts.h"

namespace parvis {

std::string write_division(const Breakouts::Division& division, Instant now, Monotonic loop_now);
/// nullopt: none, malformed, or its time is up.
std::optional<Breakouts::Division> read_division(const std::string& text, Instant now, Monotonic loop_now);

}  // namespace parvis
