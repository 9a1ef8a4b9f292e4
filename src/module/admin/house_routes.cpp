#include <charconv>

#include "core/audit/audit.h"
#include "core/people/person_json.h"
#include "core/request_state.h"
#include "core/spaces/space_json.h"
#include "module/admin/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

void write_administration(json::Writer& out, const Administration& administration) {
  out.begin_object()
      .field("id", administration.id.text())
      .field("name", administration.name)
      .field("short_name", administration.short_name)
      .key("domains")
      .begin_array();
  for (auto& domain : administration.domains) out.value(domain);
  out.end_array().end_object();
}

Response administration_response(const Context& context, AdministrationId id, int status) {
  std::string body;
  json::Writer out(body);
  write_administration(out, *context.people.administration(id));
  return Response::json(std::move(body), status);
}

Result<Administration> parse_administration(const json::Value& body) {
  auto name = json::text(body, "name");
  auto* domains = json::array(body, "domains");
  if (!name || !domains) return fail(reasons::missing_field, "name, domains");
  Administration out;
  out.name = *name;
  out.short_name = json::text(body, "short_name").value_or("");
  for (auto& domain : *domains) {
    if (!domain.is_string()) return fail(reasons::malformed, "domains");
    out.domains.emplace_back(domain.get_string());
  }
  return out;
}

Task<Result<Response>> list_administrations(Context& context, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::administration_manage, Object::instance()));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("administrations").begin_array();
  for (auto* administration : context.people.administrations()) write_administration(out, *administration);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> create_administration(Context& context, Request& request) {
  auto actor = actor_of(request);
  CO_TRY(context.access.require(actor, Action::administration_manage, Object::instance()));
  auto body = CO_TRY(co_await request.read_json(max_admin_body_bytes));
  auto administration = CO_TRY(parse_administration(body));
  auto id = CO_TRY(co_await context.people.create_administration(std::move(administration), actor.person));
  co_return administration_response(context, id, 201);
}

Task<Result<Response>> change_administration(Context& context, Request& request) {
  auto actor = actor_of(request);
  CO_TRY(context.access.require(actor, Action::administration_manage, Object::instance()));
  auto id = request.parameter_id<AdministrationId>("administration");
  if (!id) co_return fail(reasons::not_found);
  auto body = CO_TRY(co_await request.read_json(max_admin_body_bytes));
  auto administration = CO_TRY(parse_administration(body));
  administration.id = *id;
  CO_TRY(co_await context.people.change_administration(std::move(administration), actor.person));
  co_return administration_response(context, *id, 200);
}

Task<Result<Response>> community_requests(Context& context, Request& request) {
  auto actor = actor_of(request);
  CO_TRY(context.access.require(actor, Action::community_decide, Object::instance()));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("spaces").begin_array();
  for (const Space* space : context.spaces.all()) {
    if (space->state != SpaceState::requested) continue;
    out.begin_object();
    write_space_fields(out, context, actor, *space);
    out.key("requester");
    write_person_brief(out, context.people, space->created_by, context.configuration.server_name);
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

void write_audit_entry(json::Writer& out, const Context& context, const AuditEntry& entry,
                       Language language) {
  out.begin_object().field("position", entry.position).field("at", entry.at.ms).field("kind", entry.kind);
  if (auto actor = PersonId::parse(entry.actor)) {
    out.key("actor");
    write_person_brief(out, context.people, *actor, context.configuration.server_name);
  }
  if (auto id = SpaceId::parse(entry.space)) {
    auto* space = context.spaces.find(*id);
    out.key("space")
        .begin_object()
        .field("id", entry.space)
        .field("name", space ? space->name : "")
        .end_object();
  }
  out.field("subject", entry.subject)
      .field("rule", entry.rule)
      .field("sentence", audit_sentence(entry, context.people, context.spaces, language))
      .end_object();
}

Task<Result<Response>> read_audit(Context& context, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::audit_read, Object::instance()));
  Audit::Filter filter;
  filter.space = request.query_value("space").value_or("");
  filter.actor = request.query_value("actor").value_or("");
  filter.kind = request.query_value("kind").value_or("");
  filter.limit = admin_page_size;
  if (auto after = request.query_value("after")) {
    auto [end, error] = std::from_chars(after->data(), after->data() + after->size(), filter.before);
    if (error != std::errc()) co_return fail(reasons::malformed, "after");
  }
  auto entries = CO_TRY(co_await context.audit.page(filter));
  auto language = language_of(request);
  std::string body;
  json::Writer out(body);
  out.begin_object().key("entries").begin_array();
  for (auto& entry : entries) write_audit_entry(out, context, entry, language);
  out.end_array();
  if (entries.size() == filter.limit) out.field("next", std::to_string(entries.back().position));
  out.end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_admin_house_routes(Context& context) {
  auto& router = context.router;
  router.add("GET", "/api/v1/admin/administrations", admin_options,
             [&context](Request& request) { return list_administrations(context, request); });
  router.add("POST", "/api/v1/admin/administrations", admin_options,
             [&context](Request& request) { return create_administration(context, request); });
  router.add("PUT", "/api/v1/admin/administrations/{administration}", admin_options,
             [&context](Request& request) { return change_administration(context, request); });
  router.add("GET", "/api/v1/admin/community-requests", admin_options,
             [&context](Request& request) { return community_requests(context, request); });
  router.add("GET", "/api/v1/admin/audit", admin_options,
             [&context](Request& request) { return read_audit(context, request); });
}

}  // namespace parvis
