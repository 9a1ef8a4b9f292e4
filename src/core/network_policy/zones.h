#pragma once
// Time zones by name: from the system's zone files, and those of France also without them.
#include <memory>
#include <string_view>

#include "platform/fs.h"
#include "proto/time_zone.h"

namespace parvis {

/// Blocking: on a thread of the disk, or at start. Null: no such zone.
std::shared_ptr<const proto::TimeZone> find_zone(Fs& fs, std::string_view name);
/// Of those known without any file; null otherwise.
std::shared_ptr<const proto::TimeZone> french_zone(std::string_view name);

}  // namespace parvis
