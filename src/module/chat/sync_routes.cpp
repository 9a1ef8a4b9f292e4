#include "engine/matrix/errors.h"
#include "module/chat/crypto_text.h"
#include "module/chat/sync.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement get_filter_row{"chat.filter",
                               "select content from chat_filter where id = $1 and user_number = $2"};
const Statement put_filter_row{
    "chat.put_filter",
    "insert into chat_filter(id, user_number, content) values ($1, $2, $3) on conflict do nothing"};
constexpr size_t max_cached_filters = 2'000;

Result<std::shared_ptr<const mx::Filter>> parse(std::string_view text) {
  auto tree = TRY(mx::parse_object(text, {.max_bytes = mx::max_filter_bytes}));
  return std::make_shared<const mx::Filter>(TRY(mx::parse_filter(tree)));
}

void cache(Chat& chat, std::string key, std::shared_ptr<const mx::Filter> filter) {
  if (chat.filters.size() >= max_cached_filters) chat.filters.clear();
  chat.filters[std::move(key)] = std::move(filter);
}

}  // namespace

Task<Result<std::shared_ptr<const mx::Filter>>> find_filter(Chat& chat, const User& user, std::string text) {
  static const auto everything = std::make_shared<const mx::Filter>();
  if (text.empty()) co_return everything;
  std::string key = std::to_string(user.number) + "|" + text;
  if (auto found = chat.filters.find(key); found != chat.filters.end()) co_return found->second;
  std::string json = text;
  if (text.front() != '{') {
    json = CO_TRY(co_await chat.context.database.read(
        [id = text, number = user.number](store::Reader& reader) -> Result<std::string> {
          auto rows = TRY(reader.query(get_filter_row, id, number));
          if (rows.empty()) return fail(mx::errors::invalid_param, "no such filter");
          return std::string(rows.text(0, 0));
        }));
  }
  auto filter = CO_TRY(parse(json));
  cache(chat, std::move(key), filter);
  co_return filter;
}

namespace {

Result<void> only_self(Chat& chat, const Caller& caller, const http::Request& request) {
  if (chat.users.find(request.parameter("user_id")) != caller.user) return fail(reasons::forbidden);
  return {};
}

Answer post_filter(Chat& chat, Caller caller, http::Request& request) {
  CO_TRY(only_self(chat, caller, request));
  auto text = CO_TRY(co_await request.read_text(mx::max_filter_bytes));
  CO_TRY(parse(text));
  std::string id = short_hash(std::to_string(caller.user->number) + text);
  chat.log.add([id, number = caller.user->number, text](store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(put_filter_row, id, number, text));
    return {};
  });
  CO_TRY(co_await chat.log.commit());
  std::string out;
  json::Writer(out).begin_object().field("filter_id", id).end_object();
  co_return http::Response::json(std::move(out));
}

Answer get_filter(Chat& chat, Caller caller, http::Request& request) {
  CO_TRY(only_self(chat, caller, request));
  auto text = CO_TRY(co_await chat.context.database.read(
      [id = std::string(request.parameter("filter_id")),
       number = caller.user->number](store::Reader& reader) -> Result<std::string> {
        auto rows = TRY(reader.query(get_filter_row, id, number));
        if (rows.empty()) return fail(reasons::not_found);
        return std::string(rows.text(0, 0));
      }));
  co_return http::Response::json(std::move(text));
}

Answer get_sync(Chat& chat, Caller caller, http::Request& request) {
  SyncRequest sync;
  if (auto since = request.query_value("since"); since && !since->empty()) {
    sync.since = mx::SyncToken::parse(*since);
    if (!sync.since) co_return fail(mx::errors::invalid_param, "since");
  }
  sync.full_state = request.query_value("full_state") == "true";
  sync.state_after = request.query_value("use_state_after") == "true";
  sync.state_after_unstable = request.query_value("org.matrix.msc4222.use_state_after") == "true";
  sync.timeout_ms = number_query(request, "timeout", 0, max_sync_timeout_ms);
  sync.filter = CO_TRY(co_await find_filter(chat, *caller.user, request.query_value("filter").value_or("")));
  Loop& loop = chat.context.env.loop;
  Monotonic until = loop.now() + millis_us(sync.timeout_ms);
  Waiter waiter(chat.wakeups, loop, *caller.user, caller.session->id);
  for (;;) {
    auto answer = CO_TRY(co_await build_sync(chat, caller, sync));
    bool over = sync.timeout_ms == 0 || loop.now() >= until || waiter.replaced() || chat.stopping;
    if (!answer.empty || over) co_return http::Response::json(std::move(answer.body));
    co_await waiter.wait(until);
    if (waiter.ended()) co_return fail(mx::errors::unknown_token);
  }
}

}  // namespace

void add_sync_routes(Door& door) {
  Door::Options sync{.timeout_us = millis_us(max_sync_timeout_ms) + seconds_us(30), .cost = 0.2};
  door.v3("GET", "/sync", get_sync, sync);
  door.v3("POST", "/user/{user_id}/filter", post_filter);
  door.v3("GET", "/user/{user_id}/filter/{filter_id}", get_filter);
}

}  // namespace parvis::chat
