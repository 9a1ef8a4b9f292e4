#pragma once
// Guests who have asked to enter and wait for a host's word. In memory: whoever waits through a restart asks
// again.
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "module/meetings/meeting_store.h"

namespace parvis {

class WaitingRoom {
 public:
  static constexpr size_t max_waiting = 50;               // per meeting
  static constexpr size_t max_tickets = 5'000;            // in the house
  static constexpr int64_t forget_after_us = 30'000'000;  // since the guest last asked

  enum class Verdict : uint8_t { waiting, admitted, refused };
  struct Guest {
    std::string ticket, name, identity;
    Instant since;
    Verdict verdict = Verdict::waiting;
  };

  explicit WaitingRoom(Env& env) : env_(env) {}
  /// The ticket. meeting_reasons::waiting_full.
  Result<std::string> enter(MeetingId meeting, std::string name, std::string identity);
  /// What became of a ticket; keeps it alive. meeting_reasons::refused, not_found when it is forgotten.
  Result<Guest> ask(MeetingId meeting, const std::string& ticket);
  bool decide(MeetingId meeting, const std::string& ticket, bool admit);
  std::vector<Guest> waiting(MeetingId meeting);  // longest first

 private:
  struct Entry {
    MeetingId meeting;
    Guest guest;
    Monotonic asked;
  };
  void forget_gone();
  Env& env_;
  std::map<std::string, Entry> entries_;  // by ticket
};

}  // namespace parvis
