// A meeting's groups over HTTP: for people with an account, and for guests, who show their meeting's token.
#include <algorithm>

#include "module/meetings/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_body_bytes = 128 << 10;  // a thousand people assigned

int group_of(const json::Value& body) {
  constexpr int64_t least = -1, most = Breakouts::max_groups + 1;
  return static_cast<int>(std::clamp(json::integer(body, "group").value_or(least), least, most));
}

void write_people(json::Writer& out, Meetings& meetings, const std::string& room) {
  out.key("people").begin_array();
  for (const auto& one : meetings.server().participants(room)) {
    if (one.permission.hidden) continue;
    out.begin_object().field("identity", one.identity).field("name", one.name).end_object();
  }
  out.end_array();
}

/// Hosts see who is where and who asks for help; where everybody chooses, all see who is where.
Task<Result<Response>> show(Meetings& meetings, Standing who, Request&) {
  std::string body;
  json::Writer out(body);
  const auto& breakouts = meetings.breakouts();
  const auto* division = breakouts.find(who.meeting.id);
  out.begin_object().field("open", division != nullptr);
  if (!division) {
    out.end_object();
    co_return Response::json(std::move(body));
  }
  auto assigned = division->plan.assigned.find(who.identity);
  bool all = who.host || division->plan.choose;
  out.field("choose", division->plan.choose);
  out.field("assigned", assigned == division->plan.assigned.end() ? 0 : assigned->second);
  out.field("here", breakouts.place_of(who.meeting.id, who.identity));
  out.field("asking", division->asking.contains(who.identity));
  if (division->ends) out.field("remaining_ms", breakouts.remaining_ms(*division));
  out.key("groups").begin_array();
  for (size_t group = 0; group <= division->plan.names.size(); ++group) {
    auto number = static_cast<int>(group);
    out.begin_object().field("number", number);
    out.field("name", group == 0 ? std::string() : division->plan.names[group - 1]);
    if (all) write_people(out, meetings, room_name(who.meeting.id, number));
    out.end_object();
  }
  out.end_array();
  if (who.host) {
    out.key("calls").begin_array();
    for (const auto& identity : division->asking) out.value(identity);
    out.end_array();
  }
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> open(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json(max_body_bytes));
  Breakouts::Plan plan{.names = {},
                       .assigned = {},
                       .choose = json::boolean(body, "choose").value_or(false),
                       .duration_s = json::integer(body, "duration_s").value_or(0)};
  const auto* groups = json::array(body, "groups");
  if (!groups) co_return fail(reasons::missing_field, "groups");
  for (const auto& group : *groups) {
    plan.names.emplace_back(json::text(group, "name").value_or(""));
    const auto* identities = json::array(group, "identities");
    if (!identities) continue;
    for (const auto& identity : *identities) {
      if (!identity.is_string()) co_return fail(reasons::malformed, "identities");
      plan.assigned[std::string(identity.as_string())] = static_cast<int>(plan.names.size());
    }
  }
  CO_TRY(co_await meetings.breakouts().open(std::move(who), std::move(plan)));
  co_return Response::empty();
}

Task<Result<Response>> close(Meetings& meetings, Standing who, Request&) {
  CO_TRY(co_await meetings.breakouts().close(std::move(who)));
  co_return Response::empty();
}

Task<Result<Response>> assign(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  auto identity = std::string(json::text(body, "identity").value_or(""));
  CO_TRY(co_await meetings.breakouts().assign(std::move(who), std::move(identity), group_of(body)));
  co_return Response::empty();
}

Task<Result<Response>> extend(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  int64_t seconds = json::integer(body, "seconds").value_or(0);
  CO_TRY(co_await meetings.breakouts().extend(std::move(who), seconds));
  co_return Response::empty();
}

Task<Result<Response>> tell_all(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  CO_TRY(meetings.breakouts().tell_all(who, std::string(json::text(body, "text").value_or(""))));
  co_return Response::empty();
}

Task<Result<Response>> go(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  CO_TRY(co_await meetings.breakouts().go(std::move(who), group_of(body)));
  co_return Response::empty();
}

Task<Result<Response>> ask_for_help(Meetings& meetings, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  bool asking = json::boolean(body, "asking").value_or(true);
  CO_TRY(co_await meetings.breakouts().ask_for_help(std::move(who), asking));
  co_return Response::empty();
}

using Act = Task<Result<Response>> (*)(Meetings&, Standing, Request&);

Task<Result<Response>> for_person(Meetings& meetings, Act act, Request& request) {
  auto who = CO_TRY(co_await meetings.standing(actor_of(request), std::string(request.parameter("meeting"))));
  co_return co_await act(meetings, std::move(who), request);
}

Task<Result<Response>> for_guest(Meetings& meetings, Act act, Request& request) {
  auto who = CO_TRY(
      co_await meetings.guest_standing(std::string(request.parameter("meeting")), bearer_token(request)));
  co_return co_await act(meetings, std::move(who), request);
}

}  // namespace

void add_breakout_routes(Context& context, Meetings& meetings) {
  auto add = [&](std::string_view method, std::string_view pattern, Act act) {
    context.router.add(method, pattern, {.tool = "reunions", .max_body_bytes = max_body_bytes},
                       [&meetings, act](Request& request) { return for_person(meetings, act, request); });
  };
  add("GET", "/api/v1/meetings/{meeting}/breakouts", show);
  add("POST", "/api/v1/meetings/{meeting}/breakouts", open);
  add("DELETE", "/api/v1/meetings/{meeting}/breakouts", close);
  add("POST", "/api/v1/meetings/{meeting}/breakouts/assign", assign);
  add("POST", "/api/v1/meetings/{meeting}/breakouts/extend", extend);
  add("POST", "/api/v1/meetings/{meeting}/breakouts/message", tell_all);
  add("POST", "/api/v1/meetings/{meeting}/breakouts/go", go);
  add("POST", "/api/v1/meetings/{meeting}/breakouts/help", ask_for_help);
  auto add_for_guests = [&](std::string_view method, std::string_view pattern, Act act) {
    context.router.add(method, pattern,
                       {.access = http::Access::anonymous, .tool = "reunions", .max_body_bytes = 4 << 10},
                       [&meetings, act](Request& request) { return for_guest(meetings, act, request); });
  };
  add_for_guests("GET", "/api/v1/guest-meetings/{meeting}/breakouts", show);
  add_for_guests("POST", "/api/v1/guest-meetings/{meeting}/breakouts/go", go);
  add_for_guests("POST", "/api/v1/guest-meetings/{meeting}/breakouts/help", ask_for_help);
}

}  // namespace parvis
