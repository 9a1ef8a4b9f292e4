// Push rules, pushers, and the list of what notified.
#include "engine/matrix/errors.h"
#include "module/chat/access.h"
#include "module/chat/account_data.h"
#include "module/chat/door.h"
#include "module/chat/render.h"

namespace parvis::chat {
namespace {

using http::Response;
using store::Statement;
const Statement put_pusher{
    "chat.put_pusher",
    "insert into chat_pusher(user_number, app_id, pushkey, content) values ($1, $2, $3, $4) on conflict "
    "(user_number, app_id, pushkey) do update set content = excluded.content"};
const Statement delete_pusher{
    "chat.delete_pusher", "delete from chat_pusher where user_number = $1 and app_id = $2 and pushkey = $3"};
const Statement list_pushers{"chat.pushers",
                             "select content from chat_pusher where user_number = $1 limit 100"};

const mx::PushRuleset& rules_of(const User& user) {
  static const mx::PushRuleset default_rules;
  return user.ruleset ? *user.ruleset : default_rules;
}

Result<mx::RuleKind> kind_of(const http::Request& request) {
  if (request.parameter("scope") != "global") return fail(mx::errors::invalid_param, "scope");
  auto kind = mx::parse_rule_kind(request.parameter("kind"));
  if (!kind) return fail(mx::errors::invalid_param, "kind");
  return *kind;
}

Answer get_rules(Chat&, Caller caller, http::Request&) {
  co_return Response::json("{\"global\":" + rules_of(*caller.user).to_json(caller.user->user_id) + "}");
}
Answer get_global_rules(Chat&, Caller caller, http::Request&) {
  co_return Response::json(rules_of(*caller.user).to_json(caller.user->user_id));
}

Result<const mx::PushRule*> find_rule(const Caller& caller, const http::Request& request) {
  auto kind = TRY(kind_of(request));
  auto* rule = rules_of(*caller.user).find(kind, request.parameter("rule_id"));
  if (!rule) return fail(reasons::not_found, "no such rule");
  return rule;
}

Answer get_rule(Chat&, Caller caller, http::Request& request) {
  auto* rule = CO_TRY(find_rule(caller, request));
  co_return Response::json(mx::PushRuleset::rule_json(CO_TRY(kind_of(request)), *rule, caller.user->user_id));
}

Answer get_rule_enabled(Chat&, Caller caller, http::Request& request) {
  auto* rule = CO_TRY(find_rule(caller, request));
  co_return Response::json(rule->enabled ? R"({"enabled":true})" : R"({"enabled":false})");
}

Answer get_rule_actions(Chat&, Caller caller, http::Request& request) {
  auto* rule = CO_TRY(find_rule(caller, request));
  std::string out;
  json::Writer(out).begin_object().field("actions", json::Value(rule->actions)).end_object();
  co_return Response::json(std::move(out));
}

// Applies a change to a copy, stores it, then makes it the person's.
template <class Change>
Answer change_rules(Chat& chat, Caller caller, Change change) {
  auto next = std::make_unique<mx::PushRuleset>(rules_of(*caller.user));
  CO_TRY(change(*next));
  CO_TRY(co_await put_account_data(chat, *caller.user, 0, "m.push_rules", next->to_storage()));
  chat.users.set_rules(*caller.user, std::move(next));
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

Answer put_rule(Chat& chat, Caller caller, http::Request& request) {
  auto kind = CO_TRY(kind_of(request));
  auto body = CO_TRY(co_await body_object(request));
  std::string id(request.parameter("rule_id"));
  auto before = request.query_value("before").value_or(""), after = request.query_value("after").value_or("");
  co_return co_await change_rules(
      chat, caller, [&](mx::PushRuleset& rules) { return rules.put(kind, id, body, before, after); });
}

Answer delete_rule(Chat& chat, Caller caller, http::Request& request) {
  auto kind = CO_TRY(kind_of(request));
  std::string id(request.parameter("rule_id"));
  co_return co_await change_rules(chat, caller,
                                  [&](mx::PushRuleset& rules) { return rules.remove(kind, id); });
}

Answer put_rule_enabled(Chat& chat, Caller caller, http::Request& request) {
  auto kind = CO_TRY(kind_of(request));
  auto body = CO_TRY(co_await body_object(request));
  auto enabled = json::boolean(body, "enabled");
  if (!enabled) co_return fail(mx::errors::missing_param, "enabled");
  std::string id(request.parameter("rule_id"));
  co_return co_await change_rules(
      chat, caller, [&](mx::PushRuleset& rules) { return rules.set_enabled(kind, id, *enabled); });
}

Answer put_rule_actions(Chat& chat, Caller caller, http::Request& request) {
  auto kind = CO_TRY(kind_of(request));
  auto body = CO_TRY(co_await body_object(request));
  auto* actions = json::find(body, "actions");
  if (!actions) co_return fail(mx::errors::missing_param, "actions");
  std::string id(request.parameter("rule_id"));
  co_return co_await change_rules(
      chat, caller, [&](mx::PushRuleset& rules) { return rules.set_actions(kind, id, *actions); });
}

Answer get_pushers(Chat& chat, Caller caller, http::Request&) {
  using List = std::vector<std::string>;
  auto list = CO_TRY(co_await chat.context.database.read(
      [number = caller.user->number](store::Reader& reader) -> Result<List> {
        auto rows = TRY(reader.query(list_pushers, number));
        List out;
        for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
        return out;
      }));
  std::string out = "{\"pushers\":[";
  Comma comma(out);
  for (auto& pusher : list) {
    comma.next();
    out += pusher;
  }
  out += "]}";
  co_return Response::json(std::move(out));
}

Answer set_pusher(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, false, 16 << 10));
  std::string app_id(CO_TRY(need_text(body, "app_id"))), pushkey(CO_TRY(need_text(body, "pushkey")));
  if (app_id.size() > 64 || pushkey.size() > 512) co_return fail(mx::errors::invalid_param, "too long");
  auto* kind = json::find(body, "kind");
  if (!kind) co_return fail(mx::errors::missing_param, "kind");
  bool remove = kind->is_null();
  if (!remove) {
    for (auto key : {"app_display_name", "device_display_name", "lang"}) CO_TRY(need_text(body, key));
    if (!json::object(body, "data")) co_return fail(mx::errors::missing_param, "data");
  }
  std::string content;
  json::Writer(content).value(body);
  chat.log.add([number = caller.user->number, app_id, pushkey, content,
                remove](store::Transaction& transaction) -> Result<void> {
    if (remove)
      TRY(transaction.execute(delete_pusher, number, app_id, pushkey));
    else
      TRY(transaction.execute(put_pusher, number, app_id, pushkey, content));
    return {};
  });
  CO_TRY(co_await chat.log.commit());
  co_return empty_object();
}

// What would have notified, newest first, over the recent events in memory of each room.
Answer get_notifications(Chat& chat, Caller caller, http::Request& request) {
  int64_t from = INT64_MAX;
  if (auto text = request.query_value("from"); text && !text->empty()) {
    auto token = mx::PageToken::parse(*text);
    if (!token) co_return fail(mx::errors::invalid_param, "from");
    from = token->position;
  }
  auto limit = static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", 20, 100)));
  bool highlights_only = request.query_value("only") == "highlight";
  std::vector<Room*> rooms;
  for (auto* member : caller.user->rooms)
    if (member->membership == Membership::join &&
        allowed(chat, *member->room, *caller.user, Action::message_read))
      rooms.push_back(member->room);
  CO_TRY(co_await chat.rooms.ensure_live(rooms));
  struct Item {
    EntryPtr entry;
    json::Array actions;
    bool read;
  };
  std::map<int64_t, Item, std::greater<>> found;
  auto name = chat.users.display_name(*caller.user);
  for (Room* room : rooms) {
    if (!room->live) continue;
    auto levels = mx::PowerLevels::of(room->version, room->live->state);
    Member* member = chat.rooms.member(*room, *caller.user);
    for (auto& entry : room->live->ring) {
      if (entry->position >= from || entry->sender == caller.user->number || entry->position < member->joined)
        continue;
      auto content = entry->event.content();
      mx::PushEvent push(entry->event, content, room->live->state.joined_count(), levels);
      auto outcome = push.evaluate(*caller.user->rules, caller.user->user_id, name);
      if (!outcome.notify || (highlights_only && !outcome.highlight)) continue;
      found[entry->position] = {entry, outcome.actions ? *outcome.actions : json::Array(),
                                entry->position <= member->read_position};
    }
  }
  std::string out = "{\"notifications\":[";
  Comma comma(out);
  size_t count = 0;
  int64_t last = 0;
  for (auto& [position, item] : found) {
    if (count++ == limit) break;
    last = position;
    comma.next();
    json::Writer writer(out);
    writer.begin_object().field("actions", json::Value(item.actions)).field("read", item.read);
    writer.field("room_id", item.entry->event.room_id)
        .field("ts", item.entry->event.origin_server_ts)
        .key("event");
    std::string event;
    append_event(event, chat, *item.entry, {caller.user, caller.session->device_id}, true);
    writer.raw(event).end_object();
  }
  out += ']';
  if (found.size() > limit) out += ",\"next_token\":\"" + mx::PageToken{last}.text() + "\"";
  out += '}';
  co_return Response::json(std::move(out));
}

}  // namespace

void add_push_routes(Door& door) {
  door.v3("GET", "/pushrules", get_rules);
  door.v3("GET", "/pushrules/", get_rules);
  door.v3("GET", "/pushrules/global", get_global_rules);
  door.v3("GET", "/pushrules/global/", get_global_rules);
  door.v3("GET", "/pushrules/{scope}/{kind}/{rule_id}", get_rule);
  door.v3("PUT", "/pushrules/{scope}/{kind}/{rule_id}", put_rule);
  door.v3("DELETE", "/pushrules/{scope}/{kind}/{rule_id}", delete_rule);
  door.v3("GET", "/pushrules/{scope}/{kind}/{rule_id}/enabled", get_rule_enabled);
  door.v3("PUT", "/pushrules/{scope}/{kind}/{rule_id}/enabled", put_rule_enabled);
  door.v3("GET", "/pushrules/{scope}/{kind}/{rule_id}/actions", get_rule_actions);
  door.v3("PUT", "/pushrules/{scope}/{kind}/{rule_id}/actions", put_rule_actions);
  door.v3("GET", "/pushers", get_pushers);
  door.v3("POST", "/pushers/set", set_pusher);
  door.v3("GET", "/notifications", get_notifications);
}

}  // namespace parvis::chat
