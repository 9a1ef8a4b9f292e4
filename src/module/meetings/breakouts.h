#pragma once
// Meetings divided into groups for a time: who is where, and everybody's way there and back. In memory, and
// kept: an act is answered once a restart finds it (continuity.h). Loop thread only.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/context.h"
#include "engine/livekit/server.h"
#include "module/meetings/standing.h"

namespace parvis {

class Breakouts {
 public:
  static constexpr int max_groups = 50;
  static constexpr size_t max_name_bytes = 100;
  static constexpr size_t max_message_bytes = 1'000;
  static constexpr size_t max_assigned = 1'000;
  static constexpr size_t max_divided = 500;  // meetings of the house at once
  static constexpr int64_t min_duration_s = 10, max_duration_s = 4 * 3'600;
  static constexpr std::string_view topic = "parvis.breakout";

  /// What a host asks for. Group numbers begin at 1; 0 is where all are together.
  struct Plan {
    std::vector<std::string> names;
    std::map<std::string, int> assigned;  // by identity
    bool choose = false;                  // whoever has an account goes where they like
    int64_t duration_s = 0;               // 0: until a host ends it
  };
  struct Division {
    Plan plan;
    std::map<std::string, int> at;  // where the door puts whom; absent: 0
    std::set<std::string> asking;   // for help
    std::optional<Monotonic> ends;
    TimerId timer = 0;
  };

  explicit Breakouts(Context& context) : context_(context) {}
  ~Breakouts();
  Breakouts(const Breakouts&) = delete;
  void use_server(livekit::Server& server) { server_ = &server; }

  const Division* find(MeetingId meeting) const;
  int place_of(MeetingId meeting, const std::string& identity) const;
  /// The room of all first, then the groups'.
  std::vector<std::string> rooms_of(MeetingId meeting) const;
  /// Where somebody is now; nullopt: nowhere.
  std::optional<std::string> room_of(MeetingId meeting, const std::string& identity) const;
  /// Everybody, in whichever room.
  std::vector<livekit::ParticipantDescription> participants(MeetingId meeting) const;
  int64_t remaining_ms(const Division& division) const;  // 0: no end is set

  // Acts of hosts. Everybody concerned is moved and told in the same turn.
  Task<Result<void>> open(Standing who, Plan plan);
  Task<Result<void>> close(Standing who);
  Task<Result<void>> assign(Standing who, std::string identity, int group);
  Task<Result<void>> extend(Standing who, int64_t seconds);
  Result<void> tell_all(const Standing& who, const std::string& text);
  // Acts of anybody present.
  Task<Result<void>> go(Standing who, int group);
  Task<Result<void>> ask_for_help(Standing who, bool asking);

  /// What a process before kept of a meeting; nothing when it makes no sense, or its time is up.
  void restore(MeetingId meeting, const std::string& kept);

  /// Somebody is no longer of the meeting: no place is kept for them.
  void forget(MeetingId meeting, const std::string& identity);
  /// The meeting is over: nobody is brought back.
  void forget(MeetingId meeting);
  /// To everybody in whichever room, or those named.
  void send(MeetingId meeting, std::string_view about, const std::string& text,
            const std::vector<std::string>& identities = {});
  /// A participant is being moved: leaving one room is not leaving the meeting.
  bool moving(const std::string& identity) const { return moving_ == identity; }

 private:
  Result<void> check(const Plan& plan) const;
  Result<Division*> divided(MeetingId meeting);
  Task<Result<void>> publish(Standing who, std::string kind);
  Task<Result<void>> keep(MeetingId meeting);
  void keep_later(MeetingId meeting);
  void bring(MeetingId meeting, const std::string& identity);
  void bring_all_back(MeetingId meeting);
  void set_timer(MeetingId meeting, Division& division);
  void tell_changed(MeetingId meeting);

  Context& context_;
  livekit::Server* server_ = nullptr;
  std::map<MeetingId, Division> divided_;
  std::string moving_;
};

}  // namespace parvis
