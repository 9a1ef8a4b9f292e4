#pragma once
// What a server asks of the machine it runs on. Loop thread only.
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"

namespace parvis {

/// As many open files as the system allows this process.
void raise_descriptor_limit();

/// Memory of this process that is in the machine now; 0 when the system does not tell.
size_t resident_bytes();
/// Freed memory that the allocator keeps goes back to the system. Walks the heap: milliseconds after a rush.
void return_free_memory();

/// Held by one process at a time; let go when the object or the process dies.
class LockFile {
 public:
  virtual ~LockFile() = default;
};
/// reasons::conflict when another process holds it.
Result<std::unique_ptr<LockFile>> lock_file(const std::string& path);

}  // namespace parvis
