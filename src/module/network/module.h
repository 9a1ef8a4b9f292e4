#pragma once
#include <memory>

#include "core/context.h"

namespace parvis {

class NetworkPolicy;

/// `policy` outlives the module.
std::unique_ptr<Module> make_network_module(Context& context, NetworkPolicy& policy);

}  // namespace parvis
