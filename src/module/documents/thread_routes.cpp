#include "core/people/person_json.h"
#include "module/documents/threads.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

void write_said(json::Writer& out, const Context& context, PersonId author, Instant at,
                std::string_view text) {
  out.key("author");
  write_person_brief(out, context.people, author, context.configuration.server_name);
  out.field("at", at.ms).field("text", text);
}

void write_thread(json::Writer& out, const Context& context, const DocumentThread& thread) {
  out.begin_object().field("id", thread.id.text());
  out.key("anchor").begin_object();
  out.field("start", thread.anchor_start).field("end", thread.anchor_end).end_object();
  out.field("quote", thread.quote);
  write_said(out, context, thread.author, thread.at, thread.text);
  if (thread.replacement)
    out.key("suggestion").begin_object().field("replacement", *thread.replacement).end_object();
  out.field("resolved", thread.resolved);
  if (thread.accepted) out.field("accepted", *thread.accepted);
  out.key("replies").begin_array();
  for (auto& reply : thread.replies) {
    out.begin_object().field("id", reply.id.text());
    write_said(out, context, reply.author, reply.at, reply.text);
    out.end_object();
  }
  out.end_array().end_object();
}

Response thread_response(const Context& context, const DocumentThread& thread, int status) {
  std::string body;
  json::Writer out(body);
  write_thread(out, context, thread);
  return Response::json(std::move(body), status);
}

Task<Result<Response>> list(Context& context, Threads& threads, Request& request) {
  auto found = CO_TRY(co_await threads.list(actor_of(request), std::string(request.parameter("document"))));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("threads").begin_array();
  for (auto& thread : found) write_thread(out, context, thread);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> create(Context& context, Threads& threads, Request& request) {
  auto actor = actor_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto text = [](const json::Value* of, std::string_view key) {
    return std::string(of ? json::text(*of, key).value_or("") : "");
  };
  auto* anchor = json::find(body, "anchor");
  Threads::New wanted{.anchor_start = text(anchor, "start"),
                      .anchor_end = text(anchor, "end"),
                      .quote = text(&body, "quote"),
                      .text = text(&body, "text"),
                      .replacement = std::nullopt};
  if (auto* suggestion = json::find(body, "suggestion")) {
    auto replacement = json::text(*suggestion, "replacement");
    if (!replacement) co_return fail(reasons::missing_field, "suggestion");
    wanted.replacement = std::string(*replacement);
  }
  auto thread =
      CO_TRY(co_await threads.create(actor, std::string(request.parameter("document")), std::move(wanted)));
  co_return thread_response(context, thread, 201);
}

Task<Result<Response>> reply(Context& context, Threads& threads, Request& request) {
  auto actor = actor_of(request);
  auto body = CO_TRY(co_await request.read_json());
  auto text = json::text(body, "text");
  if (!text) co_return fail(reasons::missing_field, "text");
  auto thread =
      CO_TRY(co_await threads.reply(actor, std::string(request.parameter("thread")), std::string(*text)));
  co_return thread_response(context, thread, 201);
}

Task<Result<Response>> change(Context& context, Threads& threads, Request& request) {
  auto actor = actor_of(request);
  auto body = CO_TRY(co_await request.read_json());
  Threads::Change wanted{json::boolean(body, "resolved"), json::boolean(body, "accepted")};
  auto thread = CO_TRY(co_await threads.change(actor, std::string(request.parameter("thread")), wanted));
  co_return thread_response(context, thread, 200);
}

Task<Result<Response>> remove(Context&, Threads& threads, Request& request) {
  CO_TRY(co_await threads.remove(actor_of(request), std::string(request.parameter("thread"))));
  co_return Response::empty();
}

}  // namespace

void add_thread_routes(Context& context, Threads& threads) {
  auto add = [&](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(
        method, pattern, {.tool = "documents", .max_body_bytes = 64 << 10},
        [&context, &threads, handler](Request& request) { return handler(context, threads, request); });
  };
  add("GET", "/api/v1/documents/{document}/threads", list);
  add("POST", "/api/v1/documents/{document}/threads", create);
  add("POST", "/api/v1/threads/{thread}/replies", reply);
  add("PATCH", "/api/v1/threads/{thread}", change);
  add("DELETE", "/api/v1/threads/{thread}", remove);
}

}  // namespace parvis
