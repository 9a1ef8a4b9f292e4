#include "core/http/file_response.h"
#include "core/http/security_headers.h"
#include "core/request_state.h"
#include "core/spaces/space_json.h"
#include "module/documents/exchange.h"
#include "module/documents/reading_routes.h"
#include "module/documents/reasons.h"
#include "module/documents/routes.h"
#include "module/documents/shown_content.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr int64_t conversion_timeout_us = seconds_us(180);
constexpr double conversion_cost = 5;

Task<Result<Response>> export_document(Context& context, DocumentsService& service, Relay& relay,
                                       Versions& versions, Exchange& exchange, Request& request) {
  auto actor = actor_of(request);
  auto language = language_of(request);
  auto* facts = file_format(request.query_value("format").value_or(""));
  if (!facts) co_return fail(document_reasons::export_unknown);
  auto document = CO_TRY(co_await service.readable(actor, request.parameter("document")));
  auto page = CO_TRY(co_await page_of(context, service, actor, language, document));
  auto shown = CO_TRY(co_await shown_content(context, relay, versions, actor, language, document,
                                             request.query_value("version").value_or("")));
  page.stamp = std::move(shown.stamp);
  Response response;
  response.body =
      CO_TRY(co_await exchange.to_file(actor, std::move(shown.text), std::move(page), facts->format));
  http::add_user_content_security(response);
  auto title = document.title.empty() ? std::string("document") : document.title;
  response.set("Content-Type", facts->type);
  response.set("Content-Disposition",
               http::content_disposition(title + "." + std::string(facts->extension), false));
  co_return response;
}

Task<Result<Response>> import_document(Context& context, DocumentsService& service, Relay&, Versions&,
                                       Exchange& exchange, Request& request) {
  auto actor = actor_of(request);
  auto space = CO_TRY(visible_space(context, actor, request.parameter("space")))->id;
  CO_TRY(context.access.require(actor, Action::document_write, Object::of_space(space)));
  Exchange::Import wanted{
      .space = space, .parent = {}, .name = request.query_value("name").value_or(""), .content = {}};
  if (auto parent = request.query_value("parent_id")) {
    auto id = DocumentId::parse(*parent);
    if (!id) co_return fail(reasons::malformed, "parent_id");
    wanted.parent = *id;
  }
  auto body = co_await request.read_text(Exchange::max_import_bytes);
  if (!body && body.error().is(reasons::too_large)) co_return fail(document_reasons::import_too_large);
  wanted.content = CO_TRY(std::move(body));
  auto made = CO_TRY(co_await exchange.from_file(actor, std::move(wanted)));
  co_return co_await document_meta(context, service, actor, made, 201);
}

}  // namespace

void add_exchange_routes(Context& context, DocumentsService& service, Relay& relay, Versions& versions,
                         Exchange& exchange) {
  auto add = [&](std::string_view method, std::string_view pattern, auto handler) {
    context.router.add(method, pattern,
                       {.traffic = http::TrafficClass::bulk,
                        .tool = "documents",
                        .max_body_bytes = Exchange::max_import_bytes + 1,
                        .timeout_us = conversion_timeout_us,
                        .cost = conversion_cost},
                       [&, handler](Request& request) {
                         return handler(context, service, relay, versions, exchange, request);
                       });
  };
  add("GET", "/api/v1/documents/{document}/export", export_document);
  add("POST", "/api/v1/spaces/{space}/documents/import", import_document);
}

}  // namespace parvis
