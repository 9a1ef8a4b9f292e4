#include "platform/simulated/network.h"

#include <algorithm>
#include <map>

#include "platform/simulated/machine_parts.h"

namespace parvis::simulated {

namespace {

constexpr size_t max_backlog = 128;

class SimulatedStream;

/// One direction of a connection.
struct Pipe {
  std::string arrived;
  size_t under_way = 0;
  Monotonic last_arrival;  // bytes never overtake each other
  bool end_sent = false;
  bool end_arrived = false;
};

/// Index 0 is the side that connected; side i writes into pipes[i] and reads from pipes[1 - i].
struct Connection {
  Pipe pipes[2];
  Machine* machines[2];
  SimulatedStream* streams[2] = {};
  bool reset[2] = {};  // known to that side
  bool abandoned[2] = {};
};
using ConnectionPointer = std::shared_ptr<Connection>;  // shared by both streams and what is under way

enum Direction : uint8_t { reading, writing };

class SimulatedStream final : public Stream {
 public:
  SimulatedStream(ConnectionPointer connection, int side, Address peer, bool encrypted);
  ~SimulatedStream() override;

  Task<Result<void>> readable(Monotonic deadline) override {
    co_return outcome(co_await Wait(*this, reading, deadline));
  }
  Task<Result<void>> writable(Monotonic deadline) override {
    co_return outcome(co_await Wait(*this, writing, deadline));
  }
  Result<size_t> try_read(std::span<uint8_t> into) override;
  Result<size_t> try_write(std::span<const iovec> parts) override;
  Result<size_t> try_send_file(int, uint64_t, size_t) override {
    return fail(reasons::internal, "simulated files have no descriptor");
  }
  void shutdown_write() override;
  void abort() override;
  const Address& peer() const override { return peer_; }
  bool encrypted() const override { return encrypted_; }

  void wake(Direction direction, bool timeout = false);

 private:
  struct Wait {
    Wait(SimulatedStream& on, Direction which, Monotonic until)
        : stream(on), direction(which), deadline(until) {}
    Wait(const Wait&) = delete;
    ~Wait();
    bool await_ready();
    void await_suspend(std::coroutine_handle<> self);
    bool await_resume() const { return !timed_out; }

    SimulatedStream& stream;
    Direction direction;
    Monotonic deadline;
    bool timed_out = false;
    TimerId timer = 0;
    std::coroutine_handle<> handle;
  };
  Result<void> outcome(bool in_time) const;
  bool dead() const { return aborted_ || connection_->reset[side_]; }
  bool has_something(Direction direction) const;
  size_t space() const;
  void send(std::string bytes, bool end);
  Pipe& incoming() const { return connection_->pipes[1 - side_]; }
  Pipe& outgoing() const { return connection_->pipes[side_]; }
  Simulation& simulation() const { return connection_->machines[side_]->simulation(); }

  ConnectionPointer connection_;
  int side_;
  Address peer_;
  bool encrypted_;
  bool aborted_ = false;
  Wait* waits_[2] = {};
};

int64_t latency(Simulation& simulation) {
  const Faults& faults = simulation.faults();
  int64_t delay_us = simulation.dice().between(faults.latency_min_us, faults.latency_max_us);
  if (simulation.dice().chance(faults.stall)) delay_us += simulation.dice().between(0, seconds_us(3));
  return delay_us;
}

void wake_later(const ConnectionPointer& connection, int side, Direction direction, int64_t delay_us) {
  Machine* machine = connection->machines[side];
  if (!connection->streams[side]) return;
  machine->simulation().schedule(delay_us, machine, [connection, side, direction] {
    if (auto* stream = connection->streams[side]) stream->wake(direction);
  });
}

void reset_side(const ConnectionPointer& connection, int side) {
  connection->reset[side] = true;
  wake_later(connection, side, reading, 0);
  wake_later(connection, side, writing, 0);
}

/// Runs `arrive` once the two machines can reach each other.
void deliver(ConnectionPointer connection, int64_t delay_us, Callback arrive) {
  Simulation& simulation = connection->machines[0]->simulation();
  simulation.schedule(delay_us, nullptr, [connection, arrive = std::move(arrive)]() mutable {
    Simulation& on = connection->machines[0]->simulation();
    if (on.partitioned(*connection->machines[0], *connection->machines[1])) {
      deliver(connection, millis_us(200), std::move(arrive));
    } else {
      arrive();
    }
  });
}

void segment_arrives(const ConnectionPointer& connection, int from, const std::string& bytes, bool end) {
  Simulation& simulation = connection->machines[0]->simulation();
  Pipe& pipe = connection->pipes[from];
  int to = 1 - from;
  simulation.trace(bytes.size() * 4 + static_cast<uint64_t>(to) * 2 + end);
  pipe.under_way -= bytes.size();
  if (connection->reset[from] || connection->reset[to]) return;
  if (connection->abandoned[to] && !bytes.empty()) {
    // Nobody is there any more: the sender learns it.
    deliver(connection, latency(simulation), [connection, from] { reset_side(connection, from); });
    return;
  }
  if (simulation.dice().chance(simulation.faults().reset)) {
    reset_side(connection, 0);
    reset_side(connection, 1);
    return;
  }
  pipe.arrived += bytes;
  pipe.end_arrived |= end;
  wake_later(connection, to, reading, simulation.dice().between(0, 20));
}

SimulatedStream::SimulatedStream(ConnectionPointer connection, int side, Address peer, bool encrypted)
    : connection_(std::move(connection)), side_(side), peer_(std::move(peer)), encrypted_(encrypted) {
  connection_->streams[side_] = this;
}

SimulatedStream::~SimulatedStream() {
  CHECK((!waits_[reading] && !waits_[writing]) || SpawnGroup::tearing_down());
  connection_->streams[side_] = nullptr;
  connection_->abandoned[side_] = true;
  if (connection_->reset[side_]) return;
  // What was written still goes out; unread bytes turn the end into a reset, as TCP does. A machine without
  // power says nothing: its peers learn it when they next write.
  if (SpawnGroup::tearing_down()) return;
  if (incoming().arrived.empty()) {
    shutdown_write();
  } else {
    deliver(connection_, latency(simulation()),
            [connection = connection_, to = 1 - side_] { reset_side(connection, to); });
  }
}

bool SimulatedStream::has_something(Direction direction) const {
  if (dead()) return true;
  if (direction == writing) return space() > 0;
  return !incoming().arrived.empty() || incoming().end_arrived;
}

size_t SimulatedStream::space() const {
  size_t held = outgoing().under_way + outgoing().arrived.size();
  size_t window = simulation().faults().window_bytes;
  return held < window ? window - held : 0;
}

Result<size_t> SimulatedStream::try_read(std::span<uint8_t> into) {
  if (dead()) return fail(reasons::cancelled, aborted_ ? "stream aborted" : "connection reset");
  Pipe& pipe = incoming();
  if (pipe.arrived.empty()) {
    if (pipe.end_arrived) return fail(closed);
    return 0;
  }
  Dice& dice = simulation().dice();
  size_t count = std::min(into.size(), pipe.arrived.size());
  if (dice.chance(simulation().faults().split)) count = 1 + dice.skewed(count - 1);
  std::memcpy(into.data(), pipe.arrived.data(), count);
  pipe.arrived.erase(0, count);
  wake_later(connection_, 1 - side_, writing, latency(simulation()));
  return count;
}

Result<size_t> SimulatedStream::try_write(std::span<const iovec> parts) {
  if (dead()) return fail(reasons::cancelled, aborted_ ? "stream aborted" : "connection reset");
  CHECK(!outgoing().end_sent);
  std::string bytes;
  for (const iovec& part : parts) bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
  size_t count = std::min(bytes.size(), space());
  Dice& dice = simulation().dice();
  if (count > 1 && dice.chance(simulation().faults().split)) count = 1 + dice.skewed(count - 1);
  bytes.resize(count);
  if (count > 0) send(std::move(bytes), false);
  return count;
}

void SimulatedStream::send(std::string bytes, bool end) {
  Pipe& pipe = outgoing();
  pipe.under_way += bytes.size();
  pipe.last_arrival = std::max(pipe.last_arrival, simulation().now() + latency(simulation()));
  deliver(connection_, pipe.last_arrival - simulation().now(),
          [connection = connection_, from = side_, bytes = std::move(bytes), end] {
            segment_arrives(connection, from, bytes, end);
          });
}

void SimulatedStream::shutdown_write() {
  if (std::exchange(outgoing().end_sent, true)) return;
  send({}, true);
}

void SimulatedStream::abort() {
  if (std::exchange(aborted_, true)) return;
  wake_later(connection_, side_, reading, 0);
  wake_later(connection_, side_, writing, 0);
  if (incoming().arrived.empty() && simulation().dice().chance(0.5)) {
    shutdown_write();
  } else {
    deliver(connection_, latency(simulation()),
            [connection = connection_, to = 1 - side_] { reset_side(connection, to); });
  }
}

Result<void> SimulatedStream::outcome(bool in_time) const {
  if (aborted_) return fail(reasons::cancelled, "stream aborted");
  if (!in_time) return fail(reasons::timeout);
  return {};
}

bool SimulatedStream::Wait::await_ready() {
  Dice& dice = stream.simulation().dice();
  double spurious = stream.simulation().faults().spurious;
  return stream.dead() || (stream.has_something(direction) ? !dice.chance(spurious) : dice.chance(spurious));
}

void SimulatedStream::Wait::await_suspend(std::coroutine_handle<> self) {
  handle = self;
  CHECK(!stream.waits_[direction]);
  stream.waits_[direction] = this;
  if (stream.has_something(direction)) {
    wake_later(stream.connection_, stream.side_, direction, latency(stream.simulation()));
  }
  if (deadline.us == INT64_MAX) return;
  Loop& loop = stream.connection_->machines[stream.side_]->parts().loop;
  timer = loop.call_at(deadline, [this] {
    timer = 0;
    stream.wake(direction, true);
  });
}

SimulatedStream::Wait::~Wait() {
  if (handle && SpawnGroup::tearing_down() && stream.waits_[direction] == this)
    stream.waits_[direction] = nullptr;
}

void SimulatedStream::wake(Direction direction, bool timeout) {
  Wait* wait = std::exchange(waits_[direction], nullptr);
  if (!wait) return;
  wait->timed_out = timeout;
  if (wait->timer) connection_->machines[side_]->parts().loop.cancel(std::exchange(wait->timer, 0));
  wait->handle.resume();
}

class SimulatedTlsContext final : public TlsContext {
 public:
  Result<void> reload() override { return {}; }
};

}  // namespace

class SimulatedListener final : public Listener {
 public:
  SimulatedListener(SimulatedNet& net, Address address, bool encrypted)
      : net_(&net), address_(std::move(address)), encrypted_(encrypted) {
    net.listeners_[address_.port] = this;
  }
  ~SimulatedListener() override { close(); }

  Task<Result<std::unique_ptr<Stream>>> accept() override {
    while (backlog_.empty()) {
      if (!net_) co_return fail(reasons::cancelled, "listener closed");
      co_await arrived_.wait(net_->machine_.parts().loop);
    }
    auto stream = std::move(backlog_.front());
    backlog_.pop_front();
    co_return stream;
  }
  void close() override {
    if (!net_) return;
    net_->listeners_.erase(address_.port);
    net_ = nullptr;
    backlog_.clear();
    if (!SpawnGroup::tearing_down()) arrived_.notify_all();
  }
  const Address& address() const override { return address_; }

  bool offer(ConnectionPointer connection, Address peer) {
    if (backlog_.size() >= max_backlog) return false;
    backlog_.push_back(
        std::make_unique<SimulatedStream>(std::move(connection), 1, std::move(peer), encrypted_));
    arrived_.notify_all();
    return true;
  }

 private:
  SimulatedNet* net_;  // null once closed
  Address address_;
  bool encrypted_;
  std::deque<std::unique_ptr<Stream>> backlog_;
  Signal arrived_;
};

Result<std::unique_ptr<Listener>> SimulatedNet::listen_on(const Address& address, bool encrypted) {
  Address bound{machine_.host(), address.port ? address.port : next_port_++};
  if (listeners_.contains(bound.port)) return fail(reasons::unavailable, "address in use: " + bound.text());
  return std::make_unique<SimulatedListener>(*this, std::move(bound), encrypted);
}

Result<std::unique_ptr<Listener>> SimulatedNet::listen(const Address& address) {
  return listen_on(address, false);
}

Result<std::unique_ptr<TlsContext>> SimulatedNet::load_tls(const TlsFiles&) {
  return std::make_unique<SimulatedTlsContext>();
}

Result<std::unique_ptr<Listener>> SimulatedNet::listen_tls(const Address& address, TlsContext&) {
  return listen_on(address, true);
}

Task<Result<std::unique_ptr<Stream>>> SimulatedNet::connect(Address address, Monotonic deadline) {
  Loop& loop = machine_.parts().loop;
  Simulation& simulation = machine_.simulation();
  bool local = address.host == "127.0.0.1" || address.host == "::1";
  Machine* target = local ? &machine_ : simulation.find_machine(address.host);
  for (;;) {
    co_await loop.sleep_for_us(std::min(latency(simulation), std::max<int64_t>(deadline - loop.now(), 0)));
    if (loop.now() >= deadline) co_return fail(reasons::timeout);
    if (!target) continue;  // nobody answers
    if (!simulation.partitioned(machine_, *target)) break;
  }
  auto& listeners = target->parts().net.listeners_;
  auto found = listeners.find(address.port);
  auto connection = std::make_shared<Connection>();
  connection->machines[0] = &machine_;
  connection->machines[1] = target;
  Address from{machine_.host(), next_port_++};
  bool accepted = false;
  if (found != listeners.end()) {
    SpawnGroup::Scope scope(target->group());
    accepted = found->second->offer(connection, from);
  }
  if (!accepted) co_return fail(reasons::unavailable, "connection refused: " + address.text());
  // The answer of the other side is the second half of the round trip; bytes may already follow it.
  auto stream = std::make_unique<SimulatedStream>(connection, 0, address, false);
  co_await loop.sleep_for_us(latency(simulation));
  co_return std::move(stream);
}

}  // namespace parvis::simulated
