#pragma once
#include "module/chat/api.h"
#include "module/chat/chat.h"

namespace parvis::chat {

class ChatConversations final : public Conversations {
 public:
  explicit ChatConversations(Chat& chat) : chat_(chat) {}
  Task<Result<std::vector<FoundMessage>>> search(Actor actor, std::string text, size_t limit) override;
  std::vector<std::string> direct_scopes(PersonId person) override;
  std::string first_salon(SpaceId space) override;
  bool is_salon_of(SpaceId space, const std::string& room_id) override;
  Task<Result<void>> write_for_guest(std::string room_id, std::string name, std::string text) override;
  Task<Result<void>> write_notice(std::string room_id, std::string text) override;
  Task<Result<std::vector<SalonMessage>>> messages_since(std::string room_id, Instant since,
                                                         size_t limit) override;
  void on_message(std::function<void(const std::string& room_id)> listener) override;

 private:
  Task<Result<void>> write(std::string room_id, json::Object content);
  Chat& chat_;
};

}  // namespace parvis::chat
