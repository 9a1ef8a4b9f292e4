// The HTTP server under virtual users: polite ones who pipeline, WebSockets, slow ones, rude ones. Every
// polite answer is right byte for byte unless the network broke the connection; nobody holds a connection for
// ever; after stop() nothing of the server is left running.
#include "core/http/router.h"
#include "core/http/server.h"
#include "platform/buggify.h"
#include "platform/simulated/disk.h"
#include "platform/simulated/simulation.h"
#include "proto/websocket.h"
#include "sim/http_user.h"
#include "sim/world.h"

namespace parvis::simulated {

namespace {

constexpr const char* server_host = "10.0.0.1";
constexpr uint16_t port = 80;
constexpr size_t file_bytes = 9'000;
constexpr int64_t header_timeout_us = seconds_us(60);

std::string pattern(size_t size) {
  std::string out(size, 0);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + (i * 7 + i / 26) % 26);
  return out;
}

size_t number_in(std::string_view text) {
  size_t number = 0;
  for (char c : text) number = number * 10 + static_cast<size_t>(c - '0');
  return number;
}

class TestApplication final : public http::Application {
 public:
  TestApplication(Env& env, Dice dice) : env_(env), dice_(dice) {
    auto add = [this](const char* method, const char* path, auto handler) {
      router_.add(method, path, {},
                  [this, handler](http::Request& request) { return (this->*handler)(request); });
    };
    add("GET", "/fixed/{size}", &TestApplication::fixed);
    add("GET", "/stream/{size}", &TestApplication::stream);
    add("GET", "/file", &TestApplication::file);
    add("GET", "/slow", &TestApplication::slow);
    add("POST", "/echo", &TestApplication::echo);
    add("POST", "/ignore", &TestApplication::ignore);
    add("GET", "/ws", &TestApplication::websocket);
  }

  Task<http::Response> handle(http::Request& request) override {
    bool known_path = false;
    const http::Route* route = router_.match(request.method, request, known_path);
    if (!route) co_return http::Response::text("not_found", 404);
    auto response = co_await route->handler(request);
    if (!response) co_return error(&request, response.error());
    co_return std::move(*response);
  }
  uint64_t max_body_bytes(const http::Request&) override { return 20'000; }
  void account(const http::Request&, const http::Traffic&) override {}
  http::Response error(const http::Request*, const Error& error) override {
    return http::Response::text(std::string(error.reason->id), 500);
  }

 private:
  using Answering = Task<Result<http::Response>>;
  Answering fixed(http::Request& request) {
    co_return http::Response::text(pattern(number_in(request.parameter("size"))));
  }
  Answering stream(http::Request& request) {
    http::Response response;
    response.generator = [this, all = pattern(number_in(request.parameter("size"))),
                          at = size_t{0}]() mutable {
      size_t take = std::min<size_t>(all.size() - at, 1 + dice_.below(900));
      at += take;
      return piece(all.substr(at - take, take));
    };
    co_return response;
  }
  Task<Result<std::string>> piece(std::string text) {
    if (dice_.chance(0.3)) co_await env_.loop.sleep_for_us(dice_.between(0, seconds_us(1)));
    co_return text;
  }
  Answering file(http::Request&) {
    auto opened = CO_TRY(co_await env_.disk.run_result([this] { return env_.fs.open("/file"); }));
    http::Response response;
    response.file = http::FileBody{.file = std::move(opened), .offset = 100, .size = file_bytes - 100};
    co_return response;
  }
  Answering slow(http::Request&) {
    co_await env_.loop.sleep_for_us(dice_.between(0, seconds_us(5)));
    co_return http::Response::text("slow");
  }
  Answering echo(http::Request& request) {
    co_return http::Response::text(CO_TRY(co_await request.read_text(20'000)));
  }
  Answering ignore(http::Request&) { co_return http::Response::empty(); }
  Answering websocket(http::Request&) {
    http::Response response;
    response.upgrade = [](std::unique_ptr<http::WebSocket> socket) -> Task<void> {
      while (auto message = co_await socket->receive()) socket->send(message->data, message->binary);
    };
    co_return response;
  }

  Env& env_;
  Dice dice_;
  http::Router router_;
};

struct Expected {
  std::string request;
  int status;
  std::string body;
  bool head_only = false;
};

class Users {
 public:
  explicit Users(Simulation& simulation) : simulation_(simulation) {}

  void add(int number) {
    Machine& machine = simulation_.add_machine("10.0.1." + std::to_string(number));
    ++left_;
    Dice dice = simulation_.dice().fork();
    machine.run([&](Env& env) { spawn(live(env, dice)); });
  }
  bool all_done() const { return left_ == 0; }
  bool stopping = false;  // from now on the server may close what it likes
  std::vector<std::string>& broken() { return broken_; }

 private:
  static bool excused(const Error& error) {
    return error.is(Stream::closed) || error.is(reasons::unavailable) ||
           error.detail == "closed by the server";
  }

  Task<void> live(Env& env, Dice dice) {
    for (int visit = 0; visit < 3; ++visit) {
      auto stream = co_await env.net.connect({server_host, port}, env.loop.now() + HttpUser::patience_us);
      if (!stream) continue;
      HttpUser user(env, std::move(*stream));
      uint64_t kind = dice.below(10);
      auto outcome = co_await (kind < 5   ? polite(env, user, dice)
                               : kind < 8 ? websocket(env, user, dice)
                               : kind < 9 ? slow(env, user, dice)
                                          : rude(env, user, dice));
      // A connection that the network broke proves nothing; anything else is the server's doing.
      if (!outcome && !outcome.error().is(reasons::cancelled) && !(stopping && excused(outcome.error()))) {
        broken_.push_back(std::string(kind < 5   ? "polite"
                                      : kind < 8 ? "websocket"
                                      : kind < 9 ? "slow"
                                                 : "rude") +
                          ": " + std::string(outcome.error().reason->id) + " " + outcome.error().detail);
      }
      if (dice.chance(0.3)) user.stream().abort();
      co_await env.loop.sleep_for_us(dice.between(0, seconds_us(2)));
    }
    --left_;
  }

  Expected draw(Dice& dice) {
    auto get = [](std::string path, std::string body) {
      return Expected{"GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n", 200, std::move(body)};
    };
    size_t size = dice.skewed(5'000);
    switch (dice.below(8)) {
      case 0:
        return get("/fixed/" + std::to_string(size), pattern(size));
      case 1:
        return get("/stream/" + std::to_string(size), pattern(size));
      case 2:
        return get("/file", pattern(file_bytes).substr(100));
      case 3:
        return get("/slow", "slow");
      case 4:
        return {"GET /absent HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_found"};
      case 5:
        return {"HEAD /fixed/10 HTTP/1.1\r\nHost: x\r\n\r\n", 200, "", true};
      case 6:
        return {"POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                    pattern(size),
                204, ""};
      default:
        break;
    }
    if (dice.chance(0.5)) {
      return {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                  pattern(size),
              200, pattern(size)};
    }
    std::string all = pattern(size),
                request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (size_t at = 0; at < size;) {
      size_t take = std::min<size_t>(size - at, 1 + dice.below(700));
      char head[16];
      std::snprintf(head, sizeof head, "%zx\r\n", take);
      request += head + all.substr(at, take) + "\r\n";
      at += take;
    }
    return {request + "0\r\n\r\n", 200, all};
  }

  Task<Result<void>> polite(Env& env, HttpUser& user, Dice& dice) {
    for (int round = 0; round < 4; ++round) {
      std::vector<Expected> batch;
      std::string bytes;
      for (uint64_t i = 0; i <= dice.below(4); ++i) {
        batch.push_back(draw(dice));
        bytes += batch.back().request;
      }
      CO_TRY(co_await user.send(std::move(bytes)));
      for (Expected& expected : batch) {
        Answer answer = CO_TRY(co_await user.receive(expected.head_only));
        if (answer.status != expected.status || answer.body != expected.body) {
          co_return fail(reasons::malformed, "wrong answer " + std::to_string(answer.status) + " of " +
                                                 std::to_string(answer.body.size()) + " bytes to " +
                                                 expected.request.substr(0, expected.request.find('\r')));
        }
      }
      co_await env.loop.sleep_for_us(dice.between(0, seconds_us(1)));
    }
    co_return {};
  }

  Task<Result<void>> websocket(Env& env, HttpUser& user, Dice& dice) {
    CO_TRY(co_await user.send(
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
    Answer accepted = CO_TRY(co_await user.receive());
    if (accepted.status != 101) co_return fail(reasons::malformed, "upgrade refused");
    auto outcome = co_await exchange_messages(env, user, dice);
    if (!outcome && outcome.error().is(Stream::closed))
      co_return fail(reasons::malformed, "ended without a close frame");
    co_return outcome;
  }

  Task<Result<void>> exchange_messages(Env& env, HttpUser& user, Dice& dice) {
    auto frame = [&dice](proto::Opcode opcode, std::string_view text, bool final) {
      auto mask = static_cast<uint8_t>(dice.next());
      return proto::masked_frame(opcode, text, {mask, 2, 3, 4}, final);
    };
    for (uint64_t left = dice.below(6); left > 0; --left) {
      std::string text = pattern(dice.skewed(3'000));
      size_t cut = dice.below(text.size() + 1);
      CO_TRY(co_await user.send(frame(proto::Opcode::text, text.substr(0, cut), false) +
                                frame(proto::Opcode::continuation, text.substr(cut), true)));
      uint8_t opcode = 9;
      std::string echoed;
      while (opcode == 9) echoed = CO_TRY(co_await user.receive_frame(opcode));
      if (opcode == 8) co_return fail(reasons::malformed, "closed by the server");
      co_await env.loop.sleep_for_us(dice.between(0, seconds_us(3)));
      if (echoed != text) co_return fail(reasons::malformed, "wrong echo of " + std::to_string(text.size()));
    }
    CO_TRY(co_await user.send(frame(proto::Opcode::close, "", true)));
    uint8_t opcode = 0;
    while (opcode != 8) CO_TRY(co_await user.receive_frame(opcode));
    co_return {};
  }

  /// Sends a head byte by byte: must be cut.
  Task<Result<void>> slow(Env& env, HttpUser& user, Dice& dice) {
    Monotonic start = env.loop.now();
    Result<void> sent = {};
    while (sent) {
      sent = co_await user.send("G");
      co_await env.loop.sleep_for_us(dice.between(0, seconds_us(5)));
      if (env.loop.now() - start > 4 * header_timeout_us) co_return fail(reasons::malformed, "never cut");
    }
    co_return {};
  }

  /// Sends what no client should: the connection must end, and the server live on.
  Task<Result<void>> rude(Env&, HttpUser& user, Dice& dice) {
    static const std::string insults[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        std::string(40'000, 'x'),
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        std::string("\0\1\2\3\r\n\r\n", 8),
        "GET /../secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"};
    auto sent = co_await user.send(insults[dice.below(std::size(insults))]);
    if (sent && dice.chance(0.5)) user.stream().shutdown_write();
    auto end = co_await user.wait_for_end();
    if (end.error().is(reasons::timeout)) co_return fail(reasons::malformed, "a rude connection stays");
    co_return {};
  }

  Simulation& simulation_;
  int left_ = 0;
  std::vector<std::string> broken_;
};

}  // namespace

WorldOutcome run_http_world(uint64_t seed) {
  Simulation simulation(seed);
  // Timeouts are for people's networks: a window of one byte is below them.
  simulation.faults().window_bytes = std::max<size_t>(simulation.faults().window_bytes, 3'000);
  Machine& machine = simulation.add_machine(server_host);
  auto file = machine.env().fs.create("/file").value();
  (void)file->write_at(0, as_bytes(pattern(file_bytes)));

  auto& application =
      machine.keep(std::make_unique<TestApplication>(machine.env(), simulation.dice().fork()));
  http::ServerLimits limits{.header_timeout_us = header_timeout_us};
  auto& server = machine.keep(http::make_server(machine.env(), application, limits, {}));
  machine.run([&](Env& env) { spawn(server.serve(env.net.listen({server_host, port}).value())); });

  Users users(simulation);
  for (int number = 0; number < 12; ++number) users.add(number);
  WorldOutcome outcome;
  // Half of the worlds are stopped while people use them.
  int64_t working_us =
      simulation.dice().chance(0.5) ? simulation.dice().between(0, seconds_us(40)) : seconds_us(20'000);
  bool ended = simulation.run_until([&] { return users.all_done(); }, working_us);
  if (!ended && working_us == seconds_us(20'000)) outcome.broken.push_back("users wait for ever");
  users.stopping = true;

  bool stopped = false;
  machine.run([&](Env& env) {
    spawn([](Env& on, http::Server& stopping, bool& done) -> Task<void> {
      co_await stopping.stop(on.loop.now() + seconds_us(10));
      done = true;
    }(env, server, stopped));
  });
  if (!simulation.run_until([&] { return stopped; }, seconds_us(30)))
    outcome.broken.push_back("stop() takes too long");
  simulation.run_for(seconds_us(30));
  if (machine.group().size() != 0)
    outcome.broken.push_back(std::to_string(machine.group().size()) + " tasks left after stop()");
  outcome.broken.insert(outcome.broken.end(), users.broken().begin(), users.broken().end());
  outcome.trace_hash = simulation.trace_hash();
  outcome.events = simulation.events();
  outcome.virtual_us = simulation.now().us;
  return outcome;
}

}  // namespace parvis::simulated
