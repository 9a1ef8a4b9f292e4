#pragma once
// What a server asks of the machine once, when it starts.
#include <memory>
#include <string>

#include "base/result.h"

namespace parvis {

/// As many open files as the system allows this process.
void raise_descriptor_limit();

/// Held by one process at a time; let go when the object or the process dies.
class LockFile {
 public:
  virtual ~LockFile() = default;
};
/// reasons::conflict when another process holds it.
Result<std::unique_ptr<LockFile>> lock_file(const std::string& path);

}  // namespace parvis
