#include "module/chat/counts.h"

#include <algorithm>

namespace parvis::chat {
namespace {

std::string_view thread_of(const Entry& entry) {
  return entry.relation.kind == mx::RelationKind::thread ? std::string_view(entry.relation.event_id)
                                                         : std::string_view();
}

ThreadCounts* find_thread(Member& member, std::string_view root) {
  for (auto& thread : member.threads)
    if (thread.root == root) return &thread;
  return nullptr;
}

}  // namespace

void Counts::add(Member& member, const Entry& entry, bool highlight) {
  auto root = thread_of(entry);
  if (root.empty()) {
    if (entry.position <= member.read_position) return;
    ++member.notify;
    if (highlight) ++member.highlight;
  } else {
    ThreadCounts* thread = find_thread(member, root);
    if (!thread) {
      if (member.threads.size() >= max_threads_counted) member.threads.erase(member.threads.begin());
      thread = &member.threads.emplace_back(ThreadCounts{std::string(root)});
    }
    if (entry.position <= thread->read_position) return;
    ++thread->notify;
    if (highlight) ++thread->highlight;
  }
  member.dirty = true;
}

/// Whoever writes has read.
void Counts::has_written(Member& member, const Entry& entry) {
  if (entry.event.is_state()) return;
  if (auto root = thread_of(entry); root.empty()) {
    member.read_position = entry.position;
    member.dirty = member.dirty || member.notify || member.highlight;
    member.notify = member.highlight = 0;
  } else {
    std::erase_if(member.threads, [&](const ThreadCounts& thread) { return thread.root == root; });
  }
}

void Counts::count(Room& room, const Entry& entry) {
  auto content = entry.event.content();
  auto levels = mx::PowerLevels::of(room.version, room.live->state);
  mx::PushEvent push(entry.event, content, room.live->state.joined_count(), levels);
  for (auto& [number, member] : room.members) {
    if (member.membership != Membership::join) continue;
    member.counted = entry.position;
    if (number == entry.sender) {
      has_written(member, entry);
      continue;
    }
    User& user = *member.user;
    const Person* person = users_.person(user);
    auto outcome =
        push.evaluate(*user.rules, user.user_id, person ? std::string_view(person->display_name) : "");
    if (!outcome.notify) continue;
    add(member, entry, outcome.highlight);
    if (outcome.highlight && on_highlight_) on_highlight_(room, entry, user);
  }
}

void Counts::catch_up(Room& room) {
  auto levels = mx::PowerLevels::of(room.version, room.live->state);
  int64_t until = rooms_.counted_until(room);
  for (auto& [number, member] : room.members) member.counted = std::max(member.counted, until);
  for (auto& entry : room.live->ring) {
    std::unique_ptr<mx::PushEvent> push;
    json::Value content;
    for (auto& [number, member] : room.members) {
      if (member.membership != Membership::join || member.counted >= entry->position) continue;
      if (number == entry->sender) {
        has_written(member, *entry);
        continue;
      }
      if (!push) {
        content = entry->event.content();
        push =
            std::make_unique<mx::PushEvent>(entry->event, content, room.live->state.joined_count(), levels);
      }
      const Person* person = users_.person(*member.user);
      auto outcome = push->evaluate(*member.user->rules, member.user->user_id,
                                    person ? std::string_view(person->display_name) : "");
      if (outcome.notify) add(member, *entry, outcome.highlight);
    }
  }
  for (auto& [number, member] : room.members) member.counted = room.last_position;
}

void Counts::recount(Member& member, std::string_view root) {
  Room& room = *member.room;
  if (root.empty()) member.notify = member.highlight = 0;
  int64_t from = member.read_position;
  if (!root.empty()) {
    ThreadCounts* thread = find_thread(member, root);
    if (!thread) return;
    thread->notify = thread->highlight = 0;
    from = thread->read_position;
  }
  if (!room.live) return;
  auto levels = mx::PowerLevels::of(room.version, room.live->state);
  const Person* person = users_.person(*member.user);
  for (auto& entry : room.live->ring) {
    if (entry->position <= from || entry->sender == member.user->number || thread_of(*entry) != root)
      continue;
    auto content = entry->event.content();
    mx::PushEvent push(entry->event, content, room.live->state.joined_count(), levels);
    auto outcome = push.evaluate(*member.user->rules, member.user->user_id,
                                 person ? std::string_view(person->display_name) : "");
    if (outcome.notify) add(member, *entry, outcome.highlight);
  }
}

void Counts::read(Member& member, std::string_view thread, int64_t position) {
  member.dirty = true;
  if (thread.empty() || thread == "main") {
    if (position > member.read_position) {
      member.read_position = position;
      recount(member, {});
    }
    if (thread == "main") return;
  }
  std::vector<std::string> roots;
  for (auto& counts : member.threads)
    if (thread.empty() || counts.root == thread) roots.push_back(counts.root);
  for (auto& root : roots) {
    ThreadCounts* counts = find_thread(member, root);
    if (position <= counts->read_position) continue;
    counts->read_position = position;
    recount(member, root);
  }
  std::erase_if(member.threads,
                [](const ThreadCounts& counts) { return !counts.notify && !counts.highlight; });
}

void Counts::flush() {
  struct Row {
    RoomNumber room;
    UserNumber user;
    Member member;
  };
  std::vector<Row> rows;
  for (auto& room : rooms_.all()) {
    for (auto& [number, member] : room->members) {
      if (!member.dirty) continue;
      member.dirty = false;
      rows.push_back({room->number, number, member});
    }
  }
  // In pieces: a write may not hold up messages for long. The rows of a room stay together, for
  // Rooms::counted_until.
  constexpr size_t piece = 256;
  for (size_t at = 0, end = 0; at < rows.size(); at = end) {
    end = std::min(rows.size(), at + piece);
    while (end < rows.size() && rows[end].room == rows[end - 1].room) ++end;
    std::vector<Row> part(rows.begin() + static_cast<std::ptrdiff_t>(at),
                          rows.begin() + static_cast<std::ptrdiff_t>(end));
    log_.add([part = std::move(part)](store::Transaction& transaction) -> Result<void> {
      for (auto& row : part) TRY(event_store::put_member(transaction, row.member, row.room, row.user));
      return {};
    });
  }
}

}  // namespace parvis::chat
