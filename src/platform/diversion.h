#pragma once
// Two protocols at one port: connections that begin with another byte than the listener's protocol does, nor
// TLS before it, are taken away before anything of them is read.
#include <functional>

#include "platform/net.h"

namespace parvis {

struct Diversion {
  std::function<bool(uint8_t first)> takes;
  std::function<void(int descriptor)> take;  // owns it; on the listener's loop
};

/// Of connections accepted from now on. To who accepts, one that is taken away looks aborted. Listeners of
/// real sockets only: others are left as they are.
void divert(Listener& listener, Diversion diversion);

}  // namespace parvis
