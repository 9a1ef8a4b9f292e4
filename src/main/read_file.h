#pragma once
#include <string>

#include "platform/fs.h"

namespace parvis {

/// A configuration or password file, at most 64 KiB; blocking.
Result<std::string> read_small_file(Fs& fs, const std::string& path);

}  // namespace parvis
