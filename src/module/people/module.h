#pragma once
#include <memory>

#include "core/context.h"

namespace parvis {

/// What belongs to one person: signing in, profile, devices, directory, notifications, meter, the live
/// socket.
std::unique_ptr<Module> make_people_module(Context& context);

}  // namespace parvis
