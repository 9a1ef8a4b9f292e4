#include "platform/media_streams.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "platform/framing.h"
#include "platform/socket.h"

namespace parvis {
namespace {

constexpr int backlog = 256;
// A flood of connections leaves the thread its time: 3,200 a second at most.
constexpr int accepts_at_once = 64;
constexpr int64_t accept_again_us = 20'000;
constexpr size_t incoming_bytes = 65'536;
constexpr int reads_per_turn = 4;  // then the others' turn
constexpr size_t kept_capacity = 8'192;
// The queue is kept where it can be seen and bounded: here, not in the kernel.
constexpr int kernel_buffer_bytes = 262'144, kernel_unsent_bytes = 32'768;

/// Who counts as one: an IPv4 address, an IPv6 network of one subscriber.
std::array<uint8_t, 16> address_of(const Peer& peer) {
  auto out = peer.ip;
  if (!peer.v4()) std::fill(out.begin() + 8, out.end(), uint8_t{0});
  return out;
}

void prepare(int descriptor) {
  int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kernel_unsent_bytes, sizeof kernel_unsent_bytes);
  for (int option : {SO_RCVBUF, SO_SNDBUF})
    ::setsockopt(descriptor, SOL_SOCKET, option, &kernel_buffer_bytes, sizeof kernel_buffer_bytes);
}

}  // namespace

struct MediaStreams::Connection final : Watched {
  MediaStreams& owner;
  int descriptor;
  Peer peer;
  bool proven = false, dead = false, unwritten = false, blocked = false;
  size_t guesses = 0;         // frames while not proven
  std::vector<uint8_t> rest;  // of a frame that has not come whole
  std::vector<uint8_t> out;
  size_t sent = 0;  // of `out`

  Connection(MediaStreams& its, int socket, const Peer& from) : owner(its), descriptor(socket), peer(from) {}
  Connection(const Connection&) = delete;
  ~Connection() { ::close(descriptor); }
  size_t queued() const { return out.size() - sent; }
  void on_ready(uint32_t events) override {
    if (events & EPOLLOUT) {
      blocked = false;
      owner.write(*this);
    }
    if (events & ~uint32_t{EPOLLOUT}) owner.read(*this);
  }
};

MediaStreams::MediaStreams(EpollLoop& loop, int descriptor, StreamLimits limits)
    : loop_(loop), descriptor_(descriptor), limits_(limits), incoming_(incoming_bytes) {}

MediaStreams::~MediaStreams() {
  for (auto& [number, connection] : connections_) {
    if (!connection->dead) loop_.unwatch(connection->descriptor, *connection);
  }
  loop_.cancel(expiry_);
  loop_.cancel(retry_);
  if (descriptor_ < 0) return;
  if (receiver_) loop_.unwatch(descriptor_, *this);
  ::close(descriptor_);
}

void MediaStreams::start(DatagramReceiver& receiver) {
  receiver_ = &receiver;
  if (descriptor_ >= 0) CHECK(loop_.watch(descriptor_, *this));
}

void MediaStreams::on_ready(uint32_t) {
  if (!accepting_later_) accept_some();
}

void MediaStreams::accept_some() {
  accepting_later_ = false;
  for (int i = 0; i < accepts_at_once; ++i) {
    int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      adopt(descriptor);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      break;
    }  // anything else concerns the one connection that is gone
  }
  accepting_later_ = true;
  retry_ = loop_.call_at(loop_.now() + accept_again_us, [this] { accept_some(); });
}

bool MediaStreams::room_for(const Peer& peer) const {
  if (connections_.size() >= limits_.connections || unproven_ >= limits_.unproven) return false;
  auto found = by_address_.find(address_of(peer));
  return found == by_address_.end() || (found->second.all < limits_.connections_per_address &&
                                        found->second.unproven < limits_.unproven_per_address);
}

void MediaStreams::adopt(int descriptor) {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  bool known = ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&name), &length) == 0;
  Peer peer = known ? peer_of(name) : Peer{};
  if (!known || !receiver_ || !room_for(peer)) {
    ++stats_.refused;
    ::close(descriptor);
    return;
  }
  prepare(descriptor);
  do {
    peer.stream = ++last_number_;
  } while (peer.stream == 0 || connections_.contains(peer.stream));
  auto connection = std::make_unique<Connection>(*this, descriptor, peer);
  if (!loop_.watch(descriptor, *connection)) {
    ++stats_.refused;
    return;
  }
  count(*connection, +1);
  deadlines_.emplace_back(loop_.now() + limits_.proven_within_us, peer.stream);
  connections_[peer.stream] = std::move(connection);
  stats_.open = connections_.size();
  if (expiry_ == 0) expire();
}

void MediaStreams::count(const Connection& connection, int change) {
  auto key = address_of(connection.peer);
  Few& few = by_address_[key];
  few.all += static_cast<size_t>(change);
  if (!connection.proven) {
    few.unproven += static_cast<size_t>(change);
    unproven_ += static_cast<size_t>(change);
  }
  if (few.all == 0) by_address_.erase(key);
}

MediaStreams::Connection* MediaStreams::find(const Peer& peer) const {
  auto found = connections_.find(peer.stream);
  return found == connections_.end() || found->second->dead ? nullptr : found->second.get();
}

void MediaStreams::keep(const Peer& peer) {
  Connection* connection = find(peer);
  if (!connection || connection->proven) return;
  --by_address_[address_of(peer)].unproven;
  --unproven_;
  connection->proven = true;
}

void MediaStreams::expire() {
  expiry_ = 0;
  while (!deadlines_.empty() && deadlines_.front().first <= loop_.now()) {
    auto found = connections_.find(deadlines_.front().second);
    deadlines_.pop_front();
    if (found == connections_.end() || found->second->proven || found->second->dead) continue;
    ++stats_.never_proven;
    doom(*found->second, false);
  }
  if (!deadlines_.empty()) expiry_ = loop_.call_at(deadlines_.front().first, [this] { expire(); });
}

void MediaStreams::read(Connection& connection) {
  for (int round = 0; round < reads_per_turn && !connection.dead; ++round) {
    size_t kept = connection.rest.size();
    std::copy(connection.rest.begin(), connection.rest.end(), incoming_.begin());
    ssize_t count =
        ::recv(connection.descriptor, incoming_.data() + kept, incoming_.size() - kept, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return doom(connection, true);
    if (!take(connection, {incoming_.data(), kept + static_cast<size_t>(count)})) {
      ++stats_.malformed;
      return doom(connection, true);
    }
  }
  if (connection.dead) return;
  loop_.post([this, peer = connection.peer] {
    if (Connection* again = find(peer)) read(*again);
  });
}

bool MediaStreams::take(Connection& connection, std::span<uint8_t> bytes) {
  FrameReader frames(bytes);
  bool guessing = false;
  while (!connection.dead && !guessing) {
    auto frame = frames.next();
    if (!frame) break;
    guessing = !connection.proven && ++connection.guesses > limits_.unproven_frames;
    receiver_->on_datagram(connection.peer, *frame, loop_.now());
  }
  receiver_->on_batch_end(loop_.now());
  connection.rest.assign(frames.rest().begin(), frames.rest().end());
  return !frames.too_long() && (!guessing || connection.proven);
}

void MediaStreams::push(const Peer& to, std::span<const uint8_t> packet) {
  Connection* connection = find(to);
  if (!connection) return;
  size_t needed = frame_header_bytes + packet.size();
  if (connection->queued() + needed > limits_.queued_bytes ||
      queued_ + needed > limits_.queued_bytes_in_all) {
    ++stats_.dropped;
    return;
  }
  auto& out = connection->out;
  out.push_back(static_cast<uint8_t>(packet.size() >> 8));
  out.push_back(static_cast<uint8_t>(packet.size()));
  out.insert(out.end(), packet.begin(), packet.end());
  queued_ += needed;
  if (!std::exchange(connection->unwritten, true)) unwritten_.push_back(connection);
}

size_t MediaStreams::queued(const Peer& peer) const {
  Connection* connection = find(peer);
  return connection ? connection->queued() : 0;
}

void MediaStreams::flush() {
  for (size_t i = 0; i < unwritten_.size(); ++i) {
    unwritten_[i]->unwritten = false;
    write(*unwritten_[i]);
  }
  unwritten_.clear();
}

void MediaStreams::write(Connection& connection) {
  auto& out = connection.out;
  while (!connection.dead && !connection.blocked && connection.queued() > 0) {
    ssize_t count = ::send(connection.descriptor, out.data() + connection.sent, connection.queued(),
                           MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      connection.sent += static_cast<size_t>(count);
      queued_ -= static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      connection.blocked = true;
    } else if (errno != EINTR) {
      return doom(connection, true);
    }
  }
  if (connection.sent < out.size() / 2) return;
  out.erase(out.begin(), out.begin() + static_cast<ptrdiff_t>(connection.sent));
  connection.sent = 0;
  if (out.empty() && out.capacity() > kept_capacity) std::vector<uint8_t>().swap(out);
}

void MediaStreams::close(const Peer& peer) {
  Connection* connection = find(peer);
  if (!connection) return;
  write(*connection);
  doom(*connection, false);
}

void MediaStreams::doom(Connection& connection, bool tell) {
  if (std::exchange(connection.dead, true)) return;
  loop_.unwatch(connection.descriptor, connection);
  queued_ -= connection.queued();
  count(connection, -1);
  // The receiver may be in the midst of something: it is told, and the object goes, in a later turn.
  if (doomed_.empty()) loop_.post([this] { bury(); });
  doomed_.emplace_back(connection.peer.stream, tell);
}

void MediaStreams::bury() {
  for (auto [number, tell] : std::exchange(doomed_, {})) {
    auto found = connections_.find(number);
    if (tell) receiver_->on_stream_closed(found->second->peer, loop_.now());
    std::erase(unwritten_, found->second.get());
    connections_.erase(found);
  }
  stats_.open = connections_.size();
}

Result<int> listen_for_media(const Address& address) {
  sockaddr_storage name;
  unsigned length = 0;
  if (!to_sockaddr(address, name, length) || name.ss_family == AF_UNIX)
    return fail(reasons::malformed, "not a numeric address: " + address.host);
  int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(socket_error("socket", errno));
  int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  prepare(descriptor);  // the window is agreed upon with the first packets: accepted ones inherit it
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&name), length) != 0 ||
      ::listen(descriptor, backlog) != 0) {
    int error = errno;
    ::close(descriptor);
    return std::unexpected(socket_error("listen", error));
  }
  return descriptor;
}

}  // namespace parvis
