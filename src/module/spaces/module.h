#pragma once
#include <memory>

#include "core/context.h"

namespace parvis {

/// Communities and project spaces: directory, creation from templates, joining, members, settings,
/// explanations, home.
std::unique_ptr<Module> make_spaces_module(Context& context);

}  // namespace parvis
