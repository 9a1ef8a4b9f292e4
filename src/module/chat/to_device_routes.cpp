// Messages from device to device: kept until the device's next sync acknowledges them.
#include "engine/matrix/errors.h"
#include "module/chat/door.h"
#include "module/chat/keys.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement insert_to_device{
    "chat.insert_to_device",
    "insert into chat_to_device(position, user_number, device_id, content) values ($1, $2, $3, $4)"};
constexpr size_t max_to_device_body = 1 << 20, max_targets = 2'000, remembered = 20'000;

struct Target {
  User* user;
  std::string device_id;
  std::string content;
};

Result<std::vector<Target>> targets_of(Chat& chat, const Caller& caller, std::string_view type,
                                       const json::Value& body) {
  auto* messages = json::object(body, "messages");
  if (!messages) return fail(mx::errors::missing_param, "messages");
  std::vector<Target> out;
  for (auto& person : *messages) {
    if (!person.value().is_object()) return fail(mx::errors::bad_json, "messages");
    User* user = chat.users.find(std::string_view(person.key()));
    if (!user || user->person.empty()) continue;
    for (auto& device : person.value().get_object()) {
      std::string content;
      json::Writer(content)
          .begin_object()
          .field("type", type)
          .field("sender", caller.user->user_id)
          .field("content", device.value())
          .end_object();
      if (content.size() > mx::max_event_bytes) return fail(mx::errors::event_too_large);
      std::string_view device_id = device.key();
      if (device_id != "*")
        out.push_back({user, std::string(device_id), std::move(content)});
      else
        for (auto& session : chat.context.sessions.of(user->person))
          out.push_back({user, session->device_id, content});
      if (out.size() > max_targets) return fail(reasons::too_large, "too many devices");
    }
  }
  return out;
}

Answer put_to_device(Chat& chat, Caller caller, http::Request& request) {
  std::string type(request.parameter("event_type"));
  std::string key = caller.user->user_id + "|" + caller.transaction(request.parameter("txn_id"));
  auto body = CO_TRY(co_await body_object(request, false, max_to_device_body));
  auto targets = CO_TRY(targets_of(chat, caller, type, body));
  if (chat.to_device_transactions.contains(key)) {
    CO_TRY(co_await chat.log.commit());
    co_return empty_object();
  }
  if (chat.to_device_transactions.size() >= remembered) chat.to_device_transactions.clear();
  chat.to_device_transactions.insert(key);
  for (auto& target : targets) {
    int64_t position = ++chat.next_to_device;
    User* user = target.user;
    chat.log.add(
        [position, number = user->number, device_id = std::move(target.device_id),
         content = std::move(target.content)](store::Transaction& transaction) -> Result<void> {
          TRY(transaction.execute(insert_to_device, position, number, device_id, content));
          return {};
        },
        [&chat, user, position](const Result<void>& outcome) {
          if (!outcome) return;
          user->to_device_position = position;
          chat.now[mx::Stream::to_device] = position;
          chat.wakeups.wake(*user);
        });
  }
  auto outcome = co_await chat.log.commit();
  if (!outcome) chat.to_device_transactions.erase(key);
  CO_TRY(std::move(outcome));
  co_return empty_object();
}

}  // namespace

void add_to_device_routes(Door& door) {
  door.v3("PUT", "/sendToDevice/{event_type}/{txn_id}", put_to_device,
          {.max_body_bytes = max_to_device_body});
}

}  // namespace parvis::chat
