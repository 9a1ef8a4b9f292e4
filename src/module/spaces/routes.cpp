#include "module/spaces/routes.h"

#include "base/utf8.h"
#include "core/spaces/space_json.h"
#include "core/spaces/space_templates.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr http::RouteOptions options{.tool = "espaces"};

Response space_response(const Context& context, const Actor& actor, SpaceId id, int status = 200) {
  std::string body;
  json::Writer out(body);
  write_space(out, context, actor, *context.spaces.find(id));
  return Response::json(std::move(body), status);
}

template <class Enum, class Parse>
Result<std::optional<Enum>> optional_name(const json::Value& body, std::string_view field, Parse parse) {
  auto text = json::text(body, field);
  if (!text) return std::optional<Enum>();
  auto value = parse(*text);
  if (!value) return fail(reasons::malformed, std::string(field));
  return std::optional<Enum>(value);
}

// A name matches when each word of the query begins one of its words.
bool matches(const Space& space, std::string_view folded_query) {
  if (folded_query.empty()) return true;
  std::string text = " " + utf8::fold(space.name) + " " + utf8::fold(space.description);
  size_t start = 0;
  while (start < folded_query.size()) {
    auto end = std::min(folded_query.find(' ', start), folded_query.size());
    auto word = folded_query.substr(start, end - start);
    start = end + 1;
    if (word.empty()) continue;
    bool found = false;
    for (size_t at = text.find(word); at != std::string::npos && !found; at = text.find(word, at + 1))
      found = at > 0 && !std::isalnum(static_cast<unsigned char>(text[at - 1]));
    if (!found) return false;
  }
  return true;
}

Task<Result<Response>> list_spaces(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto kind = request.query_value("kind");
  auto wanted = kind ? parse_kind(*kind) : std::nullopt;
  bool mine = request.query_value("mine") == "1";
  auto query = utf8::fold(utf8::trim(request.query_value("q").value_or("")));
  auto after = request.query_value("after").value_or("");
  std::string body;
  json::Writer out(body);
  out.begin_object().key("spaces").begin_array();
  size_t shown = 0;
  bool skipping = !after.empty();
  std::string last, next;
  for (const Space* space : context.spaces.all()) {
    if (skipping) {
      skipping = space->id.text() != after;
      continue;
    }
    if (wanted && space->kind != *wanted) continue;
    if (mine && !context.spaces.membership(space->id, actor.person)) continue;
    if (!context.access.may(actor, Action::space_see, Object::of_space(space->id)).allowed) continue;
    if (!matches(*space, query)) continue;
    if (shown++ == page_size) {
      next = last;
      break;
    }
    last = space->id.text();
    write_space_brief(out, context, actor, *space);
  }
  out.end_array();
  if (!next.empty()) out.field("next", next);
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> list_templates(Context& context, Request& request) {
  auto language = language_of(context, actor_of(request));
  auto kind = request.query_value("kind");
  auto wanted = kind ? parse_kind(*kind) : std::nullopt;
  std::string body;
  json::Writer out(body);
  out.begin_object().key("templates").begin_array();
  for (const auto& candidate : space_templates()) {
    if (wanted && candidate.kind != *wanted) continue;
    out.begin_object()
        .field("id", candidate.id)
        .field("kind", kind_name(candidate.kind))
        .field("name", candidate.name.in(language))
        .field("description", candidate.description.in(language))
        .field("visibility", visibility_name(candidate.visibility))
        .field("joining", joining_name(candidate.joining));
    out.key("rooms").begin_array();
    for (auto room : candidate.rooms) out.value(room);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> create_space(Context& context, SpacesService& service, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  auto kind = parse_kind(json::text(body, "kind").value_or(""));
  if (!kind) co_return fail(reasons::missing_field, "kind");
  const auto& model = space_template(json::text(body, "template").value_or(""), *kind);
  auto visibility = CO_TRY(optional_name<Visibility>(body, "visibility", parse_visibility));
  auto joining = CO_TRY(optional_name<Joining>(body, "joining", parse_joining));
  auto actor = actor_of(request);
  auto id = CO_TRY(co_await context.spaces.create(
      actor, {.kind = *kind,
              .name = std::string(json::text(body, "name").value_or("")),
              .description = std::string(json::text(body, "description").value_or("")),
              .purpose_template = std::string(model.id),
              .visibility = visibility.value_or(model.visibility),
              .joining = joining.value_or(model.joining)}));
  auto members = json::text(body, "members").value_or("");
  if (!members.empty() && context.spaces.find(id)->state == SpaceState::active)
    (void)co_await service.add_by_address(actor, id, std::string(members), Role::contributor);
  co_return space_response(context, actor, id, 201);
}

Task<Result<Response>> get_space(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto* space = CO_TRY(visible_space(context, actor, request.parameter("space")));
  co_return space_response(context, actor, space->id);
}

Task<Result<Response>> change_space(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  Spaces::Changes changes;
  if (auto name = json::text(body, "name")) changes.name = std::string(*name);
  if (auto description = json::text(body, "description")) changes.description = std::string(*description);
  changes.visibility = CO_TRY(optional_name<Visibility>(body, "visibility", parse_visibility));
  changes.joining = CO_TRY(optional_name<Joining>(body, "joining", parse_joining));
  CO_TRY(co_await context.spaces.change(actor, id, std::move(changes)));
  co_return space_response(context, actor, id);
}

Task<Result<Response>> open_space(Context& context, Request& request) {
  static constexpr Reason unconfirmed{Code::invalid, "confirmation_missing",
                                      "Cette action est irréversible : elle demande une confirmation.",
                                      "This cannot be undone: it needs a confirmation."};
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  if (!json::boolean(body, "confirm").value_or(false)) co_return fail(unconfirmed);
  CO_TRY(co_await context.spaces.open_to_externals(actor, id));
  co_return space_response(context, actor, id);
}

Task<Result<Response>> archive_space(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  auto archived = json::boolean(body, "archived");
  if (!archived) co_return fail(reasons::missing_field, "archived");
  CO_TRY(co_await context.spaces.archive(actor, id, *archived));
  co_return space_response(context, actor, id);
}

Task<Result<Response>> duplicate_space(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  auto copy = CO_TRY(co_await context.spaces.duplicate(actor, id, CO_TRY(required_text(body, "name"))));
  co_return space_response(context, actor, copy, 201);
}

Task<Result<Response>> hand_over_space(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  auto to = PersonId::parse(CO_TRY(required_text(body, "person")));
  if (!to) co_return fail(reasons::malformed, "person");
  CO_TRY(co_await context.spaces.hand_over(actor, id, *to));
  co_return space_response(context, actor, id);
}

Task<Result<Response>> decide_creation(Context& context, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  auto accepted = json::boolean(body, "accepted");
  if (!accepted) co_return fail(reasons::missing_field, "accepted");
  CO_TRY(co_await context.spaces.decide_creation(actor, id, *accepted,
                                                 std::string(json::text(body, "reason").value_or(""))));
  if (!context.access.may(actor, Action::space_see, Object::of_space(id)).allowed)
    co_return Response::empty();
  co_return space_response(context, actor, id);
}

}  // namespace

Result<std::string> required_text(const json::Value& body, std::string_view field) {
  auto text = json::text(body, field);
  if (!text || utf8::trim(*text).empty()) return fail(reasons::missing_field, std::string(field));
  return std::string(utf8::trim(*text));
}

void add_space_routes(Context& context, SpacesService& service) {
  auto add = [&context](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(method, pattern, options,
                       [&context, handler](Request& request) { return handler(context, request); });
  };
  add("GET", "/api/v1/spaces", list_spaces);
  add("GET", "/api/v1/spaces/templates", list_templates);
  context.router.add("POST", "/api/v1/spaces", options, [&context, &service](Request& request) {
    return create_space(context, service, request);
  });
  add("GET", "/api/v1/spaces/{space}", get_space);
  add("PATCH", "/api/v1/spaces/{space}", change_space);
  add("POST", "/api/v1/spaces/{space}/open-to-externals", open_space);
  add("POST", "/api/v1/spaces/{space}/archive", archive_space);
  add("POST", "/api/v1/spaces/{space}/duplicate", duplicate_space);
  add("POST", "/api/v1/spaces/{space}/hand-over", hand_over_space);
  add("POST", "/api/v1/spaces/{space}/decision", decide_creation);
}

}  // namespace parvis
