#include "platform/udp_batch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <thread>

#include "platform/epoll_loop.h"
#include "platform/media_streams.h"
#include "platform/socket.h"

namespace parvis {
namespace {

constexpr size_t batch = 64;
constexpr size_t batches_per_turn = 16;
constexpr size_t receive_bytes = 2'048;
constexpr int64_t most_wait_us = 1'000'000;
constexpr size_t arena_bytes = batch * 16 * DatagramSender::max_datagram;
constexpr int kernel_buffer_bytes = 4 << 20;
constexpr size_t max_segments = 16;  // of one offloaded send: longer bursts overrun slow lines
constexpr std::array<uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int64_t read_clock_us(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000LL + time.tv_nsec / 1'000;
}

/// What the kernel wrote beside a datagram, on the wall clock; 0 = nothing.
int64_t stamp_us(msghdr& header) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(control), sizeof time);
    return time.tv_sec * 1'000'000LL + time.tv_nsec / 1'000;
  }
  return 0;
}

unsigned to_storage(const Peer& peer, int family, sockaddr_storage& out) {
  if (family == AF_INET) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(peer.port);
    std::memcpy(&v4.sin_addr, peer.ip.data() + 12, 4);
    return sizeof v4;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(peer.port);
  std::memcpy(&v6.sin6_addr, peer.ip.data(), 16);
  return sizeof v6;
}

class UdpBatch final : public DatagramSender, private Watched {
 public:
  /// `streams`: where packets for TCP connections go; they come from there alone.
  UdpBatch(EpollLoop& loop, int descriptor, int family, MediaStreams* streams)
      : loop_(loop),
        streams_(streams),
        descriptor_(descriptor),
        family_(family),
        incoming_(batch * receive_bytes),
        arena_(arena_bytes + max_datagram) {}
  ~UdpBatch() {
    if (receiver_) loop_.unwatch(descriptor_, *this);
    ::close(descriptor_);
  }
  void start(DatagramReceiver& receiver) {
    receiver_ = &receiver;
    CHECK(loop_.watch(descriptor_, *this));
  }

  std::span<uint8_t, max_datagram> space() override {
    if (used_ + max_datagram > arena_.size() || count_ == batch) flush();
    return std::span<uint8_t, max_datagram>(arena_.data() + used_, max_datagram);
  }
  void push(const Peer& to, size_t length) override {
    if (to.stream != 0) [[unlikely]]
      return streams_->push(to, {arena_.data() + used_, length});
    if (count_ > 0) {
      Pending& last = pending_[count_ - 1];
      // Segments of one send are equal, except that the last may be shorter.
      if (last.to == to && !last.closed && length <= last.segment && last.segments < max_segments) {
        last.closed = length < last.segment;
        last.length += length;
        ++last.segments;
        used_ += length;
        return;
      }
    }
    pending_[count_++] = {.to = to, .offset = used_, .length = length, .segment = length};
    used_ += length;
  }
  void flush() override;
  void keep(const Peer& peer) override { streams_->keep(peer); }
  void close(const Peer& peer) override { streams_->close(peer); }
  size_t queued(const Peer& peer) const override { return streams_->queued(peer); }

 private:
  struct Pending {
    Peer to;
    size_t offset = 0, length = 0, segment = 0, segments = 1;
    bool closed = false;
  };
  void on_ready(uint32_t) override;

  EpollLoop& loop_;
  MediaStreams* streams_;
  int descriptor_;
  int family_;
  DatagramReceiver* receiver_ = nullptr;
  Bytes incoming_;
  Bytes arena_;
  size_t used_ = 0;
  std::array<Pending, batch> pending_;
  size_t count_ = 0;
};

void UdpBatch::on_ready(uint32_t) {
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> parts;
  std::array<sockaddr_storage, batch> names;
  constexpr size_t control_bytes = CMSG_SPACE(sizeof(timespec));
  alignas(cmsghdr) std::array<std::array<char, control_bytes>, batch> controls;
  for (size_t round = 0; round < batches_per_turn; ++round) {
    for (size_t i = 0; i < batch; ++i) {
      parts[i] = {incoming_.data() + i * receive_bytes, receive_bytes};
      messages[i].msg_hdr = {.msg_name = &names[i],
                             .msg_namelen = sizeof names[i],
                             .msg_iov = &parts[i],
                             .msg_iovlen = 1,
                             .msg_control = controls[i].data(),
                             .msg_controllen = control_bytes,
                             .msg_flags = 0};
    }
    int received = ::recvmmsg(descriptor_, messages.data(), batch, MSG_DONTWAIT, nullptr);
    int64_t wall_us = read_clock_us(CLOCK_REALTIME), now_us = read_clock_us(CLOCK_MONOTONIC);
    for (int i = 0; i < received; ++i) {
      if (messages[i].msg_hdr.msg_flags & MSG_TRUNC) continue;
      // A wall clock that was just set tells nothing.
      int64_t waited_us = wall_us - stamp_us(messages[i].msg_hdr);
      if (waited_us >= 0 && waited_us < most_wait_us) receiver_->on_arrival(Monotonic{now_us - waited_us});
      receiver_->on_datagram(peer_of(names[i]), {incoming_.data() + i * receive_bytes, messages[i].msg_len},
                             loop_.now());
    }
    if (received > 0) receiver_->on_batch_end(loop_.now());
    if (received < 0 && errno == ECONNREFUSED) continue;
    if (received < static_cast<int>(batch)) return;
  }
  // Who sends without end leaves timers, changes and TCP their turn.
  loop_.post([this] { on_ready(EPOLLIN); });
}

void UdpBatch::flush() {
  std::array<mmsghdr, batch> messages{};
  std::array<iovec, batch> parts;
  std::array<sockaddr_storage, batch> names{};
  constexpr size_t control_bytes = CMSG_SPACE(sizeof(uint16_t));
  alignas(cmsghdr) std::array<std::array<char, control_bytes>, batch> controls{};
  for (size_t i = 0; i < count_; ++i) {
    const Pending& pending = pending_[i];
    parts[i] = {arena_.data() + pending.offset, pending.length};
    auto& header = messages[i].msg_hdr;
    header.msg_namelen = to_storage(pending.to, family_, names[i]);
    header.msg_name = &names[i];
    header.msg_iov = &parts[i];
    header.msg_iovlen = 1;
    if (pending.segments == 1) continue;
    header.msg_control = controls[i].data();
    header.msg_controllen = control_bytes;
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    auto segment = static_cast<uint16_t>(pending.segment);
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
  }
  size_t done = 0;
  while (done < count_) {
    int sent =
        ::sendmmsg(descriptor_, messages.data() + done, static_cast<unsigned>(count_ - done), MSG_DONTWAIT);
    done += sent > 0 ? static_cast<size_t>(sent) : 1;  // the one that failed is lost
  }
  count_ = used_ = 0;
  if (streams_ && streams_->pending()) streams_->flush();
}

class SystemMediaThread final : public MediaThread {
 public:
  struct Sockets {
    int datagrams = -1, listener = -1;
    int family = AF_INET;
    uint16_t port = 0, stream_port = 0;
  };
  SystemMediaThread(std::string_view name, const Sockets& sockets, const StreamOptions& streams)
      : name_(name.substr(0, 15)), sockets_(sockets) {
    if (streams.door != StreamOptions::Door::none)
      streams_ = std::make_unique<MediaStreams>(loop_, sockets.listener, streams.limits);
    udp_ = std::make_unique<UdpBatch>(loop_, sockets.datagrams, sockets.family, streams_.get());
  }
  ~SystemMediaThread() override {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  void post(Callback callback) override { loop_.post_from_any_thread(std::move(callback)); }
  Loop& loop() override { return loop_; }
  DatagramSender& sender() override { return *udp_; }
  uint16_t port() const override { return sockets_.port; }
  uint16_t stream_port() const override { return sockets_.stream_port; }
  StreamStats stream_stats() const override { return streams_ ? streams_->stats() : StreamStats{}; }
  void adopt(int descriptor) override {
    loop_.post_from_any_thread([this, descriptor] {
      streams_ ? streams_->adopt(descriptor) : static_cast<void>(::close(descriptor));
    });
  }
  int64_t cpu_us() override {
    clockid_t clock;
    timespec time{};
    if (!thread_.joinable() || pthread_getcpuclockid(thread_.native_handle(), &clock) != 0) return 0;
    clock_gettime(clock, &time);
    return time.tv_sec * 1'000'000 + time.tv_nsec / 1'000;
  }
  void run(DatagramReceiver& receiver) override {
    udp_->start(receiver);
    if (streams_) streams_->start(receiver);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the main thread's business
    thread_ = std::thread([this] { loop_.run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(thread_.native_handle(), name_.c_str());
  }

 private:
  std::string name_;
  Sockets sockets_;
  EpollLoop loop_;
  std::unique_ptr<MediaStreams> streams_;
  std::unique_ptr<UdpBatch> udp_;
  std::thread thread_;
};

}  // namespace

Peer peer_of(const sockaddr_storage& in) {
  Peer out;
  if (in.ss_family == AF_INET) {
    auto& v4 = reinterpret_cast<const sockaddr_in&>(in);
    std::memcpy(out.ip.data(), v4_prefix.data(), 12);
    std::memcpy(out.ip.data() + 12, &v4.sin_addr, 4);
    out.port = ntohs(v4.sin_port);
  } else {
    auto& v6 = reinterpret_cast<const sockaddr_in6&>(in);
    std::memcpy(out.ip.data(), &v6.sin6_addr, 16);
    out.port = ntohs(v6.sin6_port);
  }
  return out;
}

bool Peer::v4() const { return std::memcmp(ip.data(), v4_prefix.data(), 12) == 0; }

std::string Peer::text() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(v4() ? AF_INET : AF_INET6, v4() ? ip.data() + 12 : ip.data(), text, sizeof text);
  return Address{text, port}.text();
}

size_t PeerHash::operator()(const Peer& peer) const {
  uint64_t high, low;
  std::memcpy(&high, peer.ip.data(), 8);
  std::memcpy(&low, peer.ip.data() + 8, 8);
  uint64_t mixed =
      (high * 0x9e3779b97f4a7c15 ^ low) + (uint64_t{peer.stream} << 16 | peer.port) * 0xff51afd7ed558ccd;
  return mixed ^ (mixed >> 29);
}

namespace {

Result<void> bind_datagrams(const Address& bind, SystemMediaThread::Sockets& out) {
  sockaddr_storage address;
  unsigned length = 0;
  if (!to_sockaddr(bind, address, length) || address.ss_family == AF_UNIX) {
    return fail(reasons::malformed, "not a numeric address: " + bind.host);
  }
  int descriptor = ::socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(socket_error("socket", errno));
  for (int option : {SO_RCVBUF, SO_SNDBUF}) {
    ::setsockopt(descriptor, SOL_SOCKET, option, &kernel_buffer_bytes, sizeof kernel_buffer_bytes);
  }
  int stamped = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &stamped, sizeof stamped);
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) != 0) {
    int error = errno;
    ::close(descriptor);
    return std::unexpected(socket_error("bind", error));
  }
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  out.datagrams = descriptor;
  out.family = address.ss_family;
  out.port = peer_of(address).port;
  return {};
}

}  // namespace

Result<std::unique_ptr<MediaThread>> open_media_thread(std::string_view name, const Address& bind,
                                                       const StreamOptions& streams) {
  constexpr int most_tries = 16;  // a number that is free for UDP may not be free for TCP
  bool listens = streams.door == StreamOptions::Door::own_port;
  for (int tries = 1;; ++tries) {
    SystemMediaThread::Sockets sockets;
    TRY(bind_datagrams(bind, sockets));
    if (listens) {
      sockets.stream_port = streams.port ? streams.port : sockets.port;
      auto listener = listen_for_media({bind.host, sockets.stream_port});
      if (!listener) {
        ::close(sockets.datagrams);
        if (bind.port == 0 && streams.port == 0 && tries < most_tries) continue;
        return std::unexpected(std::move(listener).error());
      }
      sockets.listener = *listener;
    }
    return std::make_unique<SystemMediaThread>(name, sockets, streams);
  }
}

}  // namespace parvis
