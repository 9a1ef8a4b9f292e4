// Polls over HTTP: for people with an account, and for guests, who show their meeting's token.
#include "module/meetings/polls.h"
#include "module/meetings/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t max_body_bytes = 16 << 10;

std::string poll_of(const Request& request) { return std::string(request.parameter("poll")); }

void write_choice(json::Writer& out, std::string_view key, poll_store::Choice choice) {
  out.key(key).begin_array();
  for (int64_t position = 0; position < static_cast<int64_t>(Polls::max_answers); ++position)
    if (choice >> position & 1) out.value(position);
  out.end_array();
}

void write_poll(json::Writer& out, const Polls::Seen& seen) {
  const Poll& poll = seen.poll;
  out.begin_object()
      .field("id", poll.id.text())
      .field("question", poll.question)
      .field("multiple", poll.multiple)
      .field("anonymous", poll.anonymous)
      .field("results", poll.live ? "live" : "end")
      .field("state", state_name(poll.state))
      .field("author", poll.author_name)
      .field("manage", seen.manage)
      .field("voters", poll.voters);
  if (poll.opened_at) out.field("opened_at", poll.opened_at->ms);
  if (poll.closed_at) out.field("closed_at", poll.closed_at->ms);
  if (seen.choice) write_choice(out, "choice", *seen.choice);
  out.key("answers").begin_array();
  for (const auto& answer : poll.answers) {
    out.begin_object().field("text", answer.text);
    if (seen.results) out.field("votes", answer.votes);
    out.end_object();
  }
  out.end_array();
  if (!seen.ballots.empty()) {
    out.key("ballots").begin_array();
    for (const auto& ballot : seen.ballots) {
      out.begin_object().field("name", ballot.name);
      write_choice(out, "choice", ballot.choice);
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

Response poll_response(const Polls::Seen& seen, int status = 200) {
  std::string body;
  json::Writer out(body);
  write_poll(out, seen);
  return Response::json(std::move(body), status);
}

Result<Polls::Wanted> wanted_of(const json::Value& body) {
  Polls::Wanted out{.question = std::string(json::text(body, "question").value_or("")),
                    .answers = {},
                    .multiple = json::boolean(body, "multiple").value_or(false),
                    .anonymous = json::boolean(body, "anonymous").value_or(true)};
  auto results = json::text(body, "results").value_or("end");
  if (results != "live" && results != "end") return fail(reasons::malformed, "results");
  out.live = results == "live";
  const auto* answers = json::array(body, "answers");
  if (!answers) return fail(reasons::missing_field, "answers");
  for (const auto& answer : *answers) {
    if (!answer.is_string()) return fail(reasons::malformed, "answers");
    out.answers.emplace_back(answer.as_string());
  }
  return out;
}

Task<Result<Response>> list(Polls& polls, Standing who, Request&) {
  auto page = CO_TRY(co_await polls.list(std::move(who)));
  std::string body;
  json::Writer out(body);
  out.begin_object().field("ask", page.ask).field("everyone", page.everyone).key("polls").begin_array();
  for (const auto& seen : page.polls) write_poll(out, seen);
  out.end_array().end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> make(Polls& polls, Standing who, Request& request) {
  auto wanted = CO_TRY(wanted_of(CO_TRY(co_await request.read_json())));
  co_return poll_response(CO_TRY(co_await polls.make(std::move(who), std::move(wanted))), 201);
}

Task<Result<Response>> change(Polls& polls, Standing who, Request& request) {
  auto id = poll_of(request);
  auto wanted = CO_TRY(wanted_of(CO_TRY(co_await request.read_json())));
  co_return poll_response(CO_TRY(co_await polls.change(std::move(who), std::move(id), std::move(wanted))));
}

Task<Result<Response>> remove(Polls& polls, Standing who, Request& request) {
  CO_TRY(co_await polls.remove(std::move(who), poll_of(request)));
  co_return Response::empty();
}

Task<Result<Response>> open(Polls& polls, Standing who, Request& request) {
  co_return poll_response(CO_TRY(co_await polls.open(std::move(who), poll_of(request))));
}

Task<Result<Response>> close(Polls& polls, Standing who, Request& request) {
  co_return poll_response(CO_TRY(co_await polls.close(std::move(who), poll_of(request))));
}

Task<Result<Response>> vote(Polls& polls, Standing who, Request& request) {
  auto id = poll_of(request);
  auto body = CO_TRY(co_await request.read_json());
  const auto* chosen = json::array(body, "answers");
  if (!chosen || chosen->size() > Polls::max_answers) co_return fail(reasons::missing_field, "answers");
  std::vector<int64_t> answers;
  for (const auto& one : *chosen) {
    if (!one.is_int64()) co_return fail(reasons::malformed, "answers");
    answers.push_back(one.as_int64());
  }
  CO_TRY(co_await polls.vote(std::move(who), std::move(id), std::move(answers)));
  co_return Response::empty();
}

Task<Result<Response>> csv(Polls& polls, Standing who, Request& request) {
  auto response = Response::text(CO_TRY(co_await polls.csv(std::move(who), poll_of(request))));
  response.set("Content-Type", "text/csv; charset=utf-8");
  response.set("Content-Disposition", "attachment; filename=\"sondage.csv\"");
  co_return response;
}

Task<Result<Response>> to_minutes(Polls& polls, Standing who, Request& request) {
  auto id = poll_of(request);
  auto sent = CO_TRY(co_await request.read_json());
  auto document = CO_TRY(co_await polls.to_minutes(std::move(who), std::move(id),
                                                   std::string(json::text(sent, "title").value_or(""))));
  std::string body;
  json::Writer(body).begin_object().field("document_id", document).end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> let_everyone_ask(Polls& polls, Standing who, Request& request) {
  auto body = CO_TRY(co_await request.read_json());
  auto everyone = json::boolean(body, "everyone");
  if (!everyone) co_return fail(reasons::missing_field, "everyone");
  CO_TRY(co_await polls.let_everyone_ask(std::move(who), *everyone));
  co_return Response::empty();
}

using Act = Task<Result<Response>> (*)(Polls&, Standing, Request&);

Task<Result<Response>> for_person(Meetings& meetings, Polls& polls, Act act, Request& request) {
  auto who = CO_TRY(co_await meetings.standing(actor_of(request), std::string(request.parameter("meeting"))));
  co_return co_await act(polls, std::move(who), request);
}

Task<Result<Response>> for_guest(Meetings& meetings, Polls& polls, Act act, Request& request) {
  auto who = CO_TRY(
      co_await meetings.guest_standing(std::string(request.parameter("meeting")), bearer_token(request)));
  co_return co_await act(polls, std::move(who), request);
}

}  // namespace

void add_poll_routes(Context& context, Meetings& meetings, Polls& polls) {
  auto add = [&](std::string_view method, std::string_view pattern, Act act, double cost = 1) {
    context.router.add(
        method, pattern, {.tool = "reunions", .max_body_bytes = max_body_bytes, .cost = cost},
        [&meetings, &polls, act](Request& request) { return for_person(meetings, polls, act, request); });
  };
  add("GET", "/api/v1/meetings/{meeting}/polls", list);
  add("POST", "/api/v1/meetings/{meeting}/polls", make);
  add("PUT", "/api/v1/meetings/{meeting}/polls-rule", let_everyone_ask);
  add("PUT", "/api/v1/meetings/{meeting}/polls/{poll}", change);
  add("DELETE", "/api/v1/meetings/{meeting}/polls/{poll}", remove);
  add("POST", "/api/v1/meetings/{meeting}/polls/{poll}/open", open);
  add("POST", "/api/v1/meetings/{meeting}/polls/{poll}/close", close);
  add("PUT", "/api/v1/meetings/{meeting}/polls/{poll}/vote", vote);
  add("GET", "/api/v1/meetings/{meeting}/polls/{poll}/csv", csv);
  add("POST", "/api/v1/meetings/{meeting}/polls/{poll}/minutes", to_minutes, 5);
  auto add_for_guests = [&](std::string_view method, std::string_view pattern, Act act) {
    context.router.add(
        method, pattern,
        {.access = http::Access::anonymous, .tool = "reunions", .max_body_bytes = max_body_bytes},
        [&meetings, &polls, act](Request& request) { return for_guest(meetings, polls, act, request); });
  };
  add_for_guests("GET", "/api/v1/guest-meetings/{meeting}/polls", list);
  add_for_guests("PUT", "/api/v1/guest-meetings/{meeting}/polls/{poll}/vote", vote);
}

}  // namespace parvis
