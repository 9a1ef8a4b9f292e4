#include <algorithm>

#include "core/request_state.h"
#include "engine/crdt/sync_protocol.h"
#include "module/documents/doors.h"
#include "module/documents/service.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr int64_t max_wait_seconds = 50;
constexpr size_t chunk_bytes = 64 << 10;

Task<Result<Bytes>> read_body(Request& request) {
  Bytes body, buffer(chunk_bytes);
  while (size_t count = CO_TRY(co_await request.body->read(buffer))) {
    if (body.size() + count > Relay::max_update_bytes) co_return fail(reasons::too_large, "update");
    body.insert(body.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(count));
  }
  co_return body;
}

Task<Result<std::shared_ptr<LiveDocument>>> open(Context& context, DocumentsService& service, Relay& relay,
                                                 Request& request) {
  auto* session = CO_TRY(collaborator(context, request));
  auto record = CO_TRY(co_await service.readable({session->person, false}, request.parameter("document")));
  co_return co_await relay.open(std::move(record));
}

Task<Result<Response>> get(Context& context, DocumentsService& service, Relay& relay, Request& request) {
  Bytes encoded;
  auto text = request.query_value("sv").value_or("");
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (text.ends_with('=')) text.pop_back();
  if (!from_base64(text, Base64::url_unpadded, encoded)) co_return fail(reasons::malformed, "sv");
  crdt::StateVector known;
  if (!encoded.empty()) known = CO_TRY(crdt::StateVector::decode(encoded));
  DocumentHold hold(CO_TRY(co_await open(context, service, relay, request)));
  auto wait =
      std::clamp<int64_t>(std::atoll(request.query_value("wait").value_or("0").c_str()), 0, max_wait_seconds);
  if (wait > 0 && !relay.stopping() && hold.live->doc.state_vector() == known) {
    auto& loop = context.env.loop;
    if (!co_await hold.live->changed.wait(loop, loop.now() + seconds_us(wait))) co_return Response::empty();
    // Rights may have changed meanwhile, or the document may be gone.
    auto* session = CO_TRY(collaborator(context, request));
    CO_TRY(co_await service.readable({session->person, false}, request.parameter("document")));
    if (hold.live->broken) co_return fail(reasons::unavailable, "document must be opened again", 1000);
  }
  Response response;
  response.body = as_text(hold.live->doc.encode_state(crdt::Format::v1, known));
  response.set("Content-Type", "application/octet-stream");
  co_return response;
}

Task<Result<Response>> post(Context& context, DocumentsService& service, Relay& relay, Request& request) {
  DocumentHold hold(CO_TRY(co_await open(context, service, relay, request)));
  auto update = CO_TRY(co_await read_body(request));
  auto* session = CO_TRY(collaborator(context, request));
  Actor actor{session->person, false};
  auto object = Object::of_space(hold.live->record.space, hold.live->record.author);
  CO_TRY(context.access.require(actor, Action::document_read, object));
  bool may_write = context.access.may(actor, Action::document_write, object).allowed;
  CO_TRY(co_await relay.receive_and_wait(hold.live, actor.person, may_write, std::move(update)));
  co_return Response::empty();
}

}  // namespace

Result<const Session*> collaborator(Context& context, Request& request) {
  if (auto* session = session_of(request)) {
    auto known = context.sessions.of(session->person);
    if (std::ranges::any_of(known, [&](auto& one) { return one->id == session->id; })) return session;
    return fail(reasons::unauthenticated, "session ended");
  }
  auto token = request.query_value("token");
  if (!token || token->empty()) return fail(reasons::unauthenticated, "collaboration");
  auto session = context.sessions.by_token(*token);
  if (!session) return fail(reasons::unauthenticated, "token");
  auto* state = state_of(request);
  if (!state) return fail(reasons::unauthenticated, "request without state");
  state->session = std::move(session);  // and the meter counts for this person
  return state->session.get();
}

void add_http_door(Context& context, DocumentsService& service, Relay& relay) {
  http::RouteOptions options{.access = http::Access::anonymous, .tool = "documents"};
  options.timeout_us = seconds_us(max_wait_seconds + 30);
  context.router.add("GET", "/collaboration/http/{document}", options,
                     [&](Request& request) { return get(context, service, relay, request); });
  // Changes by cookie need the page's secret, which only the session level asks for.
  options.access = http::Access::session;
  options.max_body_bytes = Relay::max_update_bytes;
  context.router.add("POST", "/collaboration/http/{document}", options,
                     [&](Request& request) { return post(context, service, relay, request); });
}

}  // namespace parvis
