#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/account_data.h"
#include "module/chat/door.h"
#include "module/chat/receipts.h"

namespace parvis::chat {
namespace {

Task<Result<void>> put_fully_read(Chat& chat, User& user, Room& room, std::string event_id) {
  std::string content;
  json::Writer(content).begin_object().field("event_id", event_id).end_object();
  co_return co_await put_account_data(chat, user, room.number, "m.fully_read", std::move(content));
}

Answer post_receipt(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  std::string type(request.parameter("receipt_type")), event_id(request.parameter("event_id"));
  auto body = CO_TRY(co_await body_object(request, true));
  std::string thread;
  if (auto* given = json::find(body, "thread_id")) {
    if (!given->is_string() || given->get_string().empty())
      co_return fail(mx::errors::invalid_param, "thread_id");
    thread = given->get_string();
    if (thread != "main" && !thread.starts_with('$')) co_return fail(mx::errors::invalid_param, "thread_id");
  }
  if (type == "m.fully_read") {
    if (!thread.empty()) co_return fail(mx::errors::invalid_param, "m.fully_read has no threads");
    CO_TRY(co_await put_fully_read(chat, *caller.user, *room, event_id));
    CO_TRY(co_await chat.log.commit());
  } else if (type == "m.read" || type == "m.read.private") {
    CO_TRY(co_await put_receipt(chat, *room, *caller.user, type, thread, event_id));
  } else {
    co_return fail(mx::errors::invalid_param, "receipt type");
  }
  co_return empty_object();
}

Answer post_read_markers(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  auto body = CO_TRY(co_await body_object(request));
  if (auto event_id = json::text(body, "m.fully_read")) {
    CO_TRY(co_await put_fully_read(chat, *caller.user, *room, std::string(*event_id)));
    CO_TRY(co_await chat.log.commit());
  }
  for (std::string type : {"m.read", "m.read.private"}) {
    if (auto event_id = json::text(body, type))
      CO_TRY(co_await put_receipt(chat, *room, *caller.user, type, "", std::string(*event_id)));
  }
  co_return empty_object();
}

Answer put_typing(Chat& chat, Caller caller, http::Request& request) {
  if (chat.users.find(request.parameter("user_id")) != caller.user) co_return fail(reasons::forbidden);
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  auto body = CO_TRY(co_await body_object(request));
  auto typing = json::boolean(body, "typing");
  if (!typing) co_return fail(mx::errors::missing_param, "typing");
  CO_TRY(require(chat, *room, *caller.user, Action::message_send));
  set_typing(chat, *room, *caller.user, *typing, json::integer(body, "timeout").value_or(30'000));
  co_return empty_object();
}

}  // namespace

void add_receipt_routes(Door& door) {
  door.v3("POST", "/rooms/{room_id}/receipt/{receipt_type}/{event_id}", post_receipt, {.cost = 0.3});
  door.v3("POST", "/rooms/{room_id}/read_markers", post_read_markers, {.cost = 0.3});
  door.v3("PUT", "/rooms/{room_id}/typing/{user_id}", put_typing, {.cost = 0.3});
}

}  // namespace parvis::chat
