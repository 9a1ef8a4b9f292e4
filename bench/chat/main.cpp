// Load generator for Matrix homeservers. Everything goes through the public client-server API, so that any
// homeserver can be measured; bench/chat/run.py prepares Parvis for it.
//   bench_chat HOST:PORT COMMAND --people FILE [--room ID] [--pid N] [--seconds N]
// FILE holds one "user password" a line. Commands, each printing "name value" lines:
//   pairs     64 senders in rooms of two          room     64 senders in --room
//   fan-out   8 senders, 100 live clients in --room
//   delay     5 messages a second over 10 rooms of two, everybody live
//   fill      100 rooms of the first person with the others, 200 messages each
//   sync      initial sync of the first person, twice
//   memory    resident memory of --pid without and with everybody connected
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "scenarios.h"

using namespace bench;

namespace {

void print(const char* name, double value) { std::printf("%s %.3f\n", name, value); }

void print(const SendFigures& figures) {
  print("sent_per_second", figures.sent_per_second);
  print("cpu_us_per_message", figures.cpu_us_per_message);
  print("sent", static_cast<double>(figures.sent));
  if (figures.delivered_per_second > 0) {
    print("delivered_per_second", figures.delivered_per_second);
    print("cpu_us_per_delivery", figures.cpu_us_per_delivery);
  }
}

int run(Target& target, const std::string& command, const std::string& room) {
  if (command == "memory") {
    int64_t idle = resident_kib(target.server_pid);
    sign_in(target);
    print("idle_kib", static_cast<double>(idle));
    print("signed_in_kib", static_cast<double>(resident_kib(target.server_pid)));
    print("connected_kib", static_cast<double>(memory_with_everybody(target)));
    print("people", static_cast<double>(target.people.size()));
    return 0;
  }
  if (command == "sync") target.people.resize(1);
  sign_in(target);
  if (command == "pairs") {
    print(measure_sending(target, make_pairs(target, 32), 64, 0));
  } else if (command == "room") {
    print(measure_sending(target, {room}, 64, 0));
  } else if (command == "fan-out") {
    print(measure_sending(target, {room}, 8, 100));
  } else if (command == "delay") {
    target.people.resize(std::min<size_t>(target.people.size(), 20));
    auto figures = measure_delay(target, make_pairs(target, 10));
    print("p50_ms", figures.p50_ms);
    print("p99_ms", figures.p99_ms);
    print("deliveries", static_cast<double>(figures.count));
  } else if (command == "fill") {
    std::vector<Person> everybody = target.people;
    std::vector<std::string> rooms;
    for (size_t i = 1; i < everybody.size() && rooms.size() < 100; ++i) {
      target.people = {everybody[0], everybody[i]};
      rooms.push_back(make_pairs(target, 1)[0]);
    }
    fill_rooms(target, rooms, 200);
    print("rooms", static_cast<double>(rooms.size()));
  } else if (command == "sync") {
    for (const char* which : {"cold", "warm"}) {
      auto figures = measure_initial_sync(target);
      std::printf("%s_ms %.2f\n%s_cpu_ms %.2f\n%s_bytes %zu\n", which, figures.ms, which, figures.cpu_ms,
                  which, figures.bytes);
    }
  } else {
    std::fprintf(stderr, "unknown command\n");
    return 2;
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr,
                 "usage: bench_chat HOST:PORT COMMAND --people FILE [--room ID] [--pid N] [--seconds N]\n");
    return 2;
  }
  Target target;
  std::string address = words[1], room;
  size_t colon = address.rfind(':');
  if (colon == std::string::npos) return 2;
  target.host = address.substr(0, colon);
  target.port = static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1));
  for (int i = 3; i + 1 < count; i += 2) {
    std::string_view name = words[i];
    const char* value = words[i + 1];
    if (name == "--pid") target.server_pid = std::atoi(value);
    if (name == "--seconds") target.seconds = std::atoll(value);
    if (name == "--room") room = value;
    if (name == "--people") {
      std::ifstream file(value);
      for (std::string user, password; file >> user && std::getline(file >> std::ws, password);)
        target.people.push_back({.name = user, .password = password, .user_id = {}, .token = {}});
    }
  }
  if (target.people.empty()) {
    std::fprintf(stderr, "--people names nobody\n");
    return 2;
  }
  return run(target, words[2], room);
}
