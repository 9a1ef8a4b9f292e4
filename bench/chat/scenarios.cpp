#include "scenarios.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace bench {
namespace {

constexpr std::string_view v3 = "/_matrix/client/v3";

[[noreturn]] void die(std::string_view what, const Answer& answer) {
  std::fprintf(stderr, "bench_chat: %.*s: %d %.*s\n", static_cast<int>(what.size()), what.data(),
               answer.status, static_cast<int>(std::min<size_t>(answer.body.size(), 400)),
               answer.body.data());
  std::exit(1);
}

// The first string member of this name; the bench knows what it asked for.
std::string text_of(std::string_view json, std::string_view name) {
  std::string key = "\"" + std::string(name) + "\":\"";
  size_t at = json.find(key);
  if (at == std::string_view::npos) {
    key = "\"" + std::string(name) + "\": \"";
    at = json.find(key);
    if (at == std::string_view::npos) return {};
  }
  at += key.size();
  return std::string(json.substr(at, json.find('"', at) - at));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                 c == '_' || c == '.';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", c);
      out += hex;
    }
  }
  return out;
}

double cpu_seconds(int pid) {
  if (pid == 0) return 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::unique_ptr<Connection> connect(EventLoop& loop, const Target& target) {
  return std::make_unique<Connection>(loop, target.host, target.port);
}

// One request, waited for.
std::string ask(const Target& target, const Person& person, std::string_view method, const std::string& path,
                std::string_view body) {
  EventLoop loop;
  auto connection = connect(loop, target);
  std::string out;
  connection->request(method, path, person.token, body, [&](const Answer& answer) {
    if (answer.status != 200) die(path, answer);
    out = answer.body;
    loop.stop();
  });
  loop.run();
  return out;
}

// Follows /sync, one long poll after the other.
class Listener {
 public:
  using Heard = std::function<void(std::string_view)>;
  Listener(EventLoop& loop, const Target& target, const Person& person, Heard heard)
      : person_(person), heard_(std::move(heard)), connection_(connect(loop, target)) {}
  void start(std::function<void()> ready) {
    ready_ = std::move(ready);
    poll();
  }

 private:
  void poll() {
    std::string path = std::string(v3) + "/sync?set_presence=offline&timeout=";
    path += since_.empty() ? "0" : "30000&since=" + escaped(since_);
    if (since_.empty())
      path +=
          "&filter=%7B%22room%22%3A%7B%22state%22%3A%7B%22lazy_load_members%22%3Atrue%7D%2C%22timeline%22%3A%"
          "7B%22limit%22%3A1%7D%7D%7D";
    else
      path +=
          "&filter=%7B%22room%22%3A%7B%22state%22%3A%7B%22lazy_load_members%22%3Atrue%7D%2C%22timeline%22%3A%"
          "7B%22limit%22%3A1000%7D%7D%7D";
    connection_->request("GET", path, person_.token, "", [this](const Answer& answer) {
      if (answer.status != 200) die("sync", answer);
      bool first = since_.empty();
      since_ = text_of(answer.body, "next_batch");
      if (!first) heard_(answer.body);
      poll();
      if (first) ready_();
    });
  }
  const Person& person_;
  Heard heard_;
  std::function<void()> ready_;
  std::unique_ptr<Connection> connection_;
  std::string since_;
};

std::vector<std::unique_ptr<Listener>> listen(EventLoop& loop, const Target& target, size_t count,
                                              const Listener::Heard& heard) {
  std::vector<std::unique_ptr<Listener>> out;
  size_t ready = 0;
  for (size_t i = 0; i < count; ++i) {
    out.push_back(std::make_unique<Listener>(loop, target, target.people[i % target.people.size()], heard));
    out.back()->start([&] {
      if (++ready == count) loop.stop();
    });
  }
  if (count > 0) loop.run();
  return out;
}

size_t count_of(std::string_view text, std::string_view word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size()))
    ++count;
  return count;
}

// Sends messages one after the other until told to stop or `most` are acknowledged.
class Sender {
 public:
  Sender(EventLoop& loop, const Target& target, const Person& person, const std::string& room, int64_t most)
      : person_(person),
        most_(most),
        connection_(connect(loop, target)),
        base_(std::string(v3) + "/rooms/" + escaped(room) + "/send/m.room.message/b" +
              std::to_string(now_ns()) + "-") {}
  void next(int64_t& acknowledged, const std::function<void()>& done) {
    if (most_-- <= 0) return done();
    std::string body = R"({"msgtype":"m.text","body":"mark )" + std::to_string(now_ns()) +
                       R"( : la réunion de demain se tiendra à dix heures, salle des actes."})";
    connection_->request("PUT", base_ + std::to_string(++number_), person_.token, body,
                         [&, this](const Answer& answer) {
                           if (answer.status != 200) die("send", answer);
                           ++acknowledged;
                           next(acknowledged, done);
                         });
  }

 private:
  const Person& person_;
  int64_t most_;
  std::unique_ptr<Connection> connection_;
  std::string base_;
  int64_t number_ = 0;
};

}  // namespace

void sign_in(Target& target) {
  EventLoop loop;
  std::vector<std::unique_ptr<Connection>> connections;
  size_t next = 0, open = 0;
  std::vector<Person*> again;  // refused for their number, to be tried once more
  std::function<void(Connection&)> one = [&](Connection& connection) {
    if (next == target.people.size() && again.empty()) {
      if (--open == 0) loop.stop();
      return;
    }
    Person* chosen = nullptr;
    if (next < target.people.size()) {
      chosen = &target.people[next++];
    } else {
      chosen = again.back();
      again.pop_back();
    }
    Person& person = *chosen;
    std::string body = R"({"type":"m.login.password","identifier":{"type":"m.id.user","user":")" +
                       person.name + R"("},"password":")" + person.password +
                       R"(","initial_device_display_name":"bench"})";
    connection.request("POST", std::string(v3) + "/login", "", body, [&](const Answer& answer) {
      if (answer.status == 429) {
        // Sign-in is limited per network, and is not what is measured.
        ::usleep(50'000);
        again.push_back(&person);
        return one(connection);
      }
      if (answer.status != 200) die("login", answer);
      person.token = text_of(answer.body, "access_token");
      person.user_id = text_of(answer.body, "user_id");
      one(connection);
    });
  };
  for (int i = 0; i < 4; ++i) connections.push_back(connect(loop, target));
  open = connections.size();
  for (auto& connection : connections) one(*connection);
  loop.run();
}

std::vector<std::string> make_pairs(Target& target, size_t pairs) {
  std::vector<std::string> rooms;
  for (size_t i = 0; i < pairs; ++i) {
    Person &first = target.people[2 * i], &second = target.people[2 * i + 1];
    std::string body =
        R"({"is_direct":true,"preset":"trusted_private_chat","invite":[")" + second.user_id + R"("]})";
    rooms.push_back(text_of(ask(target, first, "POST", std::string(v3) + "/createRoom", body), "room_id"));
    ask(target, second, "POST", std::string(v3) + "/join/" + escaped(rooms.back()), "{}");
  }
  return rooms;
}

SendFigures measure_sending(Target& target, const std::vector<std::string>& rooms, size_t senders,
                            size_t listeners) {
  EventLoop loop;
  int64_t delivered = 0, acknowledged = 0;
  auto all = listen(loop, target, listeners, [&](std::string_view body) {
    delivered += static_cast<int64_t>(count_of(body, "\"mark "));
  });
  std::vector<std::unique_ptr<Sender>> sending;
  std::function<void()> never = [] {};
  for (size_t i = 0; i < senders; ++i) {
    // In rooms of two, people 2k and 2k+1 share room k.
    const std::string& room = rooms[rooms.size() == 1 ? 0 : (i / 2) % rooms.size()];
    sending.push_back(
        std::make_unique<Sender>(loop, target, target.people[i % target.people.size()], room, INT64_MAX));
  }
  for (auto& sender : sending) sender->next(acknowledged, never);
  loop.run(now_ns() + 1'000'000'000);  // warm
  int64_t first_sent = acknowledged, first_delivered = delivered, start = now_ns();
  double cpu = cpu_seconds(target.server_pid);
  loop.run(start + target.seconds * 1'000'000'000);
  double seconds = static_cast<double>(now_ns() - start) / 1e9;
  cpu = cpu_seconds(target.server_pid) - cpu;
  auto sent = static_cast<double>(acknowledged - first_sent),
       heard = static_cast<double>(delivered - first_delivered);
  return {.sent_per_second = sent / seconds,
          .delivered_per_second = heard / seconds,
          .cpu_us_per_message = cpu * 1e6 / std::max(sent, 1.0),
          .cpu_us_per_delivery = cpu * 1e6 / std::max(heard, 1.0),
          .sent = acknowledged};
}

DelayFigures measure_delay(Target& target, const std::vector<std::string>& rooms) {
  EventLoop loop;
  std::vector<double> delays;
  auto all = listen(loop, target, target.people.size(), [&](std::string_view body) {
    int64_t now = now_ns();
    for (size_t at = body.find("\"mark "); at != std::string_view::npos; at = body.find("\"mark ", at + 6))
      delays.push_back(static_cast<double>(now - std::atoll(body.data() + at + 6)) / 1e6);
  });
  std::function<void()> nothing = [] {};
  int64_t acknowledged = 0;
  std::vector<std::unique_ptr<Sender>> sent;
  loop.every(200'000'000, [&] {
    size_t who = sent.size() % target.people.size();
    sent.push_back(
        std::make_unique<Sender>(loop, target, target.people[who], rooms[who / 2 % rooms.size()], 1));
    sent.back()->next(acknowledged, nothing);
  });
  loop.run(now_ns() + target.seconds * 1'000'000'000);
  std::sort(delays.begin(), delays.end());
  if (delays.empty()) return {};
  return {.p50_ms = delays[delays.size() / 2],
          .p99_ms = delays[delays.size() * 99 / 100],
          .count = delays.size()};
}

void fill_rooms(Target& target, const std::vector<std::string>& rooms, size_t messages) {
  EventLoop loop;
  int64_t acknowledged = 0;
  size_t open = rooms.size();
  std::function<void()> done = [&] {
    if (--open == 0) loop.stop();
  };
  std::vector<std::unique_ptr<Sender>> senders;
  for (auto& room : rooms)
    senders.push_back(
        std::make_unique<Sender>(loop, target, target.people[0], room, static_cast<int64_t>(messages)));
  for (auto& sender : senders) sender->next(acknowledged, done);
  loop.run();
}

SyncFigures measure_initial_sync(Target& target) {
  double cpu = cpu_seconds(target.server_pid);
  int64_t start = now_ns();
  auto body = ask(target, target.people[0], "GET", std::string(v3) + "/sync?timeout=0", "");
  return {.ms = static_cast<double>(now_ns() - start) / 1e6,
          .cpu_ms = (cpu_seconds(target.server_pid) - cpu) * 1e3,
          .bytes = body.size()};
}

int64_t resident_kib(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::atoll(line.c_str() + 6);
  return 0;
}

/// What a server keeps of the rush of first syncs is not what it needs to hold people: it may give it back.
constexpr int64_t settle_ns = 15'000'000'000;

int64_t memory_with_everybody(Target& target) {
  EventLoop loop;
  auto all = listen(loop, target, target.people.size(), [](std::string_view) {});
  loop.run(now_ns() + settle_ns);
  return resident_kib(target.server_pid);
}

}  // namespace bench
