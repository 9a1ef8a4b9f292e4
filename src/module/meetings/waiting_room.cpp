#include "module/meetings/waiting_room.h"

#include <algorithm>

#include "core/secret.h"
#include "module/meetings/reasons.h"

namespace parvis {

Result<std::string> WaitingRoom::enter(MeetingId meeting, std::string name, std::string identity) {
  forget_gone();
  auto here = std::ranges::count_if(entries_, [&](const auto& one) { return one.second.meeting == meeting; });
  if (static_cast<size_t>(here) >= max_waiting || entries_.size() >= max_tickets)
    return fail(meeting_reasons::waiting_full);
  std::string ticket = new_secret(env_.random);
  Guest guest{
      .ticket = ticket, .name = std::move(name), .identity = std::move(identity), .since = env_.clock.now()};
  entries_[ticket] = {meeting, std::move(guest), env_.loop.now()};
  return ticket;
}

Result<WaitingRoom::Guest> WaitingRoom::ask(MeetingId meeting, const std::string& ticket) {
  forget_gone();
  auto found = entries_.find(ticket);
  if (found == entries_.end() || found->second.meeting != meeting) return fail(reasons::not_found, "ticket");
  found->second.asked = env_.loop.now();
  if (found->second.guest.verdict == Verdict::refused) return fail(meeting_reasons::refused);
  return found->second.guest;
}

bool WaitingRoom::decide(MeetingId meeting, const std::string& ticket, bool admit) {
  forget_gone();
  auto found = entries_.find(ticket);
  if (found == entries_.end() || found->second.meeting != meeting) return false;
  found->second.guest.verdict = admit ? Verdict::admitted : Verdict::refused;
  return true;
}

std::vector<WaitingRoom::Guest> WaitingRoom::waiting(MeetingId meeting) {
  forget_gone();
  std::vector<Guest> out;
  for (const auto& [ticket, entry] : entries_) {
    if (entry.meeting == meeting && entry.guest.verdict == Verdict::waiting) out.push_back(entry.guest);
  }
  std::ranges::sort(out, {}, &Guest::since);
  return out;
}

void WaitingRoom::forget_gone() {
  Monotonic now = env_.loop.now();
  std::erase_if(entries_, [&](const auto& one) { return now - one.second.asked > forget_after_us; });
}

}  // namespace parvis
