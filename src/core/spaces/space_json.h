#pragma once
// How spaces are written and named in the JSON API (web/src/lib/api/schema.ts).
#include "base/json.h"
#include "core/context.h"

namespace parvis {

std::string_view kind_name(SpaceKind kind);
std::string_view visibility_name(Visibility visibility);
std::string_view joining_name(Joining joining);
std::string_view state_name(SpaceState state);
std::optional<SpaceKind> parse_kind(std::string_view name);
std::optional<Visibility> parse_visibility(std::string_view name);
std::optional<Joining> parse_joining(std::string_view name);

/// SpaceBrief as `actor` may know it.
void write_space_brief(json::Writer& out, const Context& context, const Actor& actor, const Space& space);
/// Space, with the actions the actor may do.
void write_space(json::Writer& out, const Context& context, const Actor& actor, const Space& space);
/// The same, open: fields only, so that a caller may add its own.
void write_space_fields(json::Writer& out, const Context& context, const Actor& actor, const Space& space);

/// The space named by an id or a slug, when the actor may see it; not_found otherwise.
Result<const Space*> visible_space(const Context& context, const Actor& actor, std::string_view id_or_slug);

}  // namespace parvis
