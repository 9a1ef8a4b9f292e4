#pragma once
// One room's part of /sync.
#include "module/chat/render.h"
#include "module/chat/sync.h"

namespace parvis::chat {

/// What is the same for every room of one answer.
struct SyncContext {
  Chat& chat;
  User& user;
  std::string_view device;
  const SyncRequest& request;
  mx::SyncToken since;  // zeros for an initial sync
  bool initial;
  LazySent& lazy;
  bool everything() const { return initial || request.full_state; }
};

/// Whether a joined room has anything for this sync; cheap, from counters alone.
bool joined_changed(const SyncContext& sync, const Member& member);
/// How many recent events must be in memory.
size_t events_needed(const SyncRequest& request);

/// Appends `"!room":{…}`; false (and nothing appended) when the filter leaves nothing.
bool append_joined(std::string& out, SyncContext& sync, const Member& member);
void append_invited(std::string& out, SyncContext& sync, const Member& member, bool knock);
void append_left(std::string& out, SyncContext& sync, const Member& member);

}  // namespace parvis::chat
