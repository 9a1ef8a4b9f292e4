#pragma once
// The SQL of polls. A vote is acknowledged once it is durable.
#include <optional>
#include <string>
#include <vector>

#include "module/meetings/meeting_store.h"

namespace parvis {

using PollId = Id<struct MeetingPollTag>;

struct Poll {
  enum class State : uint8_t { draft, open, closed };
  struct Answer {
    std::string text;
    int64_t votes = 0;
  };
  PollId id;
  MeetingId meeting;
  std::string question;
  bool multiple = false;
  bool anonymous = true;
  bool live = false;  // results are shown while it is open
  State state = State::draft;
  std::string author, author_name;  // an identity of the meeting
  std::string secret;               // open and anonymous: the key of its voters' names
  int64_t voters = 0;
  Instant created_at;
  std::optional<Instant> opened_at, closed_at;
  std::vector<Answer> answers;
};
std::string_view state_name(Poll::State state);

namespace poll_store {

/// Bit n: the answer at position n.
using Choice = int64_t;

struct Ballot {
  std::string voter, name;  // the name is empty in an anonymous poll
  Choice choice = 0;
};

Result<void> insert(store::Transaction& transaction, const Poll& poll);
/// Question, answers and manner of a draft; false when it is none any more.
Result<bool> change_draft(store::Transaction& transaction, const Poll& poll);
Result<bool> remove_draft(store::Transaction& transaction, PollId id);
/// With the answers and the counts as they are now.
Result<std::optional<Poll>> find(store::Reader& reader, MeetingId meeting, PollId id);
Result<std::vector<Poll>> list(store::Reader& reader, MeetingId meeting);  // newest first
Result<int64_t> count(store::Reader& reader, MeetingId meeting);
Result<int64_t> count_open(store::Reader& reader, MeetingId meeting);

/// False when it was no draft.
Result<bool> open(store::Transaction& transaction, PollId id, const std::string& secret, Instant at);
/// Keeps the counts; of an anonymous poll destroys the key and the ballots. Nothing when it is not open.
Result<std::optional<Poll>> close(store::Transaction& transaction, MeetingId meeting, PollId id, Instant at);

/// Puts the ballot in the place of the voter's earlier one.
Result<void> cast(store::Transaction& transaction, PollId id, const Ballot& ballot);
Result<std::optional<Choice>> choice_of(store::Reader& reader, PollId id, const std::string& voter);
Result<int64_t> count_ballots(store::Reader& reader, PollId id);
/// By name.
Result<std::vector<Ballot>> ballots(store::Reader& reader, PollId id, int64_t limit);

/// Whether everyone with an account may ask in this meeting.
Result<bool> everyone_asks(store::Reader& reader, MeetingId meeting);
Result<void> let_everyone_ask(store::Transaction& transaction, MeetingId meeting, bool everyone);

}  // namespace poll_store
}  // namespace parvis
