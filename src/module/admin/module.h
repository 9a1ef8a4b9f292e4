#pragma once
#include <memory>

#include "core/context.h"

namespace parvis {

/// Administration of the house: people, administrations, requested communities, the audit trail.
std::unique_ptr<Module> make_admin_module(Context& context);

}  // namespace parvis
