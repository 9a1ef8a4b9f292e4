#pragma once
// The meetings of the house: who may enter which, what hosts may do, who was there. Rooms and media are
// livekit::Server's; a room bears its meeting's id. Loop thread only.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/periodic.h"
#include "engine/livekit/server.h"
#include "module/meetings/breakouts.h"
#include "module/meetings/continuity.h"
#include "module/meetings/meeting_store.h"
#include "module/meetings/reception.h"
#include "module/meetings/waiting_room.h"

namespace parvis {

class Conversations;
class Documents;
class Automation;
struct Passage;
struct SalonMessage;
class NetworkPolicy;

class Meetings final : public livekit::Observer {
 public:
  static constexpr int64_t max_per_space = 200;
  static constexpr size_t max_name_bytes = 200;
  static constexpr size_t max_guest_name_bytes = 100;
  static constexpr size_t max_exempt_guests = 5'000;
  static constexpr size_t max_receptions = 1'000;  // per meeting, beside those who are there
  static constexpr int64_t review_every_us = 5'000'000;
  static constexpr int64_t tell_weight_every_us = 10'000'000;
  static constexpr int64_t cut_off_for_us = 300'000'000;

  Meetings(Context& context, NetworkPolicy& policy);
  NetworkPolicy& policy() { return policy_; }
  void use_documents(Documents& documents) { documents_ = &documents; }
  void use_automation(Automation& automation) { automation_ = &automation; }
  void use_conversations(Conversations& conversations);
  /// Before the first request. `secret` signs this house's tokens.
  void use_server(livekit::Server& server, std::string secret);
  /// Meetings that a stop interrupted. After use_server.
  Task<Result<void>> take_up() { co_return co_await continuity_.take_up(); }
  /// The process ends, the meetings don't: whoever leaves now will be back.
  void interrupt() { interrupted_ = true; }
  Task<void> note_interruption() { co_await continuity_.note(); }

  /// A meeting as somebody sees it.
  struct Seen {
    Meeting meeting;
    bool join = false, host = false;
    uint32_t participants = 0;
    int64_t started_at_ms = 0;  // 0: nobody is there
  };
  struct Origin {
    std::string kind, id;  // empty: the space
  };
  Task<Result<std::vector<Seen>>> list(Actor actor, SpaceId space);
  /// The meeting of this origin, made at the first call. `made` tells which.
  Task<Result<Seen>> open(Actor actor, SpaceId space, Origin origin, std::string name, bool* made);
  Task<Result<Seen>> find(Actor actor, std::string id);
  struct Change {
    std::optional<std::string> name;
    std::optional<bool> lobby, locked, guests, guest_chat;
    bool new_guest_link = false;
  };
  Task<Result<Seen>> change(Actor actor, std::string id, Change change);
  Task<Result<std::string>> notes(Actor actor, std::string id, std::string title);  // the document's id
  /// At the end of the notes, which are made when there are none.
  Task<Result<std::string>> add_to_notes(Actor actor, std::string id, std::string title, Passage passage);

  /// What opens a socket. `ticket` instead, while a guest waits.
  struct Entry {
    livekit::Grant grant;
    std::string token, ticket;
    std::string chat_key;  // a guest's: what they write in the salon with
    bool host = false;
    Reception reception;
    bool images_needed = false;
  };
  /// `address`: where the person comes from, which tells the network.
  Task<Result<Entry>> join(Actor actor, std::string id, std::string address);
  /// What would apply to somebody who enters now.
  Reception reception(std::string_view identity, std::string_view address, bool exempt,
                      Instant urgent_until = {}) const;
  /// Whether somebody in the meeting needs to see the others.
  bool images_needed(MeetingId meeting) const;
  /// Beyond the policy until its window ends. policy_reasons::no_override, reason_needed.
  Task<Result<Reception>> go_beyond(Actor actor, std::string id, std::string reason);
  struct GuestView {
    Meeting meeting;
    bool live = false;
  };
  Task<Result<GuestView>> guest_view(std::string id, std::string key);
  struct Guest {
    std::string name, address;
    bool needs_images = false;  // a signed language, lip reading: no proof is asked
  };
  Task<Result<Entry>> guest_join(std::string id, std::string key, Guest guest);
  Task<Result<Entry>> guest_ask(std::string id, std::string ticket, std::string address);
  static constexpr size_t max_guest_text_bytes = 4'000;
  static constexpr size_t max_guest_messages = 100;
  /// The salon as a guest reads it, from when they came in and while they are there, if the hosts allow it.
  Task<Result<std::vector<SalonMessage>>> guest_messages(std::string id, std::string identity,
                                                         std::string chat_key);
  Task<Result<void>> guest_write(std::string id, std::string identity, std::string chat_key,
                                 std::string text);
  Task<Result<std::vector<WaitingRoom::Guest>>> waiting(Actor actor, std::string id);
  Task<Result<void>> decide(Actor actor, std::string id, std::string ticket, bool admit);

  /// `source` unknown: everything the participant sends.
  Task<Result<void>> mute(Actor actor, std::string id, std::string identity, livekit::Source source);
  Task<Result<void>> mute_all(Actor actor, std::string id);
  Task<Result<void>> remove(Actor actor, std::string id, std::string identity, bool bar);
  /// Who may not come back, by identity, with the name to show.
  Task<Result<std::vector<meeting_store::Marked>>> forbidden(Actor actor, std::string id);
  Task<Result<void>> unbar(Actor actor, std::string id, std::string identity);
  Task<Result<void>> make_host(Actor actor, std::string id, std::string identity, bool host);
  Task<Result<void>> lower_hand(Actor actor, std::string id, std::string identity);
  Task<Result<void>> end(Actor actor, std::string id);
  Task<Result<std::vector<Attendance>>> attendance(Actor actor, std::string id);
  Task<Result<Meeting>> readable(Actor actor, std::string id);
  /// Somebody with an account, who may enter.
  Task<Result<Standing>> standing(Actor actor, std::string id);
  /// A guest who is there now. Their token may be old: it says who they are, their presence that it still
  /// holds.
  Task<Result<Standing>> guest_standing(std::string id, std::string token);

  /// At the door: the token is genuine, and what it says still holds. The grant as it is now.
  Task<Result<livekit::Grant>> admit(std::string token, std::string address);
  /// In the same turn as the join: the room where the meeting wants them now, and they are in no other.
  void seat(livekit::Grant& grant);
  livekit::Server& server() { return *server_; }
  /// Somebody, or something, opens this meeting: it is watched for changes of rights.
  void follow(const Meeting& meeting) { live_[meeting.id].space = meeting.space; }
  /// Of a room that takes place.
  std::optional<SpaceId> space_of(const std::string& room) const {
    auto meeting = meeting_of_room(room);
    auto found = meeting ? live_.find(*meeting) : live_.end();
    return found == live_.end() ? std::nullopt : std::optional(found->second.space);
  }
  /// Bots whose key is no longer good leave.
  void review_bots();
  Breakouts& breakouts() { return breakouts_; }
  /// Where they are; where all are together when they are nowhere.
  std::string room_of(MeetingId meeting, const std::string& identity) const;
  /// Out of whichever room, at once.
  void send_away(MeetingId meeting, const std::string& identity);
  /// Everybody, out of every room of the meeting.
  void close_rooms(MeetingId meeting);
  /// Told when a meeting has emptied, or a host has ended it.
  void when_over(std::function<void(MeetingId)> told) { over_ = std::move(told); }

  /// Two tokens to a room of their own, where one browser measures its line to this server: seen by nobody,
  /// counted nowhere, closed after a while.
  static constexpr int64_t check_lasts_us = 40'000'000;
  static constexpr std::string_view check_prefix = "check:";
  struct Check {
    std::string first, second;
  };
  Task<Result<Check>> check_line(Actor actor, std::string id);
  Task<Result<Check>> guest_check_line(std::string id, std::string key);
  /// Where the people of a meeting write: the salon it came from, or the first of its space. "" for none.
  std::string salon_of(const Meeting& meeting) const;

 private:
  struct Live {
    SpaceId space;
    std::string guest_salon;                      // what guests read and write; empty: nothing
    std::map<std::string, AttendanceId> present;  // by identity
    std::map<std::string, Reception> receptions;
    struct Weight {
      uint64_t received = 0, sent = 0;
      Monotonic told{};
    };
    std::map<std::string, Weight> weights;     // since the meeting began, whoever has left included
    std::map<std::string, Monotonic> cut_off;  // whose line failed, and when: a lock does not keep them out
    uint64_t bytes = 0;
    bool images_needed = false;  // as last applied
  };
  Task<Result<Meeting>> load(std::string id);
  Task<Result<Meeting>> hosted(Actor actor, std::string id);
  /// In it, or would be if the line or the server had held.
  bool belongs_inside(MeetingId meeting, const std::string& identity) const;
  Task<Result<bool>> is_host(Actor actor, const Meeting& meeting);
  Task<Result<Seen>> seen(Actor actor, Meeting meeting);
  Task<Result<void>> check_origin(Actor actor, const Meeting& meeting);
  Task<Result<void>> save(Meeting meeting, Actor actor, std::string kind);
  Task<Result<livekit::Grant>> grant_for(Actor actor, Meeting meeting);
  livekit::Grant guest_grant(const Meeting& meeting, const std::string& identity,
                             const std::string& name) const;
  Entry entry_of(livekit::Grant grant, std::string_view address) const;
  std::string token_for(const livekit::Grant& grant) const;
  bool exempt(std::string_view identity) const;
  void exempt_guest(const std::string& identity, MeetingId meeting);
  Instant urgent_until(std::optional<MeetingId> meeting, std::string_view identity) const;
  /// The grant within what its participant may receive and send now.
  livekit::Grant bounded(livekit::Grant grant) const;
  /// Everybody's, in every meeting: hours come and go, policies change, people choose.
  void review_receptions();
  void review_receptions(MeetingId meeting, Live& live);
  void tell_reception(MeetingId meeting, const std::string& identity, const Reception& reception,
                      bool needed);
  void tell_weight(MeetingId meeting, const std::string& identity, Live& live);
  void tell_state(const Meeting& meeting);
  std::string chat_key_of(const std::string& room, const std::string& identity) const;
  struct GuestInside {
    std::string salon, name;
    Instant since;
  };
  Task<Result<GuestInside>> guest_inside(std::string id, std::string identity, std::string chat_key);
  void tell_guests_of_message(const std::string& room_id);
  Task<Result<void>> follow_guest_chat(Meeting meeting, bool before);
  Check new_check() const;
  Task<void> end_check(std::string room);
  void tell_hosts_who_waits(MeetingId meeting);
  /// Those who are in a meeting of this space and may no longer be.
  void review_space(SpaceId space);
  void review_person(PersonId person);
  Task<void> record_joined(MeetingId meeting, Attendance line);
  Task<void> record_left(AttendanceId id, Instant at);

  void on_participant_joined(const std::string& room, const livekit::ParticipantDescription& who) override;
  void on_participant_changed(const std::string& room, const livekit::ParticipantDescription& who) override;
  void on_participant_left(const std::string& room, const livekit::ParticipantDescription& who,
                           std::string_view reason) override;
  void on_room_finished(const livekit::RoomDescription& room) override;
  void on_traffic(const std::string& room, const std::string& identity, uint64_t received,
                  uint64_t sent) override;

  Context& context_;
  NetworkPolicy& policy_;
  Documents* documents_ = nullptr;
  Automation* automation_ = nullptr;
  Conversations* conversations_ = nullptr;
  livekit::Server* server_ = nullptr;
  std::string secret_;
  WaitingRoom waiting_;
  Breakouts breakouts_;
  Continuity continuity_;
  bool interrupted_ = false;
  std::map<MeetingId, Live> live_;
  std::function<void(MeetingId)> over_;
  std::map<std::string, MeetingId> guests_exempt_;  // by identity
  Periodic reviewing_;
};

}  // namespace parvis
