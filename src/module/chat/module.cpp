#include "module/chat/module.h"

#include "module/chat/chat.h"
#include "module/chat/conversations.h"
#include "module/chat/door.h"

namespace parvis {
namespace {

class ChatModule final : public ConversationsModule {
 public:
  ChatModule(Context& context, Files& files) : chat_(context, files), conversations_(chat_) {
    chat::Door door(chat_);
    for (auto add : {chat::add_session_routes,    chat::add_server_routes,       chat::add_room_routes,
                     chat::add_membership_routes, chat::add_send_routes,         chat::add_state_routes,
                     chat::add_history_routes,    chat::add_relation_routes,     chat::add_sync_routes,
                     chat::add_receipt_routes,    chat::add_account_data_routes, chat::add_push_routes,
                     chat::add_profile_routes,    chat::add_device_routes,       chat::add_directory_routes,
                     chat::add_hierarchy_routes,  chat::add_media_routes,        chat::add_search_routes,
                     chat::add_key_routes,        chat::add_key_backup_routes,   chat::add_to_device_routes})
      add(door);
    chat::add_house_routes(chat_);
  }
  std::string_view name() const override { return "chat"; }
  Task<Result<void>> start() override { return chat_.start(); }
  void release_waiting() override { chat_.release_waiting(); }
  Task<void> drain(Monotonic deadline) override { return chat_.drain(deadline); }
  Conversations& conversations() override { return conversations_; }

 private:
  chat::Chat chat_;
  chat::ChatConversations conversations_;
};

}  // namespace

std::unique_ptr<ConversationsModule> make_chat_module(Context& context, Files& files) {
  return std::make_unique<ChatModule>(context, files);
}

}  // namespace parvis
