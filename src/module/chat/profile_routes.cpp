// Profiles and the user directory. Names are the house's and change there; the picture may be set here.
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "module/chat/door.h"
#include "module/chat/membership.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

using http::Response;
using store::Statement;
const Statement put_profile{
    "chat.put_profile",
    "insert into chat_profile(user_number, avatar_url) values ($1, $2) on conflict (user_number) do "
    "update set avatar_url = excluded.avatar_url"};

// Whoever may not see the person is told that there is nobody.
Result<User*> seen_user(Chat& chat, const Caller& caller, std::string_view user_id) {
  User* user = chat.users.find(user_id);
  if (!user) return fail(reasons::user_unknown);
  if (user->person.empty() || user == caller.user) return user;
  if (!chat.context.access
           .may(Actor{caller.user->person}, Action::person_see, Object::of_person(user->person))
           .allowed)
    return fail(reasons::user_unknown);
  return user;
}

Answer get_profile(Chat& chat, Caller caller, http::Request& request) {
  User* user = CO_TRY(seen_user(chat, caller, request.parameter("user_id")));
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("displayname", chat.users.display_name(*user));
  if (!user->avatar_url.empty()) writer.field("avatar_url", user->avatar_url);
  writer.end_object();
  co_return Response::json(std::move(out));
}

Answer get_profile_field(Chat& chat, Caller caller, http::Request& request) {
  User* user = CO_TRY(seen_user(chat, caller, request.parameter("user_id")));
  auto field = request.parameter("field");
  std::string value;
  if (field == "displayname")
    value = chat.users.display_name(*user);
  else if (field == "avatar_url")
    value = user->avatar_url;
  else
    co_return fail(reasons::not_found, "no such field");
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (!value.empty()) writer.field(field, value);
  writer.end_object();
  co_return Response::json(std::move(out));
}

Task<void> spread_profile(Chat& chat, User& user) {
  std::vector<Room*> rooms;
  for (auto* member : user.rooms)
    if (member->membership == Membership::join) rooms.push_back(member->room);
  if (!co_await chat.rooms.ensure_live(rooms)) co_return;
  for (Room* room : rooms) {
    if (!room->live || mx::membership_of(room->live->state, user.user_id) != Membership::join) continue;
    std::string via;
    if (!room->space.empty()) via = chat.users.house().user_id;
    (void)append_member(chat, *room, user, user, {.membership = "join", .authorised_via = via});
  }
}

Answer put_profile_field(Chat& chat, Caller caller, http::Request& request) {
  if (chat.users.find(request.parameter("user_id")) != caller.user) co_return fail(reasons::forbidden);
  auto field = request.parameter("field");
  auto body = CO_TRY(co_await body_object(request));
  auto value = std::string(CO_TRY(need_text(body, field)));
  if (field == "displayname") {
    // The directory's name stands; saying the same name again is no error.
    if (value == chat.users.display_name(*caller.user)) co_return empty_object();
    co_return fail(reasons::forbidden, "names are kept by the administration");
  }
  if (field != "avatar_url") co_return fail(reasons::not_found, "no such field");
  if (!value.empty() && !mx::parse_mxc(value)) co_return fail(mx::errors::invalid_param, "avatar_url");
  caller.user->avatar_url = value;
  chat.log.add([number = caller.user->number, value](store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(put_profile, number, value));
    return {};
  });
  CO_TRY(co_await chat.log.commit());
  spawn(spread_profile(chat, *caller.user));
  co_return empty_object();
}

Answer post_user_search(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto text = CO_TRY(need_text(body, "search_term"));
  auto limit = static_cast<size_t>(std::clamp<int64_t>(json::integer(body, "limit").value_or(10), 1, 50));
  std::string out = "{\"results\":[";
  json::Writer writer(out);
  size_t shown = 0;
  bool limited = false;
  Actor actor{caller.user->person};
  if (chat.context.access.may(actor, Action::directory_search, Object::instance()).allowed) {
    for (auto* person : chat.context.people.search(text, limit + 1)) {
      if (!chat.context.access.may(actor, Action::person_see, Object::of_person(person->id)).allowed)
        continue;
      if (shown == limit) {
        limited = true;
        break;
      }
      ++shown;
      User& user = chat.users.of(person->id);
      writer.begin_object().field("user_id", user.user_id).field("display_name", person->display_name);
      if (!user.avatar_url.empty()) writer.field("avatar_url", user.avatar_url);
      writer.end_object();
    }
  }
  out += "],\"limited\":";
  out += limited ? "true}" : "false}";
  co_return Response::json(std::move(out));
}

}  // namespace

void add_profile_routes(Door& door) {
  door.v3("GET", "/profile/{user_id}", get_profile);
  door.v3("GET", "/profile/{user_id}/{field}", get_profile_field);
  door.v3("PUT", "/profile/{user_id}/{field}", put_profile_field);
  door.v3("POST", "/user_directory/search", post_user_search, {.cost = 2});
}

}  // namespace parvis::chat
