#include "engine/livekit/rooms.h"

#include "engine/livekit/describe.h"

namespace parvis::livekit {

Room& find_or_make_room(Parts& parts, const std::string& name, const Room* beside) {
  auto& room = parts.rooms[name];
  if (room) return *room;
  room = std::make_unique<Room>();
  room->name = name;
  room->sid = new_sid(parts.env.random, "RM_");
  do {
    room->group = ++parts.last_group;
  } while (beside && !parts.engine.share_thread(room->group, beside->group));
  room->created_at_ms = parts.env.clock.now().ms;
  room->empty_since = parts.env.loop.now();
  room->trailer = new_sid(parts.env.random, "") + new_sid(parts.env.random, "");
  parts.by_group[room->group] = room.get();
  parts.observer.on_room_started(describe(*room));
  return *room;
}

Result<Room*> find_room(const Parts& parts, const std::string& name) {
  auto found = parts.rooms.find(name);
  if (found == parts.rooms.end()) return fail(reasons::no_such_room);
  return found->second.get();
}

Result<std::shared_ptr<Participant>> find_participant(const Parts& parts, const std::string& room,
                                                      const std::string& identity) {
  Room* where = TRY(find_room(parts, room));
  auto found = where->participants.find(identity);
  if (found == where->participants.end()) return fail(reasons::no_such_participant);
  return found->second;
}

void finish_room(Parts& parts, const std::string& name) {
  auto found = parts.rooms.find(name);
  if (found == parts.rooms.end()) return;
  RoomDescription described = describe(*found->second);
  parts.by_group.erase(found->second->group);
  parts.rooms.erase(found);
  parts.observer.on_room_finished(described);
}

Result<void> check_place(const Parts& parts, const std::string& room, const std::string& identity) {
  auto found = parts.rooms.find(room);
  if (found == parts.rooms.end()) {
    return parts.rooms.size() < parts.limits.rooms ? Result<void>() : fail(reasons::room_full, "rooms");
  }
  const Room& where = *found->second;
  size_t bound = where.max_participants ? where.max_participants : parts.limits.participants_per_room;
  if (!where.participants.contains(identity) && where.participants.size() >= bound)
    return fail(reasons::room_full);
  return {};
}

}  // namespace parvis::livekit
