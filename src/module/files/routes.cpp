#include "module/files/routes.h"

#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/files/preview.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;
using http::TrafficClass;

constexpr size_t page_size = 100;
constexpr size_t max_recent = 6;
constexpr int64_t transfer_timeout_us = seconds_us(4 * 3'600);  // stalls are cut much sooner by the server

void write_fields(json::Writer& out, const Context& context, const Actor& actor, const FileRecord& file) {
  out.field("id", file.id.text())
      .field("name", file.name)
      .field("type", file.type)
      .field("size", static_cast<int64_t>(file.size))
      .field("created_at", file.created_at.ms);
  out.key("author");
  write_person_brief(out, context.people, file.author, context.configuration.server_name);
  out.field("preview", has_preview(file));
  if (!file.room_id.empty()) out.field("room_id", file.room_id);
  if (file.deleted_at) out.field("deleted_at", file.deleted_at->ms);
  out.key("may").begin_array();
  for (auto act : acts_on(context, actor, file)) out.value(act);
  out.end_array();
}

Response entry(const Context& context, const Actor& actor, const FileRecord& file, int status) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_fields(out, context, actor, file);
  out.end_object();
  return Response::json(std::move(body), status);
}

Result<FileId> file_of(const Request& request) {
  auto id = FileId::parse(request.parameter("file"));
  if (!id) return fail(reasons::not_found, "file id");
  return *id;
}

Task<Result<Response>> list(Context& context, FilesService& files, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  bool trash = request.query_value("trash") == "1";
  CO_TRY(
      context.access.require(actor, trash ? Action::file_add : Action::file_list, Object::of_space(space)));
  std::optional<FileRecord> before;
  if (auto after = FileId::parse(request.query_value("after").value_or(""))) {
    auto found = co_await files.find(*after);
    if (found && found->space == space) before = *found;
  }
  auto page = CO_TRY(co_await context.database.read(
      [=](store::Reader& reader) { return file_store::list(reader, space, trash, before, page_size); }));
  auto used = CO_TRY(co_await context.database.read(
      [=](store::Reader& reader) { return file_store::used_bytes(reader, space); }));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("files").begin_array();
  for (const auto& file : page.files) {
    if (!files.may_read(actor, file)) continue;
    out.begin_object();
    write_fields(out, context, actor, file);
    out.end_object();
  }
  out.end_array();
  if (page.more) out.field("next", page.files.back().id.text());
  out.field("used_bytes", static_cast<int64_t>(used))
      .field("quota_bytes", static_cast<int64_t>(Files::space_quota_bytes))
      .end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> recent(Context& context, FilesService&, Request& request) {
  auto actor = actor_of(request);
  std::vector<SpaceId> spaces;
  for (const auto& member : context.spaces.memberships_of(actor.person))
    if (context.access.may(actor, Action::file_list, Object::of_space(member.space)).allowed)
      spaces.push_back(member.space);
  auto found = CO_TRY(co_await context.database.read(
      [spaces](store::Reader& reader) { return file_store::recent(reader, spaces, max_recent); }));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("files").begin_array();
  for (const auto& file : found) {
    auto* space = context.spaces.find(file.space);
    if (!space) continue;
    out.begin_object();
    write_fields(out, context, actor, file);
    out.key("space");
    write_space_brief(out, context, actor, *space);
    out.end_object();
  }
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> upload(Context& context, FilesService& files, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  auto name = request.query_value("name").value_or("");
  auto file = CO_TRY(co_await files.add_to_space(actor, space, *request.body, std::move(name),
                                                 std::string(request.header("content-type"))));
  co_return entry(context, actor, file, 201);
}

Task<Result<Response>> content(Context&, FilesService& files, Request& request) {
  auto file = CO_TRY(co_await files.find(CO_TRY(file_of(request))));
  CO_TRY(files.may_read(actor_of(request), file));
  co_return co_await files.content(file, request, request.query_value("download") == "1");
}

Task<Result<Response>> preview(Context&, FilesService& files, Request& request) {
  auto file = CO_TRY(co_await files.find(CO_TRY(file_of(request))));
  CO_TRY(files.may_read(actor_of(request), file));
  co_return co_await files.preview(file, request, preview_pixels(request.query_value("w").value_or("")));
}

Task<Result<Response>> get_entry(Context& context, FilesService& files, Request& request) {
  auto actor = actor_of(request);
  auto file = CO_TRY(co_await files.find(CO_TRY(file_of(request))));
  CO_TRY(files.may_read(actor, file));
  co_return entry(context, actor, file, 200);
}

Task<Result<Response>> remove(Context&, FilesService& files, Request& request) {
  CO_TRY(co_await files.move_to_trash(actor_of(request), CO_TRY(file_of(request))));
  co_return Response::empty();
}

Task<Result<Response>> restore(Context& context, FilesService& files, Request& request) {
  auto actor = actor_of(request);
  auto file = CO_TRY(co_await files.restore(actor, CO_TRY(file_of(request))));
  co_return entry(context, actor, file, 200);
}

}  // namespace

void add_file_routes(Context& context, FilesService& files) {
  auto add = [&](std::string_view method, std::string_view pattern, http::RouteOptions options,
                 auto handler) {
    options.tool = "fichiers";
    context.router.add(method, pattern, options, [&context, &files, handler](Request& request) {
      return handler(context, files, request);
    });
  };
  constexpr http::RouteOptions transfer{.traffic = TrafficClass::bulk,
                                        .max_body_bytes = Files::max_file_bytes,
                                        .timeout_us = transfer_timeout_us,
                                        .cost = 2};
  add("GET", "/api/v1/spaces/{space}/files", {}, list);
  add("POST", "/api/v1/spaces/{space}/files", transfer, upload);
  add("GET", "/api/v1/files/recent", {}, recent);
  add("GET", "/api/v1/files/{file}", {}, get_entry);
  add("GET", "/api/v1/files/{file}/content", transfer, content);
  add("GET", "/api/v1/files/{file}/preview", {.traffic = TrafficClass::media}, preview);
  add("DELETE", "/api/v1/files/{file}", {}, remove);
  add("POST", "/api/v1/files/{file}/restore", {}, restore);
}

}  // namespace parvis
