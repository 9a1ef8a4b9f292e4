// The tree of a space, and what a room shows of itself before one is in it.
#include "engine/matrix/errors.h"
#include "engine/matrix/stripped_state.h"
#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/door.h"
#include "module/chat/policy.h"
#include "module/chat/render.h"

namespace parvis::chat {
namespace {

using http::Response;
constexpr size_t max_hierarchy_rooms = 1'000;

// Whether a person may know that the room exists. The room is live.
bool accessible(Chat& chat, const Room& room, const User* user) {
  if (!user) return false;
  const Member* member = chat.rooms.member(room, *user);
  if (!room.space.empty()) return allowed(chat, room, *user, Action::space_see);
  if (member && (member->membership == Membership::join || member->membership == Membership::invite))
    return true;
  if (chat.users.is_external(*user)) return false;
  auto* rules = room.live->state.find("m.room.join_rules", "");
  auto rule = rules ? json::text(rules->content, "join_rule").value_or("") : std::string_view();
  if (rule == "public" || rule == "knock" || rule == "knock_restricted") return true;
  if (rule != "restricted") return false;
  if (auto* allow = json::array(rules->content, "allow")) {
    for (auto& condition : *allow) {
      Room* named = chat.rooms.find(json::text(condition, "room_id").value_or(""));
      if (named && chat.rooms.joined(*named, *user)) return true;
    }
  }
  return false;
}

std::vector<const mx::StateEvent*> children_of(const Room& room, bool suggested_only) {
  std::vector<const mx::StateEvent*> out;
  room.live->state.each_of("m.space.child", [&](const mx::StateEventPtr& child) {
    auto* via = json::array(child->content, "via");
    if (!via || via->empty()) return;
    if (suggested_only && !json::boolean(child->content, "suggested").value_or(false)) return;
    out.push_back(child.get());
  });
  std::sort(out.begin(), out.end(), [](auto* a, auto* b) {
    auto order_a = json::text(a->content, "order").value_or("\x7f"),
         order_b = json::text(b->content, "order").value_or("\x7f");
    if (order_a != order_b) return order_a < order_b;
    if (a->event.origin_server_ts != b->event.origin_server_ts)
      return a->event.origin_server_ts < b->event.origin_server_ts;
    return *a->event.state_key < *b->event.state_key;
  });
  return out;
}

Answer get_hierarchy(Chat& chat, Caller caller, http::Request& request) {
  Room* root = chat.rooms.find(request.parameter("room_id"));
  if (!root) co_return fail(mx::errors::not_in_room);
  CO_TRY(co_await chat.rooms.ensure_live(*root));
  if (!accessible(chat, *root, caller.user)) co_return fail(mx::errors::not_in_room);
  int64_t max_depth = number_query(request, "max_depth", 20, 20);
  bool suggested = request.query_value("suggested_only") == "true";
  auto limit = static_cast<size_t>(std::max<int64_t>(1, number_query(request, "limit", 50, 500)));
  size_t skip = 0;
  if (auto from = request.query_value("from"); from && !from->empty()) {
    skip = static_cast<size_t>(number_query(request, "from", -1, 1'000'000));
    if (skip == static_cast<size_t>(-1)) co_return fail(mx::errors::invalid_param, "from");
  }
  struct Step {
    Room* room;
    int64_t depth;
  };
  std::vector<Step> stack{{root, 0}}, order;
  std::set<RoomNumber> seen;
  while (!stack.empty() && order.size() < max_hierarchy_rooms) {
    Step step = stack.back();
    stack.pop_back();
    if (!seen.insert(step.room->number).second) continue;
    CO_TRY(co_await chat.rooms.ensure_live(*step.room));
    if (!step.room->live || !accessible(chat, *step.room, caller.user)) continue;
    order.push_back(step);
    if (step.depth == max_depth) continue;
    auto children = children_of(*step.room, suggested);
    for (auto child = children.rbegin(); child != children.rend(); ++child)
      if (Room* room = chat.rooms.find(*(*child)->event.state_key)) stack.push_back({room, step.depth + 1});
  }
  std::string out = "{\"rooms\":[";
  Comma comma(out);
  for (size_t i = skip; i < order.size() && i < skip + limit; ++i) {
    Room& room = *order[i].room;
    if (!room.live) continue;
    comma.next();
    out += '{';
    mx::append_card_members(out, mx::describe(room.live->state, room.room_id));
    out += ",\"children_state\":[";
    Comma inner(out);
    if (order[i].depth < max_depth) {
      for (auto* child : children_of(room, suggested)) {
        inner.next();
        json::Writer writer(out);
        writer.begin_object().field("type", "m.space.child").field("state_key", *child->event.state_key);
        writer.field("sender", child->event.sender).field("origin_server_ts", child->event.origin_server_ts);
        writer.key("content").raw(child->event.content_text()).end_object();
      }
    }
    out += "]}";
  }
  out += ']';
  if (skip + limit < order.size()) out += ",\"next_batch\":\"" + std::to_string(skip + limit) + "\"";
  out += '}';
  co_return Response::json(std::move(out));
}

Answer get_room_summary(Chat& chat, Caller caller, http::Request& request) {
  Room* room = find_room(chat, request.parameter("room"));
  if (!room) co_return fail(reasons::not_found);
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  if (!accessible(chat, *room, caller.user)) co_return fail(reasons::not_found);
  std::string out = "{";
  mx::append_card_members(out, mx::describe(room->live->state, room->room_id));
  const Member* member = chat.rooms.member(*room, *caller.user);
  out += ",\"membership\":\"";
  out +=
      mx::name_of(member && member->membership != Membership::none ? member->membership : Membership::leave);
  out += "\"}";
  co_return Response::json(std::move(out));
}

}  // namespace

void add_hierarchy_routes(Door& door) {
  door.v1("GET", "/rooms/{room_id}/hierarchy", get_hierarchy);
  door.v1("GET", "/room_summary/{room}", get_room_summary);
}

}  // namespace parvis::chat
