#include "module/documents/routes.h"

#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/documents/document_store.h"
#include "module/documents/reading_routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

void write_entry_fields(json::Writer& out, const Context& context, const DocumentRecord& document) {
  out.field("id", document.id.text()).field("title", document.title);
  if (!document.parent.empty()) out.field("parent_id", document.parent.text());
  out.field("position", document.position).field("updated_at", document.updated_at.ms);
  out.key("updated_by");
  write_person_brief(out, context.people, document.updated_by, context.configuration.server_name);
  out.field("frozen", document.frozen);
  if (!document.template_id.empty()) out.field("template", document.template_id);
  if (document.deleted_at) out.field("deleted_at", document.deleted_at->ms);
}

Result<DocumentId> document_of(const Request& request) {
  auto id = DocumentId::parse(request.parameter("document"));
  if (!id) return fail(reasons::not_found, "document id");
  return *id;
}

Task<Result<Response>> list(Context& context, DocumentsService& service, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto found = CO_TRY(co_await service.list(actor, space, request.query_value("trash") == "1"));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("documents").begin_array();
  for (auto& document : found) {
    out.begin_object();
    write_entry_fields(out, context, document);
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> create(Context& context, DocumentsService& service, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto body = CO_TRY(co_await request.read_json());
  auto title = json::text(body, "title");
  if (!title) co_return fail(reasons::missing_field, "title");
  NewDocument wanted{.space = space,
                     .parent = {},
                     .title = std::string(*title),
                     .template_id = std::string(json::text(body, "template").value_or(""))};
  if (auto parent = json::text(body, "parent_id")) {
    auto id = DocumentId::parse(*parent);
    if (!id) co_return fail(reasons::malformed, "parent_id");
    wanted.parent = *id;
  }
  auto made = CO_TRY(co_await service.create(actor, std::move(wanted)));
  co_return co_await document_meta(context, service, actor, made, 201);
}

Task<Result<Response>> get(Context& context, DocumentsService& service, Request& request) {
  auto actor = actor_of(request);
  auto document = CO_TRY(co_await service.readable(actor, request.parameter("document")));
  co_return co_await document_meta(context, service, actor, document, 200);
}

Task<Result<Response>> change(Context& context, DocumentsService& service, Request& request) {
  auto actor = actor_of(request);
  auto id = CO_TRY(document_of(request));
  auto body = CO_TRY(co_await request.read_json());
  DocumentsService::Change wanted;
  if (auto title = json::text(body, "title")) wanted.title = std::string(*title);
  if (auto* parent = json::find(body, "parent_id")) {
    auto text = json::text(body, "parent_id");
    auto above = text ? DocumentId::parse(*text) : std::optional<DocumentId>();
    if (!above && !parent->is_null()) co_return fail(reasons::malformed, "parent_id");
    wanted.parent = above.value_or(DocumentId());
  }
  wanted.position = json::integer(body, "position");
  auto changed = CO_TRY(co_await service.change(actor, id, std::move(wanted)));
  co_return co_await document_meta(context, service, actor, changed, 200);
}

Task<Result<Response>> remove(Context&, DocumentsService& service, Request& request) {
  CO_TRY(co_await service.move_to_trash(actor_of(request), CO_TRY(document_of(request))));
  co_return Response::empty();
}

Task<Result<Response>> restore(Context& context, DocumentsService& service, Request& request) {
  auto actor = actor_of(request);
  auto document = CO_TRY(co_await service.restore(actor, CO_TRY(document_of(request))));
  co_return co_await document_meta(context, service, actor, document, 200);
}

}  // namespace

Task<Result<Response>> document_meta(Context& context, DocumentsService& service, Actor actor,
                                     DocumentRecord document, int status) {
  auto all = CO_TRY(co_await service.list(actor, document.space, false));
  auto bytes = CO_TRY(co_await context.database.read(
      [id = document.id](store::Reader& reader) { return document_store::weight(reader, id); }));
  auto backlinks = CO_TRY(co_await backlinks_of(context, actor, document.id));
  auto object = Object::of_space(document.space, document.author);
  auto may = [&](Action action) { return context.access.may(actor, action, object).allowed; };
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_entry_fields(out, context, document);
  out.field("space", document.space.text()).key("rights").begin_object();
  out.field("read", may(Action::document_read)).field("comment", may(Action::document_comment));
  out.field("write", may(Action::document_write));
  out.field("manage", may(Action::document_freeze)).end_object();
  out.key("backlinks").begin_array();
  for (auto& link : backlinks)
    out.begin_object().field("id", link.id.text()).field("title", link.title).end_object();
  out.end_array().key("children").begin_array();
  for (auto& child : all) {
    if (child.parent != document.id) continue;
    out.begin_object().field("id", child.id.text()).field("title", child.title).end_object();
  }
  out.end_array().field("bytes", bytes).end_object();
  co_return Response::json(std::move(body), status);
}

void add_document_routes(Context& context, DocumentsService& service) {
  auto add = [&](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(
        method, pattern, {.tool = "documents"},
        [&context, &service, handler](Request& request) { return handler(context, service, request); });
  };
  add("GET", "/api/v1/spaces/{space}/documents", list);
  add("POST", "/api/v1/spaces/{space}/documents", create);
  add("GET", "/api/v1/documents/{document}", get);
  add("PATCH", "/api/v1/documents/{document}", change);
  add("DELETE", "/api/v1/documents/{document}", remove);
  add("POST", "/api/v1/documents/{document}/restore", restore);
}

}  // namespace parvis
