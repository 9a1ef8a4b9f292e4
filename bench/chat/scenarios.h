#pragma once
// What is measured, over the public client-server API alone.
#include <string>
#include <vector>

#include "client.h"

namespace bench {

struct Person {
  std::string name, password;  // what m.login.password takes
  std::string user_id, token;
};

struct Target {
  std::string host;
  uint16_t port = 0;
  int server_pid = 0;  // 0: the server's CPU time is not known
  std::vector<Person> people;
  int64_t seconds = 10;
};

/// Signs everybody in, a few at a time.
void sign_in(Target& target);
/// One room for each two people, both in it; returns room ids, people 2i and 2i+1 share the i-th.
std::vector<std::string> make_pairs(Target& target, size_t pairs);

/// Senders write one message after the other, each waiting for the acknowledgement; `rooms[i % size]` is
/// where sender i writes. `listeners` of the people follow /sync meanwhile.
struct SendFigures {
  double sent_per_second = 0, delivered_per_second = 0, cpu_us_per_message = 0, cpu_us_per_delivery = 0;
  int64_t sent = 0;
};
SendFigures measure_sending(Target& target, const std::vector<std::string>& rooms, size_t senders,
                            size_t listeners);

/// Five messages a second over rooms of two while everybody follows: from just before the send to the
/// arrival at the other person, in ms.
struct DelayFigures {
  double p50_ms = 0, p99_ms = 0;
  size_t count = 0;
};
DelayFigures measure_delay(Target& target, const std::vector<std::string>& rooms);

/// `messages` in each of the rooms, from their people.
void fill_rooms(Target& target, const std::vector<std::string>& rooms, size_t messages);
/// One initial sync of the first person: ms, CPU ms, bytes.
struct SyncFigures {
  double ms = 0, cpu_ms = 0;
  size_t bytes = 0;
};
SyncFigures measure_initial_sync(Target& target);

/// Everybody follows /sync for a while, silently; returns the resident memory of the server in KiB.
int64_t memory_with_everybody(Target& target);
int64_t resident_kib(int pid);

}  // namespace bench
