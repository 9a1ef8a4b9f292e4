#pragma once
#include "module/chat/api.h"
#include "module/chat/chat.h"

namespace parvis::chat {

class ChatConversations final : public Conversations {
 public:
  explicit ChatConversations(Chat& chat) : chat_(chat) {}
  Task<Result<std::vector<FoundMessage>>> search(Actor actor, std::string text, size_t limit) override;
  std::vector<std::string> direct_scopes(PersonId person) override;

 private:
  Chat& chat_;
};

}  // namespace parvis::chat
