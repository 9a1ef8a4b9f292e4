#pragma once
// Conversations: Matrix for every client, salons for every space. See README.md.
#include <memory>

#include "core/context.h"
#include "module/chat/api.h"

namespace parvis {

class Files;

/// Needs the files module: what a message shows is a file of its space.
std::unique_ptr<ConversationsModule> make_chat_module(Context& context, Files& files);

}  // namespace parvis
