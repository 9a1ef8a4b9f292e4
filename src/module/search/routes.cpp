#include "module/search/routes.h"

#include <algorithm>

#include "base/utf8.h"
#include "core/spaces/space_json.h"
#include "module/chat/api.h"
#include "proto/url.h"
#include "store/search_index.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t per_kind = 10;
constexpr size_t max_query_bytes = 200;
constexpr std::string_view kinds[] = {"space", "person", "file", "message", "document"};

std::string space_link(const Space& space) {
  return (space.kind == SpaceKind::community ? "/c/" : "/p/") + space.slug;
}

/// Each word of the query begins a word of the name.
bool matches(const Space& space, std::string_view folded) {
  std::string words = " " + utf8::fold(space.name);
  for (char& c : words) {
    if (c == '-' || c == '\'' || c == '(' || c == '/') c = ' ';
  }
  while (!folded.empty()) {
    size_t end = std::min(folded.find(' '), folded.size());
    if (end > 0 && words.find(" " + std::string(folded.substr(0, end))) == std::string::npos) return false;
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return true;
}

class Answer {
 public:
  Answer(const Context& context, Actor actor) : context_(context), actor_(actor), out_(body_) {
    out_.begin_object().key("results").begin_array();
  }

  void add(std::string_view kind, std::string_view id, std::string_view title, std::string_view excerpt,
           std::string_view link, const Space* space, Instant at) {
    out_.begin_object().field("kind", kind).field("id", id).field("title", title).field("link", link);
    if (!excerpt.empty()) out_.field("excerpt", excerpt);
    if (space) {
      out_.key("space");
      write_space_brief(out_, context_, actor_, *space);
    }
    if (at.ms > 0) out_.field("at", at.ms);
    out_.end_object();
  }

  Response finish() {
    out_.end_array().end_object();
    return Response::json(std::move(body_));
  }

 private:
  const Context& context_;
  Actor actor_;
  std::string body_;
  json::Writer out_;
};

void add_spaces(const Context& context, Actor actor, std::string_view text, Answer& answer) {
  std::string folded = utf8::fold(text);
  size_t shown = 0;
  for (const Space* space : context.spaces.all()) {
    if (!matches(*space, folded)) continue;
    if (!context.access.may(actor, Action::space_see, Object::of_space(space->id)).allowed) continue;
    answer.add("space", space->id.text(), space->name, "", space_link(*space), space, {});
    if (++shown == per_kind) return;
  }
}

void add_people(const Context& context, Actor actor, const std::string& text, Answer& answer) {
  if (!context.access.may(actor, Action::directory_search, Object::instance()).allowed) return;
  for (const Person* person : context.people.search(text, per_kind)) {
    if (!context.access.may(actor, Action::person_see, Object::of_person(person->id)).allowed) continue;
    std::string id = person->id.text();
    answer.add("person", id, person->display_name, person->title, "/messages?personne=" + id, nullptr, {});
  }
}

Task<Result<void>> add_files(const Context& context, Conversations& conversations, Actor actor,
                             std::string text, Answer& answer) {
  store::SearchQuery query;
  query.text = std::move(text);
  query.kinds = {"file"};
  query.limit = per_kind;
  for (SpaceId space : context.access.visible_spaces(actor, Action::file_list))
    query.scopes.push_back(space.text());
  for (auto& scope : conversations.direct_scopes(actor.person)) query.scopes.push_back(std::move(scope));
  if (query.scopes.empty()) co_return Result<void>();
  auto hits = CO_TRY(co_await context.search.query(std::move(query)));
  for (auto& hit : hits) {
    auto id = SpaceId::parse(hit.scope);
    const Space* space = id ? context.spaces.find(*id) : nullptr;
    answer.add("file", hit.object, hit.title, "", "/api/v1/files/" + hit.object + "/content", space,
               {hit.at_ms});
  }
  co_return Result<void>();
}

Task<Result<void>> add_documents(const Context& context, Actor actor, std::string text, Answer& answer) {
  store::SearchQuery query;
  query.text = std::move(text);
  query.kinds = {"document", "document_thread"};  // what is said about a document is found as that document
  query.limit = per_kind;
  for (SpaceId space : context.access.visible_spaces(actor, Action::document_read))
    query.scopes.push_back(space.text());
  if (query.scopes.empty()) co_return Result<void>();
  auto hits = CO_TRY(co_await context.search.query(std::move(query)));
  for (auto& hit : hits) {
    auto id = SpaceId::parse(hit.scope);
    const Space* space = id ? context.spaces.find(*id) : nullptr;
    auto document = hit.object.substr(0, hit.object.find('/'));
    auto link = "/d/" + document;
    if (document.size() < hit.object.size()) link += "?fil=" + hit.object.substr(document.size() + 1);
    answer.add("document", document, hit.title, hit.excerpt, link, space, {hit.at_ms});
  }
  co_return Result<void>();
}

Task<Result<void>> add_messages(const Context& context, Conversations& conversations, Actor actor,
                                std::string text, Answer& answer) {
  auto found = CO_TRY(co_await conversations.search(actor, std::move(text), per_kind));
  for (auto& message : found) {
    const Person* sender = context.people.find(message.sender);
    std::string title = sender ? sender->display_name : message.room;
    if (sender && !message.room.empty()) title += " · " + message.room;
    std::string link = "/messages/" + proto::percent_encode(message.room_id) +
                       "?message=" + proto::percent_encode(message.event_id);
    answer.add("message", message.event_id, title, message.excerpt, link,
               message.space.empty() ? nullptr : context.spaces.find(message.space), message.at);
  }
  co_return Result<void>();
}

Task<Result<Response>> search(Context& context, Conversations& conversations, Request& request) {
  auto actor = actor_of(request);
  std::string text(utf8::trim(request.query_value("q").value_or("")));
  auto kind = request.query_value("kind").value_or("");
  if (!kind.empty() && std::ranges::find(kinds, kind) == std::end(kinds))
    co_return fail(reasons::malformed, "kind");
  if (text.size() > max_query_bytes || !utf8::valid(text)) co_return fail(reasons::malformed, "q");
  Answer answer(context, actor);
  if (text.empty()) co_return answer.finish();
  auto wanted = [&](std::string_view one) { return kind.empty() || kind == one; };
  if (wanted("space")) add_spaces(context, actor, text, answer);
  if (wanted("person")) add_people(context, actor, text, answer);
  if (wanted("file")) CO_TRY(co_await add_files(context, conversations, actor, text, answer));
  if (wanted("document")) CO_TRY(co_await add_documents(context, actor, text, answer));
  if (wanted("message")) CO_TRY(co_await add_messages(context, conversations, actor, text, answer));
  co_return answer.finish();
}

}  // namespace

void add_search_routes(Context& context, Conversations& conversations) {
  context.router.add(
      "GET", "/api/v1/search", {.tool = "recherche", .cost = 3},
      [&context, &conversations](Request& request) { return search(context, conversations, request); });
}

}  // namespace parvis
