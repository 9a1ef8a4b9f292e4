// The simulator under test: a small server with bugs planted on purpose. The sound version must survive every
// seed, each bug must be found within a few: otherwise the simulator is too kind, or cries wolf.
#include "platform/signal.h"
#include "platform/simulated/disk.h"
#include "platform/simulated/simulation.h"

#include <doctest/doctest.h>

#include <charconv>
#include <deque>

namespace parvis::simulated {
namespace {

enum class Bug {
  none,
  body_over_read,         // what follows the body in the buffer is taken for body
  would_block_is_end,     // "nothing yet" ends the connection
  parser_restarted,       // each read forgets the unfinished head before it
  lost_wakeup,            // the signal is given before the thing it announces is there
  short_write_forgotten,  // a write that was cut short is not continued
};

constexpr int64_t patience_us = seconds_us(100);

/// Requests are "<size>\n<body>"; answers are the same, in order. One coroutine reads, one answers, a pool
/// works.
class Server {
 public:
  Server(Env& env, Bug bug) : env_(env), bug_(bug) {}

  Task<void> serve() {
    auto listener = env_.net.listen({"0.0.0.0", 80}).value();
    for (;;) {
      auto stream = co_await listener->accept();
      if (!stream) co_return;
      spawn(connection(std::move(*stream)));
    }
  }

 private:
  struct Connection {
    std::unique_ptr<Stream> stream;
    std::string buffer;
    std::deque<std::string> answers;
    Signal changed;
    bool reading = true, answering = true;
  };

  Task<void> connection(std::unique_ptr<Stream> stream) {
    Connection state{.stream = std::move(stream)};
    spawn(answer(state));
    while (auto body = co_await next_body(state)) {
      if (bug_ == Bug::lost_wakeup) state.changed.notify_all();
      auto worked = co_await env_.disk.run([&body] { return *body; });
      if (!worked) break;
      state.answers.push_back(std::to_string(worked->size()) + "\n" + *worked);
      if (bug_ != Bug::lost_wakeup) state.changed.notify_all();
    }
    state.reading = false;
    state.changed.notify_all();
    while (state.answering) co_await state.changed.wait(env_.loop);
  }

  Task<std::optional<std::string>> next_body(Connection& state) {
    for (;;) {
      size_t line = state.buffer.find('\n');
      if (line != std::string::npos) {
        size_t size = 0;
        const char* head = state.buffer.data();
        if (std::from_chars(head, head + line, size).ptr != head + line || line == 0) co_return std::nullopt;
        if (state.buffer.size() >= line + 1 + size) {
          if (bug_ == Bug::body_over_read) size = state.buffer.size() - line - 1;
          std::string body = state.buffer.substr(line + 1, size);
          state.buffer.erase(0, line + 1 + size);
          co_return body;
        }
      } else if (bug_ == Bug::parser_restarted) {
        state.buffer.clear();
      }
      if (!co_await state.stream->readable(env_.loop.now() + patience_us)) co_return std::nullopt;
      uint8_t buffer[300];
      auto count = state.stream->try_read(buffer);
      if (!count || (*count == 0 && bug_ == Bug::would_block_is_end)) co_return std::nullopt;
      state.buffer.append(reinterpret_cast<char*>(buffer), *count);
    }
  }

  Task<void> answer(Connection& state) {
    for (;;) {
      while (state.answers.empty() && state.reading) co_await state.changed.wait(env_.loop);
      if (state.answers.empty()) break;
      std::string text = std::move(state.answers.front());
      state.answers.pop_front();
      if (!co_await write(*state.stream, text)) break;
    }
    state.answering = false;
    state.changed.notify_all();
  }

  Task<Result<void>> write(Stream& stream, const std::string& text) {
    if (bug_ != Bug::short_write_forgotten) co_return co_await stream.write_all(text, env_.loop, patience_us);
    iovec part{const_cast<char*>(text.data()), text.size()};
    CO_TRY(co_await stream.writable(env_.loop.now() + patience_us));
    CO_TRY(stream.try_write({&part, 1}));
    co_return {};
  }

  Env& env_;
  Bug bug_;
};

struct Outcome {
  int clients_left = 0;
  int wrong = 0;
};

/// Sends requests, sometimes several at once, and compares the answers. A reset or refused connection is bad
/// luck; an early end, a wrong byte or silence is a bug.
Task<void> client(Env& env, Dice dice, Outcome& outcome) {
  auto stream = co_await env.net.connect({"10.0.0.1", 80}, env.loop.now() + patience_us);
  for (int round = 0; stream && round < 5; ++round) {
    std::string requests;
    for (uint64_t i = 0; i <= dice.below(3); ++i) {
      std::string body(dice.skewed(400), static_cast<char>('a' + dice.below(26)));
      requests += std::to_string(body.size()) + "\n" + body;
    }
    if (!co_await (*stream)->write_all(requests, env.loop, patience_us)) break;
    std::string answers;
    bool lucky = true;
    while (lucky && answers.size() < requests.size()) {
      auto ready = co_await (*stream)->readable(env.loop.now() + patience_us / 2);
      uint8_t buffer[500];
      auto count = ready ? (*stream)->try_read(buffer) : Result<size_t>(std::unexpected(ready.error()));
      if (count) {
        answers.append(reinterpret_cast<char*>(buffer), *count);
      } else {
        outcome.wrong += !count.error().is(reasons::cancelled);
        lucky = false;
      }
    }
    if (!lucky) break;
    outcome.wrong += answers != requests;
  }
  --outcome.clients_left;
}

bool finds(Bug bug, uint64_t seed) {
  Simulation simulation(seed);
  Machine& machine = simulation.add_machine("10.0.0.1");
  machine.run([&](Env& env) { spawn(machine.keep(std::make_unique<Server>(env, bug)).serve()); });
  Outcome outcome;
  for (int i = 0; i < 6; ++i) {
    Machine& user = simulation.add_machine("10.0.1." + std::to_string(i));
    ++outcome.clients_left;
    user.run([&](Env& env) { spawn(client(env, simulation.dice().fork(), outcome)); });
  }
  bool ended = simulation.run_until([&] { return outcome.clients_left == 0; }, seconds_us(100'000));
  return !ended || outcome.wrong > 0;
}

TEST_CASE("the sound server survives every seed") {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    CHECK_FALSE(finds(Bug::none, seed));
  }
}

TEST_CASE("each planted bug is found within 20 seeds") {
  for (Bug bug : {Bug::body_over_read, Bug::would_block_is_end, Bug::parser_restarted, Bug::lost_wakeup,
                  Bug::short_write_forgotten}) {
    uint64_t seed = 1;
    while (seed <= 20 && !finds(bug, seed)) ++seed;
    CAPTURE(static_cast<int>(bug));
    CHECK_LE(seed, 20);
  }
}

enum class DiskBug { none, no_sync, acknowledged_early, written_in_place };

/// Saves counters one after the other, as blobs are saved: write aside, sync, rename.
Result<void> save(Fs& fs, const std::string& value, DiskBug bug) {
  auto file = TRY(fs.create(bug == DiskBug::written_in_place ? "/data/value" : "/data/aside"));
  TRY(file->write_at(0, as_bytes(value)));
  if (bug != DiskBug::no_sync) TRY(file->sync());
  if (bug != DiskBug::written_in_place) TRY(fs.rename("/data/aside", "/data/value"));
  return {};
}

Task<void> writer(Env& env, DiskBug bug, int& acknowledged) {
  for (int i = 1;; ++i) {
    std::string value(700, static_cast<char>('a' + i % 26));
    auto early = [&] { acknowledged = i; };
    if (bug == DiskBug::acknowledged_early) early();
    auto saved = co_await env.disk.run_result([&env, value, bug] { return save(env.fs, value, bug); });
    if (saved) acknowledged = i;
  }
}

bool loses(DiskBug bug, uint64_t seed) {
  Simulation simulation(seed);
  Machine& machine = simulation.add_machine("10.0.0.1");
  REQUIRE(machine.env().fs.make_directories("/data").has_value());
  int acknowledged = 0;
  machine.run([&](Env& env) { spawn(writer(env, bug, acknowledged)); });
  simulation.run_for(simulation.dice().between(0, seconds_us(1)));
  machine.crash();
  if (acknowledged == 0) return false;
  auto file = machine.env().fs.open("/data/value");
  std::string found(700, 0);
  if (!file || (*file)->read_at(0, {reinterpret_cast<uint8_t*>(found.data()), found.size()}).value() != 700)
    return true;
  // The write after the acknowledged one may have reached the disk too.
  for (int i : {acknowledged, acknowledged + 1}) {
    if (found == std::string(700, static_cast<char>('a' + i % 26))) return false;
  }
  return true;
}

TEST_CASE("what was acknowledged survives every crash when it is synced and renamed") {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    CHECK_FALSE(loses(DiskBug::none, seed));
  }
}

TEST_CASE("each planted way to lose data is found within 20 seeds") {
  for (DiskBug bug : {DiskBug::no_sync, DiskBug::acknowledged_early, DiskBug::written_in_place}) {
    uint64_t seed = 1;
    while (seed <= 20 && !loses(bug, seed)) ++seed;
    CAPTURE(static_cast<int>(bug));
    CHECK_LE(seed, 20);
  }
}

}  // namespace
}  // namespace parvis::simulated
