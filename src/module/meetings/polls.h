#pragma once
// Polls of a meeting: asked by its hosts, and by whoever they let; answered by those who are there. Loop
// thread only.
#include <map>
#include <string>
#include <vector>

#include "core/i18n.h"
#include "core/rate_limit.h"
#include "module/documents/api.h"
#include "module/meetings/meetings.h"
#include "module/meetings/poll_store.h"

namespace parvis {

class Polls {
 public:
  static constexpr int64_t max_per_meeting = 100;
  static constexpr int64_t max_open = 5;  // at once
  static constexpr size_t max_question_bytes = 500;
  static constexpr size_t min_answers = 2, max_answers = 10;
  static constexpr size_t max_answer_bytes = 200;
  static constexpr int64_t max_ballots = 5'000;
  /// Fewer votes of an open anonymous poll tell who voted what to whoever watches them come.
  static constexpr int64_t least_anonymous_shown = 3;
  static constexpr double votes_per_second = 1, votes_burst = 10;  // of one voter
  static constexpr int64_t count_every_us = 1'000'000;             // counts are told at most so often
  static constexpr std::string_view topic = "parvis.poll";

  Polls(Context& context, Meetings& meetings);

  /// A poll as somebody sees it.
  struct Seen {
    Poll poll;
    bool manage = false;                       // may open, close, change it
    bool results = false;                      // its counts may be shown
    std::optional<poll_store::Choice> choice;  // one's own
    std::vector<poll_store::Ballot> ballots;   // who chose what: named polls whose counts are shown
  };
  struct Page {
    std::vector<Seen> polls;  // newest first
    bool ask = false, everyone = false;
  };
  struct Wanted {
    std::string question;
    std::vector<std::string> answers;
    bool multiple = false, anonymous = true, live = false;
  };
  Task<Result<Page>> list(Standing who);
  Task<Result<Seen>> make(Standing who, Wanted wanted);
  Task<Result<Seen>> change(Standing who, std::string id, Wanted wanted);
  Task<Result<void>> remove(Standing who, std::string id);
  Task<Result<Seen>> open(Standing who, std::string id);
  Task<Result<Seen>> close(Standing who, std::string id);
  /// Positions of answers. In the place of an earlier vote.
  Task<Result<void>> vote(Standing who, std::string id, std::vector<int64_t> answers);
  Task<Result<void>> let_everyone_ask(Standing who, bool everyone);
  /// The results of a closed poll, for a spreadsheet.
  Task<Result<std::string>> csv(Standing who, std::string id);
  /// ... and at the end of the meeting's notes, which are made when there are none. The document's id.
  Task<Result<std::string>> to_minutes(Standing who, std::string id, std::string notes_title);

 private:
  Task<Result<Poll>> load(Standing who, std::string id);
  Task<Result<Poll>> managed(Standing who, std::string id);
  Task<Result<Poll>> closed(Standing who, std::string id);
  Task<Result<void>> require_asker(Standing who);
  Task<Result<Seen>> look_again(Standing who, PollId id);
  Language language_of(const Standing& who) const;
  void tell_changed(MeetingId meeting);
  void tell_counts_soon(MeetingId meeting, PollId poll);
  Task<void> tell_counts(MeetingId meeting, PollId poll);
  Task<void> close_all(MeetingId meeting);

  Context& context_;
  Meetings& meetings_;
  RateLimiter votes_;
  std::map<PollId, MeetingId> counting_;  // whose counts are told in a moment
};

/// The results as text, for people.
namespace poll_results {
std::string csv(const Poll& poll, const std::vector<poll_store::Ballot>& ballots, Language language);
Passage passage(const Poll& poll, Language language);
}  // namespace poll_results

}  // namespace parvis
