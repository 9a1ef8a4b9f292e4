#include "core/spaces/space_json.h"

#include <algorithm>
#include <array>

#include "core/people/person_json.h"

namespace parvis {
namespace {

constexpr std::array<std::string_view, 2> kinds{"community", "project"};
constexpr std::array<std::string_view, 3> visibilities{"open", "closed", "secret"};
constexpr std::array<std::string_view, 3> joinings{"free", "approval", "invitation"};
constexpr std::array<std::string_view, 4> states{"requested", "active", "archived", "refused"};
constexpr size_t max_animators_shown = 10;

template <class Enum, size_t size>
std::optional<Enum> parse_name(const std::array<std::string_view, size>& names, std::string_view name) {
  auto found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<Enum>(found - names.begin()));
}

void write_brief_fields(json::Writer& out, const Context& context, const Actor& actor, const Space& space) {
  out.field("id", space.id.text())
      .field("kind", kind_name(space.kind))
      .field("slug", space.slug)
      .field("name", space.name)
      .field("visibility", visibility_name(space.visibility))
      .field("joining", joining_name(space.joining))
      .field("state", state_name(space.state))
      .field("member_count", context.spaces.member_count(space.id));
  if (auto* mine = context.spaces.membership(space.id, actor.person))
    out.field("role", role_name(mine->role));
  if (context.spaces.request(space.id, actor.person)) out.field("requested", true);
}

}  // namespace

std::string_view kind_name(SpaceKind kind) { return kinds[static_cast<size_t>(kind)]; }
std::string_view visibility_name(Visibility visibility) {
  return visibilities[static_cast<size_t>(visibility)];
}
std::string_view joining_name(Joining joining) { return joinings[static_cast<size_t>(joining)]; }
std::string_view state_name(SpaceState state) { return states[static_cast<size_t>(state)]; }
std::optional<SpaceKind> parse_kind(std::string_view name) { return parse_name<SpaceKind>(kinds, name); }
std::optional<Visibility> parse_visibility(std::string_view name) {
  return parse_name<Visibility>(visibilities, name);
}
std::optional<Joining> parse_joining(std::string_view name) { return parse_name<Joining>(joinings, name); }

void write_space_brief(json::Writer& out, const Context& context, const Actor& actor, const Space& space) {
  out.begin_object();
  write_brief_fields(out, context, actor, space);
  out.end_object();
}

void write_space_fields(json::Writer& out, const Context& context, const Actor& actor, const Space& space) {
  write_brief_fields(out, context, actor, space);
  auto object = Object::of_space(space.id, actor.person);
  bool reads = context.access.may(actor, Action::space_read, object).allowed;
  out.field("description", space.description)
      .field("template", space.purpose_template)
      .field("open_to_externals", space.open_to_externals)
      .field("created_at", space.created_at.ms);
  out.key("animators").begin_array();
  size_t shown = 0;
  for (const auto& member : context.spaces.members(space.id))
    if (member.role == Role::animator && shown++ < max_animators_shown)
      write_person_brief(out, context.people, member.person, context.configuration.server_name);
  out.end_array();
  out.key("may").begin_array();
  for (size_t i = 0; i < static_cast<size_t>(Action::count_); ++i) {
    auto action = static_cast<Action>(i);
    if (context.access.may(actor, action, object).allowed) out.value(action_name(action));
  }
  out.end_array();
  if (reads && context.access.may(actor, Action::request_decide, object).allowed)
    out.field("request_count", context.spaces.requests(space.id).size());
}

void write_space(json::Writer& out, const Context& context, const Actor& actor, const Space& space) {
  out.begin_object();
  write_space_fields(out, context, actor, space);
  out.end_object();
}

Result<const Space*> visible_space(const Context& context, const Actor& actor, std::string_view id_or_slug) {
  auto id = SpaceId::parse(id_or_slug);
  const Space* space = id ? context.spaces.find(*id) : context.spaces.by_slug(id_or_slug);
  TRY(context.access.require(actor, Action::space_see, Object::of_space(space ? space->id : SpaceId())));
  return space;
}

}  // namespace parvis
