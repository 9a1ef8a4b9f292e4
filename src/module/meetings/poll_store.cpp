#include "module/meetings/poll_store.h"

#include <map>

namespace parvis {
namespace {

using store::Statement;

#define POLL_COLUMNS                                                                               \
  "id, meeting, question, multiple, anonymous, live, state, author, author_name, secret, voters, " \
  "created_at, "                                                                                   \
  "opened_at, closed_at"

const Statement insert_poll{"poll.insert",
                            "insert into meeting_poll(" POLL_COLUMNS
                            ") values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, '', 0, $9, null, null)"};
const Statement update_draft{
    "poll.change",
    "update meeting_poll set question = $2, multiple = $3, anonymous = $4, live = $5 "
    "where id = $1 and state = 'draft'"};
const Statement delete_draft{"poll.remove", "delete from meeting_poll where id = $1 and state = 'draft'"};
const Statement delete_answers{"poll.answers_remove", "delete from meeting_poll_answer where poll = $1"};
const Statement insert_answer{
    "poll.answer_add",
    "insert into meeting_poll_answer(poll, position, answer, votes) values ($1, $2, $3, 0)"};
const Statement list_answers{
    "poll.answers", "select answer, votes from meeting_poll_answer where poll = $1 order by position"};
const Statement find_poll{"poll.find",
                          "select " POLL_COLUMNS " from meeting_poll where meeting = $1 and id = $2"};
const Statement list_polls{"poll.list",
                           "select " POLL_COLUMNS " from meeting_poll where meeting = $1 order by id desc"};
const Statement count_polls{"poll.count", "select count(*) from meeting_poll where meeting = $1"};
const Statement count_open_polls{"poll.count_open",
                                 "select count(*) from meeting_poll where meeting = $1 and state = 'open'"};
const Statement open_poll{
    "poll.open",
    "update meeting_poll set state = 'open', secret = $2, opened_at = $3 where id = $1 and state = 'draft'"};
const Statement close_poll{
    "poll.close",
    "update meeting_poll set state = 'closed', secret = '', voters = $2, closed_at = $3 "
    "where id = $1 and state = 'open'"};
const Statement keep_count{"poll.answer_count",
                           "update meeting_poll_answer set votes = $3 where poll = $1 and position = $2"};
const Statement delete_ballots{"poll.ballots_remove", "delete from meeting_poll_ballot where poll = $1"};
const Statement put_ballot{
    "poll.ballot_put",
    "insert into meeting_poll_ballot(poll, voter, name, choice) values ($1, $2, $3, $4) "
    "on conflict (poll, voter) do update set name = excluded.name, choice = excluded.choice"};
const Statement find_ballot{"poll.ballot",
                            "select choice from meeting_poll_ballot where poll = $1 and voter = $2"};
const Statement count_poll_ballots{"poll.ballots_count",
                                   "select count(*) from meeting_poll_ballot where poll = $1"};
const Statement tally_ballots{
    "poll.tally", "select choice, count(*) from meeting_poll_ballot where poll = $1 group by choice"};
const Statement list_ballots{"poll.ballots",
                             "select voter, name, choice from meeting_poll_ballot where poll = $1 "
                             "order by name, voter limit $2"};
const Statement find_rule{"poll.rule", "select everyone from meeting_poll_rule where meeting = $1"};
const Statement put_rule{"poll.rule_put",
                         "insert into meeting_poll_rule(meeting, everyone) values ($1, $2) "
                         "on conflict (meeting) do update set everyone = excluded.everyone"};

#undef POLL_COLUMNS

Poll poll_at(const store::Rows& rows, size_t row) {
  auto text = [&](size_t column) { return std::string(rows.text(row, column)); };
  auto instant = [&](size_t column) {
    return rows.is_null(row, column) ? std::nullopt : std::optional(rows.instant(row, column));
  };
  auto state = rows.text(row, 6);
  return {.id = rows.id<PollId>(row, 0),
          .meeting = rows.id<MeetingId>(row, 1),
          .question = text(2),
          .multiple = rows.boolean(row, 3),
          .anonymous = rows.boolean(row, 4),
          .live = rows.boolean(row, 5),
          .state = state == "open"     ? Poll::State::open
                   : state == "closed" ? Poll::State::closed
                                       : Poll::State::draft,
          .author = text(7),
          .author_name = text(8),
          .secret = text(9),
          .voters = rows.integer(row, 10),
          .created_at = rows.instant(row, 11),
          .opened_at = instant(12),
          .closed_at = instant(13),
          .answers = {}};
}

Result<void> insert_answers(store::Transaction& transaction, const Poll& poll) {
  for (size_t position = 0; position < poll.answers.size(); ++position)
    TRY(transaction.execute(insert_answer, poll.id, static_cast<int64_t>(position),
                            poll.answers[position].text));
  return {};
}

/// Answers; while the poll is open, their counts come from the ballots.
Result<void> complete(store::Reader& reader, Poll& poll) {
  auto answers = TRY(reader.query(list_answers, poll.id));
  for (size_t row = 0; row < answers.size(); ++row)
    poll.answers.push_back({std::string(answers.text(row, 0)), answers.integer(row, 1)});
  if (poll.state != Poll::State::open) return {};
  auto tally = TRY(reader.query(tally_ballots, poll.id));
  for (size_t row = 0; row < tally.size(); ++row) {
    auto choice = static_cast<uint64_t>(tally.integer(row, 0));
    poll.voters += tally.integer(row, 1);
    for (size_t position = 0; position < poll.answers.size(); ++position)
      if (choice >> position & 1) poll.answers[position].votes += tally.integer(row, 1);
  }
  return {};
}

}  // namespace

std::string_view state_name(Poll::State state) {
  switch (state) {
    case Poll::State::draft:
      return "draft";
    case Poll::State::open:
      return "open";
    case Poll::State::closed:
      return "closed";
  }
  return "";
}

namespace poll_store {

Result<void> insert(store::Transaction& transaction, const Poll& poll) {
  TRY(transaction.execute(insert_poll, poll.id, poll.meeting, poll.question, poll.multiple, poll.anonymous,
                          poll.live, poll.author, poll.author_name, poll.created_at));
  return insert_answers(transaction, poll);
}

Result<bool> change_draft(store::Transaction& transaction, const Poll& poll) {
  if (TRY(transaction.execute(update_draft, poll.id, poll.question, poll.multiple, poll.anonymous,
                              poll.live)) == 0)
    return false;
  TRY(transaction.execute(delete_answers, poll.id));
  TRY(insert_answers(transaction, poll));
  return true;
}

Result<bool> remove_draft(store::Transaction& transaction, PollId id) {
  if (TRY(transaction.execute(delete_draft, id)) == 0) return false;
  TRY(transaction.execute(delete_answers, id));
  return true;
}

Result<std::optional<Poll>> find(store::Reader& reader, MeetingId meeting, PollId id) {
  auto rows = TRY(reader.query(find_poll, meeting, id));
  if (rows.empty()) return std::nullopt;
  auto poll = poll_at(rows, 0);
  TRY(complete(reader, poll));
  return poll;
}

Result<std::vector<Poll>> list(store::Reader& reader, MeetingId meeting) {
  auto rows = TRY(reader.query(list_polls, meeting));
  std::vector<Poll> out;
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back(poll_at(rows, row));
    TRY(complete(reader, out.back()));
  }
  return out;
}

Result<int64_t> count(store::Reader& reader, MeetingId meeting) {
  return TRY(reader.query(count_polls, meeting)).integer(0, 0);
}

Result<int64_t> count_open(store::Reader& reader, MeetingId meeting) {
  return TRY(reader.query(count_open_polls, meeting)).integer(0, 0);
}

Result<bool> open(store::Transaction& transaction, PollId id, const std::string& secret, Instant at) {
  return TRY(transaction.execute(open_poll, id, secret, at)) > 0;
}

Result<std::optional<Poll>> close(store::Transaction& transaction, MeetingId meeting, PollId id, Instant at) {
  auto poll = TRY(find(transaction, meeting, id));
  if (!poll || poll->state != Poll::State::open) return std::nullopt;
  TRY(transaction.execute(close_poll, id, poll->voters, at));
  for (size_t position = 0; position < poll->answers.size(); ++position)
    TRY(transaction.execute(keep_count, id, static_cast<int64_t>(position), poll->answers[position].votes));
  if (poll->anonymous) TRY(transaction.execute(delete_ballots, id));
  poll->state = Poll::State::closed;
  poll->secret.clear();
  poll->closed_at = at;
  return poll;
}

Result<void> cast(store::Transaction& transaction, PollId id, const Ballot& ballot) {
  TRY(transaction.execute(put_ballot, id, ballot.voter, ballot.name, ballot.choice));
  return {};
}

Result<std::optional<Choice>> choice_of(store::Reader& reader, PollId id, const std::string& voter) {
  auto rows = TRY(reader.query(find_ballot, id, voter));
  return rows.empty() ? std::nullopt : std::optional(rows.integer(0, 0));
}

Result<int64_t> count_ballots(store::Reader& reader, PollId id) {
  return TRY(reader.query(count_poll_ballots, id)).integer(0, 0);
}

Result<std::vector<Ballot>> ballots(store::Reader& reader, PollId id, int64_t limit) {
  auto rows = TRY(reader.query(list_ballots, id, limit));
  std::vector<Ballot> out;
  for (size_t row = 0; row < rows.size(); ++row)
    out.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), rows.integer(row, 2)});
  return out;
}

Result<bool> everyone_asks(store::Reader& reader, MeetingId meeting) {
  auto rows = TRY(reader.query(find_rule, meeting));
  return !rows.empty() && rows.boolean(0, 0);
}

Result<void> let_everyone_ask(store::Transaction& transaction, MeetingId meeting, bool everyone) {
  TRY(transaction.execute(put_rule, meeting, everyone));
  return {};
}

}  // namespace poll_store
}  // namespace parvis
