#include "module/documents/reading_routes.h"

#include "core/content_hash.h"
#include "core/http/conditions.h"
#include "core/http/security_headers.h"
#include "core/request_state.h"
#include "module/documents/document_html.h"
#include "module/documents/document_links.h"
#include "module/documents/shown_content.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

/// The same page again costs its headers only.
Response html_response(Context& context, const Request& request, std::string html) {
  ContentHash hash;
  hash.add(as_bytes(html));
  auto etag = "W/\"" + hash.finish().substr(0, 32) + "\"";
  Response response;
  response.set("ETag", etag).set("Cache-Control", "private, no-cache").set("Vary", "Accept-Language, Cookie");
  auto outcome = proto::evaluate_preconditions(http::conditions_of(request), {etag, std::nullopt, true}, true,
                                               context.env.clock.now());
  if (outcome == proto::Precondition::not_modified) {
    response.status = 304;
    return response;
  }
  response.set("Content-Type", "text/html; charset=utf-8");
  response.body = std::move(html);
  return response;
}

Task<Result<Response>> fragment(Context& context, DocumentsService& service, Relay& relay, Versions& versions,
                                Request& request) {
  auto actor = actor_of(request);
  auto language = language_of(request);
  auto document = CO_TRY(co_await service.readable(actor, request.parameter("document")));
  auto shown = CO_TRY(co_await shown_content(context, relay, versions, actor, language, std::move(document),
                                             request.query_value("version").value_or("")));
  auto html = document_html(
      shown.text, {.use = HtmlOptions::Use::fragment, .language = language, .house = {}, .picture = {}});
  auto response = html_response(context, request, std::move(html));
  http::add_user_content_security(response);
  co_return response;
}

Task<Result<Response>> reading(Context& context, DocumentsService& service, Relay& relay, Versions& versions,
                               Request& request) {
  auto actor = actor_of(request);
  auto language = language_of(request);
  auto document = CO_TRY(co_await service.readable(actor, request.parameter("document")));
  auto page = CO_TRY(co_await page_of(context, service, actor, language, document));
  page.backlinks = CO_TRY(co_await backlinks_of(context, actor, document.id));
  auto shown = CO_TRY(co_await shown_content(context, relay, versions, actor, language, std::move(document),
                                             request.query_value("version").value_or("")));
  page.stamp = std::move(shown.stamp);
  page.content = document_html(
      shown.text, {.use = HtmlOptions::Use::page, .language = language, .house = {}, .picture = {}});
  auto response = html_response(context, request, render_reading_page(page));
  http::add_page_security(response);
  response.set("Content-Security-Policy", reading_page_policy());
  co_return response;
}

}  // namespace

Task<Result<ReadingPage>> page_of(Context& context, DocumentsService& service, Actor actor, Language language,
                                  DocumentRecord document) {
  ReadingPage page{.language = language,
                   .house_name = context.configuration.instance_name,
                   .space_name = {},
                   .document = document,
                   .changed_by = {},
                   .stamp = {},
                   .content = {},
                   .children = {},
                   .backlinks = {}};
  auto all = CO_TRY(co_await service.list(actor, document.space, false));
  for (auto& one : all)
    if (one.parent == document.id) page.children.push_back({one.id, one.title});
  if (auto* space = context.spaces.find(document.space)) page.space_name = space->name;
  if (auto* person = context.people.find(document.updated_by)) page.changed_by = person->display_name;
  co_return page;
}

Task<Result<std::vector<ReadingPage::Link>>> backlinks_of(Context& context, Actor actor,
                                                          DocumentId document) {
  auto sources = CO_TRY(co_await context.database.read(
      [document](store::Reader& reader) { return document_links::to(reader, document); }));
  std::vector<ReadingPage::Link> out;
  for (auto& source : sources) {
    auto object = Object::of_space(source.space, source.author);
    if (context.access.may(actor, Action::document_read, object).allowed)
      out.push_back({source.id, source.title});
  }
  co_return out;
}

void add_reading_routes(Context& context, DocumentsService& service, Relay& relay, Versions& versions) {
  auto add = [&](std::string_view pattern, std::string_view door, auto handler) {
    context.router.add("GET", pattern, {.tool = "documents", .door = door}, [&, handler](Request& request) {
      return handler(context, service, relay, versions, request);
    });
  };
  add("/api/v1/documents/{document}/html", "api", fragment);
  add("/documents/{document}/lecture", "page", reading);
}

}  // namespace parvis
