#include "module/meetings/polls.h"

#include <algorithm>
#include <set>

#include "base/utf8.h"
#include "core/secret.h"
#include "module/meetings/reasons.h"
#include "platform/log.h"

namespace parvis {
namespace {

bool is_manager(const Standing& who, const Poll& poll) { return who.host || who.identity == poll.author; }

/// The name on a ballot. Of an anonymous poll: a hash that means nothing once the poll's key is destroyed.
std::string voter_name(const Poll& poll, const std::string& identity) {
  if (!poll.anonymous) return identity;
  return to_base64(hmac_sha256(poll.secret, poll.id.text() + identity), Base64::url_unpadded);
}

bool shows_results(const Poll& poll) {
  if (poll.state == Poll::State::closed) return true;
  if (poll.state == Poll::State::draft || !poll.live) return false;
  return !poll.anonymous || poll.voters >= Polls::least_anonymous_shown;
}

Result<Polls::Seen> see(store::Reader& reader, const Standing& who, Poll poll) {
  Polls::Seen out{.poll = std::move(poll), .choice = std::nullopt, .ballots = {}};
  out.manage = is_manager(who, out.poll);
  out.results = shows_results(out.poll);
  bool gone = out.poll.anonymous && out.poll.state == Poll::State::closed;
  if (out.poll.state != Poll::State::draft && !gone)
    out.choice = TRY(poll_store::choice_of(reader, out.poll.id, voter_name(out.poll, who.identity)));
  if (out.results && !out.poll.anonymous)
    out.ballots = TRY(poll_store::ballots(reader, out.poll.id, Polls::max_ballots));
  return out;
}

Result<void> check(Polls::Wanted& wanted) {
  auto fits = [](std::string& text, size_t most) {
    text = std::string(utf8::trim(text));
    return !text.empty() && text.size() <= most && utf8::valid(text) && !text.contains('\0');
  };
  if (!fits(wanted.question, Polls::max_question_bytes)) return fail(meeting_reasons::poll_text, "question");
  if (wanted.answers.size() < Polls::min_answers || wanted.answers.size() > Polls::max_answers)
    return fail(meeting_reasons::poll_text, "answers");
  std::set<std::string> known;
  for (auto& answer : wanted.answers) {
    if (!fits(answer, Polls::max_answer_bytes) || !known.insert(answer).second)
      return fail(meeting_reasons::poll_text, "answer");
  }
  return {};
}

void take(Poll& poll, Polls::Wanted wanted) {
  poll.question = std::move(wanted.question);
  poll.multiple = wanted.multiple;
  poll.anonymous = wanted.anonymous;
  poll.live = wanted.live;
  poll.answers.clear();
  for (auto& answer : wanted.answers) poll.answers.push_back({std::move(answer), 0});
}

Result<void> publish(store::Transaction& transaction, std::string_view kind, const Standing& who) {
  auto actor = who.actor.person.empty() ? std::string() : who.actor.person.text(),
       space = who.meeting.space.text(), subject = who.meeting.id.text();
  TRY(transaction.publish({.kind = kind,
                           .actor = actor,
                           .space = space,
                           .subject = subject,
                           .payload = "",
                           .rule = who.host ? "host" : "author"}));
  return {};
}

}  // namespace

Polls::Polls(Context& context, Meetings& meetings)
    : context_(context),
      meetings_(meetings),
      votes_({.person_per_second = votes_per_second, .person_burst = votes_burst}) {
  meetings.when_over([this](MeetingId meeting) { spawn(close_all(meeting)); });
}

Task<Result<Poll>> Polls::load(Standing who, std::string text) {
  auto id = PollId::parse(text);
  if (!id) co_return fail(reasons::not_found, "poll id");
  auto found =
      CO_TRY(co_await context_.database.read([meeting = who.meeting.id, id = *id](store::Reader& reader) {
        return poll_store::find(reader, meeting, id);
      }));
  bool visible = found && (found->state != Poll::State::draft || is_manager(who, *found));
  if (!visible) co_return fail(reasons::not_found, "poll");
  co_return std::move(*found);
}

Task<Result<Poll>> Polls::managed(Standing who, std::string id) {
  auto poll = CO_TRY(co_await load(who, std::move(id)));
  if (!is_manager(who, poll)) co_return fail(meeting_reasons::poll_not_yours);
  co_return poll;
}

Task<Result<Poll>> Polls::closed(Standing who, std::string id) {
  auto poll = CO_TRY(co_await load(who, std::move(id)));
  if (poll.state != Poll::State::closed) co_return fail(meeting_reasons::poll_not_closed);
  co_return poll;
}

Task<Result<void>> Polls::require_asker(Standing who) {
  if (who.host) co_return Result<void>();
  bool everyone = CO_TRY(co_await context_.database.read([meeting = who.meeting.id](store::Reader& reader) {
    return poll_store::everyone_asks(reader, meeting);
  }));
  if (!everyone || !who.verified) co_return fail(meeting_reasons::poll_askers);
  co_return Result<void>();
}

Task<Result<Polls::Page>> Polls::list(Standing who) {
  co_return co_await context_.database.read([who](store::Reader& reader) -> Result<Page> {
    Page out;
    out.everyone = TRY(poll_store::everyone_asks(reader, who.meeting.id));
    out.ask = who.host || (out.everyone && who.verified);
    for (auto& poll : TRY(poll_store::list(reader, who.meeting.id))) {
      if (poll.state == Poll::State::draft && !is_manager(who, poll)) continue;
      out.polls.push_back(TRY(see(reader, who, std::move(poll))));
    }
    return out;
  });
}

Task<Result<Polls::Seen>> Polls::look_again(Standing who, PollId id) {
  co_return co_await context_.database.read([who, id](store::Reader& reader) -> Result<Seen> {
    auto poll = TRY(poll_store::find(reader, who.meeting.id, id));
    if (!poll) return fail(reasons::not_found, "poll");
    return see(reader, who, std::move(*poll));
  });
}

Task<Result<Polls::Seen>> Polls::make(Standing who, Wanted wanted) {
  CO_TRY(co_await require_asker(who));
  CO_TRY(check(wanted));
  Poll poll{.id = context_.env.new_id<PollId>(),
            .meeting = who.meeting.id,
            .question = {},
            .author = who.identity,
            .author_name = who.name,
            .secret = {},
            .created_at = context_.env.clock.now(),
            .opened_at = std::nullopt,
            .closed_at = std::nullopt,
            .answers = {}};
  take(poll, std::move(wanted));
  CO_TRY(co_await context_.database.write([poll](store::Transaction& transaction) -> Result<void> {
    if (TRY(poll_store::count(transaction, poll.meeting)) >= max_per_meeting)
      return fail(meeting_reasons::polls_too_many);
    return poll_store::insert(transaction, poll);
  }));
  co_return co_await look_again(who, poll.id);
}

Task<Result<Polls::Seen>> Polls::change(Standing who, std::string id, Wanted wanted) {
  auto poll = CO_TRY(co_await managed(who, std::move(id)));
  CO_TRY(check(wanted));
  take(poll, std::move(wanted));
  CO_TRY(co_await context_.database.write([poll](store::Transaction& transaction) -> Result<void> {
    if (!TRY(poll_store::change_draft(transaction, poll))) return fail(meeting_reasons::poll_not_draft);
    return {};
  }));
  co_return co_await look_again(who, poll.id);
}

Task<Result<void>> Polls::remove(Standing who, std::string id) {
  auto poll = CO_TRY(co_await managed(who, std::move(id)));
  co_return co_await context_.database.write([id = poll.id](store::Transaction& transaction) -> Result<void> {
    if (!TRY(poll_store::remove_draft(transaction, id))) return fail(meeting_reasons::poll_not_draft);
    return {};
  });
}

Task<Result<Polls::Seen>> Polls::open(Standing who, std::string id) {
  auto poll = CO_TRY(co_await managed(who, std::move(id)));
  CO_TRY(co_await require_asker(who));
  auto secret = poll.anonymous ? new_secret(context_.env.random) : std::string();
  CO_TRY(co_await context_.database.write(
      [who, poll, secret, now = context_.env.clock.now()](store::Transaction& transaction) -> Result<void> {
        if (TRY(poll_store::count_open(transaction, poll.meeting)) >= max_open)
          return fail(meeting_reasons::polls_too_many, "open");
        if (!TRY(poll_store::open(transaction, poll.id, secret, now)))
          return fail(meeting_reasons::poll_not_draft);
        return publish(transaction, "meeting.poll_opened", who);
      }));
  tell_changed(poll.meeting);
  co_return co_await look_again(who, poll.id);
}

Task<Result<Polls::Seen>> Polls::close(Standing who, std::string id) {
  auto poll = CO_TRY(co_await managed(who, std::move(id)));
  CO_TRY(co_await context_.database.write(
      [who, poll, now = context_.env.clock.now()](store::Transaction& transaction) -> Result<void> {
        if (!TRY(poll_store::close(transaction, poll.meeting, poll.id, now)))
          return fail(meeting_reasons::poll_not_open);
        return publish(transaction, "meeting.poll_closed", who);
      }));
  tell_changed(poll.meeting);
  co_return co_await look_again(who, poll.id);
}

Task<Result<void>> Polls::vote(Standing who, std::string id, std::vector<int64_t> answers) {
  if (!who.present) co_return fail(meeting_reasons::poll_absent);
  CO_TRY(votes_.take_person(who.meeting.id.text() + who.identity, 1, context_.env.loop.now()));
  auto poll = CO_TRY(co_await load(who, std::move(id)));
  if (answers.empty() || (answers.size() > 1 && !poll.multiple))
    co_return fail(meeting_reasons::poll_choice, "how many");
  poll_store::Choice choice = 0;
  for (auto answer : answers) {
    if (answer < 0 || answer >= static_cast<int64_t>(poll.answers.size()) || (choice >> answer & 1))
      co_return fail(meeting_reasons::poll_choice, "which");
    choice |= poll_store::Choice{1} << answer;
  }
  // The key is read again with the state: a poll may be closed meanwhile.
  CO_TRY(co_await context_.database.write(
      [who, id = poll.id, choice](store::Transaction& transaction) -> Result<void> {
        auto now = TRY(poll_store::find(transaction, who.meeting.id, id));
        if (!now || now->state != Poll::State::open) return fail(meeting_reasons::poll_not_open);
        auto voter = voter_name(*now, who.identity);
        if (now->voters >= max_ballots && !TRY(poll_store::choice_of(transaction, id, voter)))
          return fail(reasons::limited, "ballots");
        return poll_store::cast(transaction, id, {voter, now->anonymous ? "" : who.name, choice});
      }));
  tell_counts_soon(who.meeting.id, poll.id);
  co_return Result<void>();
}

Task<Result<void>> Polls::let_everyone_ask(Standing who, bool everyone) {
  if (!who.host) co_return fail(meeting_reasons::hosts_only);
  CO_TRY(co_await context_.database.write([who, everyone](store::Transaction& transaction) -> Result<void> {
    TRY(poll_store::let_everyone_ask(transaction, who.meeting.id, everyone));
    return publish(transaction, "meeting.changed", who);
  }));
  tell_changed(who.meeting.id);
  co_return Result<void>();
}

Language Polls::language_of(const Standing& who) const {
  const Person* person = context_.people.find(who.actor.person);
  return person ? parse_language(person->language) : Language::french;
}

Task<Result<std::string>> Polls::csv(Standing who, std::string id) {
  auto poll = CO_TRY(co_await closed(who, std::move(id)));
  auto ballots = CO_TRY(co_await context_.database.read(
      [id = poll.id](store::Reader& reader) { return poll_store::ballots(reader, id, max_ballots); }));
  co_return poll_results::csv(poll, ballots, language_of(who));
}

Task<Result<std::string>> Polls::to_minutes(Standing who, std::string id, std::string notes_title) {
  auto poll = CO_TRY(co_await closed(who, std::move(id)));
  co_return co_await meetings_.add_to_notes(who.actor, who.meeting.id.text(), std::move(notes_title),
                                            poll_results::passage(poll, language_of(who)));
}

/// Pages that show polls should ask again.
void Polls::tell_changed(MeetingId meeting) {
  meetings_.breakouts().send(meeting, topic, R"({"kind":"changed"})");
}

/// However fast people vote, a thousand pages hear of it once a second.
void Polls::tell_counts_soon(MeetingId meeting, PollId poll) {
  if (!counting_.emplace(poll, meeting).second) return;
  context_.env.loop.call_at(context_.env.loop.now() + count_every_us, [this, poll] {
    auto found = counting_.extract(poll);
    if (!found.empty()) spawn(tell_counts(found.mapped(), poll));
  });
}

/// With the counts themselves: nobody has to ask.
Task<void> Polls::tell_counts(MeetingId meeting, PollId id) {
  auto poll = co_await context_.database.read(
      [meeting, id](store::Reader& reader) { return poll_store::find(reader, meeting, id); });
  if (!poll || !*poll || (*poll)->state != Poll::State::open) co_return;
  std::string text;
  json::Writer out(text);
  out.begin_object().field("kind", "counts").field("poll", id.text()).field("voters", (*poll)->voters);
  if (shows_results(**poll)) {
    out.key("votes").begin_array();
    for (const auto& answer : (*poll)->answers) out.value(answer.votes);
    out.end_array();
  }
  out.end_object();
  meetings_.breakouts().send(meeting, topic, text);
}

/// A meeting that is over leaves no vote open.
Task<void> Polls::close_all(MeetingId meeting) {
  auto done = co_await context_.database.write(
      [meeting, now = context_.env.clock.now()](store::Transaction& transaction) -> Result<void> {
        if (TRY(poll_store::count_open(transaction, meeting)) == 0) return {};
        for (const auto& poll : TRY(poll_store::list(transaction, meeting)))
          TRY(poll_store::close(transaction, meeting, poll.id, now));
        auto of = TRY(meeting_store::find(transaction, meeting));
        if (!of) return {};
        return publish(transaction, "meeting.poll_closed",
                       {.meeting = *of, .actor = Actor::system(), .identity = {}, .name = {}});
      });
  if (!done) log_event(Level::warning, "polls_not_closed", {{"reason", done.error().reason->id}});
}

}  // namespace parvis
