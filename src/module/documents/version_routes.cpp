#include "core/http/conditions.h"
#include "core/people/person_json.h"
#include "module/documents/versions.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

void write_version(json::Writer& out, const Context& context, const VersionRecord& version) {
  out.begin_object().field("id", version.id.text()).field("name", version.name);
  out.field("at", version.at.ms).key("author");
  write_person_brief(out, context.people, version.author, context.configuration.server_name);
  out.field("frozen", version.frozen).field("hash", version.hash).field("bytes", version.bytes).end_object();
}

Task<Result<Response>> list(Context& context, Versions& versions, Request& request) {
  auto found = CO_TRY(co_await versions.list(actor_of(request), std::string(request.parameter("document"))));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("versions").begin_array();
  for (auto& version : found) write_version(out, context, version);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> create(Context& context, Versions& versions, Request& request) {
  auto actor = actor_of(request);
  std::string document(request.parameter("document"));
  auto body = CO_TRY(co_await request.read_json());
  auto name = json::text(body, "name");
  if (!name) co_return fail(reasons::missing_field, "name");
  bool frozen = json::boolean(body, "frozen").value_or(false);
  auto made = CO_TRY(co_await versions.create(actor, std::move(document), std::string(*name), frozen));
  std::string answer;
  json::Writer out(answer);
  write_version(out, context, made);
  co_return Response::json(std::move(answer), 201);
}

Task<Result<Response>> update(Context& context, Versions& versions, Request& request) {
  auto found = CO_TRY(co_await versions.content(actor_of(request), std::string(request.parameter("document")),
                                                std::string(request.parameter("version"))));
  auto etag = "\"" + found.record.hash + "\"";
  Response response;
  response.set("ETag", etag).set("Cache-Control", "private, no-cache");
  auto outcome = proto::evaluate_preconditions(http::conditions_of(request), {etag, std::nullopt, true}, true,
                                               context.env.clock.now());
  if (outcome == proto::Precondition::not_modified) {
    response.status = 304;
    co_return response;
  }
  response.set("Content-Type", "application/octet-stream");
  response.body = as_text(found.state);
  co_return response;
}

Task<Result<Response>> restore(Context&, Versions& versions, Request& request) {
  CO_TRY(co_await versions.restore(actor_of(request), std::string(request.parameter("document")),
                                   std::string(request.parameter("version"))));
  co_return Response::empty();
}

constexpr int64_t default_page = 50;
constexpr double costly = 10;  // the whole document is read, compared, compressed

Task<Result<Response>> history(Context& context, DocumentsService& service, Request& request) {
  auto document = CO_TRY(co_await service.readable(actor_of(request), request.parameter("document")));
  writing_history::Cursor after;
  if (auto text = request.query_value("after")) {
    auto parsed = writing_history::parse_cursor(*text);
    if (!parsed) co_return fail(reasons::malformed, "after");
    after = std::move(*parsed);
  }
  int64_t limit = std::atoll(request.query_value("limit").value_or("0").c_str());
  if (limit <= 0) limit = default_page;
  limit = std::min(limit, writing_history::max_page);
  auto spells = CO_TRY(co_await context.database.read(
      [id = document.id, after = std::move(after), limit](store::Reader& reader) {
        return writing_history::page(reader, id, after, limit);
      }));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("entries").begin_array();
  for (auto& spell : spells) {
    out.begin_object().key("person");
    write_person_brief(out, context.people, spell.author, context.configuration.server_name);
    out.field("from", spell.started_at.ms).field("to", spell.ended_at.ms).field("updates", spell.updates);
    out.end_object();
  }
  out.end_array();
  if (static_cast<int64_t>(spells.size()) == limit)
    out.field("next", writing_history::cursor_text(spells.back()));
  out.end_object();
  co_return Response::json(std::move(body));
}

}  // namespace

void add_version_routes(Context& context, DocumentsService& service, Versions& versions) {
  auto add = [&](std::string_view method, std::string_view pattern, auto handler, double cost = 1) {
    context.router.add(
        method, pattern, {.tool = "documents", .cost = cost},
        [&context, &versions, handler](Request& request) { return handler(context, versions, request); });
  };
  add("GET", "/api/v1/documents/{document}/versions", list);
  add("POST", "/api/v1/documents/{document}/versions", create, costly);
  add("GET", "/api/v1/documents/{document}/versions/{version}/update", update);
  add("POST", "/api/v1/documents/{document}/versions/{version}/restore", restore, costly);
  context.router.add("GET", "/api/v1/documents/{document}/history", {.tool = "documents"},
                     [&](Request& request) { return history(context, service, request); });
}

}  // namespace parvis
