#pragma once
#include <memory>

#include "core/context.h"

namespace parvis {

class Conversations;

/// One search over everything a person may see: spaces, people, files, messages.
std::unique_ptr<Module> make_search_module(Context& context, Conversations& conversations);

}  // namespace parvis
