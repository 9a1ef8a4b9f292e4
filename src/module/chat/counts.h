#pragma once
// Unread counters: in memory, per person and room, moved on at each committed event; written in batches every
// minute and at stop. A counter in the database says up to where it counted; what came later is counted again
// when the room comes back.
#include "module/chat/log.h"
#include "module/chat/rooms.h"
#include "module/chat/users.h"

namespace parvis::chat {

inline constexpr size_t max_threads_counted = 50;  // per person and room; the quietest go first

class Counts {
 public:
  Counts(Log& log, Users& users, Rooms& rooms) : log_(log), users_(users), rooms_(rooms) {}

  /// One new event, for everybody in the room.
  void count(Room& room, const Entry& entry);
  /// A room came back from the disk: counts what members have not counted yet.
  void catch_up(Room& room);
  /// The person has read up to `position` in the main timeline, a thread (root id), or everywhere ("").
  void read(Member& member, std::string_view thread, int64_t position);
  /// Writes counters that changed.
  void flush();

  struct Highlight {
    User* user;
    bool highlight;
  };
  /// Told for each person an event notifies with a highlight.
  void on_highlight(std::function<void(Room&, const Entry&, User&)> listener) {
    on_highlight_ = std::move(listener);
  }

 private:
  static void has_written(Member& member, const Entry& entry);
  void add(Member& member, const Entry& entry, bool highlight);
  void recount(Member& member, std::string_view thread);
  Log& log_;
  Users& users_;
  Rooms& rooms_;
  std::function<void(Room&, const Entry&, User&)> on_highlight_;
};

}  // namespace parvis::chat
