#pragma once
// What keeps a child away from the rest of the machine: its files (Landlock, where the kernel has it), the
// network and other processes (seccomp, always). Needs no privilege. Used by process.cpp between fork and
// exec; Linux only.
#include <string>
#include <vector>

#include "base/result.h"

namespace parvis {

/// Beyond these a confined child opens nothing; what does not exist is passed over.
struct Confinement {
  std::vector<std::string> readable;  // files and directories it may read and run
  std::vector<std::string> writable;  // directories it may also write in, and devices
  std::vector<std::string> sockets;   // directories where it may make and remove local sockets
};

/// Prepared by the parent, entered by the child.
class ConfinementRules {
 public:
  ConfinementRules() = default;
  ConfinementRules(const ConfinementRules&) = delete;
  ~ConfinementRules();
  /// reasons::unavailable when the kernel has the means and refuses them.
  Result<void> prepare(const Confinement& confinement);
  /// In the child, after PR_SET_NO_NEW_PRIVS: only async-signal-safe calls. False when it must not go on.
  bool enter() const;

 private:
  int ruleset_ = -1;  // none: this kernel does not limit files
};

}  // namespace parvis
