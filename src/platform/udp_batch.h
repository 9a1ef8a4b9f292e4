#pragma once
// Datagrams in batches: recvmmsg, sendmmsg and UDP segmentation offload, for media. A MediaThread is a loop
// of its own with one such socket, and TCP connections that carry the same packets (media_streams.h). Loop
// thread only, except MediaThread::post() and its constructor and destructor.
#include <array>
#include <compare>
#include <memory>
#include <span>

#include "platform/env.h"

struct sockaddr_storage;

namespace parvis {

/// An IPv4 (mapped) or IPv6 address and port, by UDP or by one TCP connection; a key for maps.
struct Peer {
  std::array<uint8_t, 16> ip{};
  uint16_t port = 0;
  uint32_t stream = 0;  // 0 = UDP; else the connection's number on its media thread
  bool v4() const;
  std::string text() const;
  auto operator<=>(const Peer&) const = default;
};
struct PeerHash {
  size_t operator()(const Peer& peer) const;
};

class DatagramReceiver {
 public:
  virtual ~DatagramReceiver() = default;
  /// When the next datagram reached the machine, on the loop's clock: earlier than `now` where it waited for
  /// this thread. Not told of TCP.
  virtual void on_arrival(Monotonic) {}
  /// `bytes` may be changed in place, until return.
  virtual void on_datagram(const Peer& from, std::span<uint8_t> bytes, Monotonic now) = 0;
  virtual void on_batch_end(Monotonic now) = 0;
  /// A TCP connection ended, not by close(). Between batches.
  virtual void on_stream_closed(const Peer&, Monotonic /*now*/) {}
};

/// Where datagrams are written, in place, and leave at flush().
class DatagramSender {
 public:
  static constexpr size_t max_datagram = 1'500;
  virtual ~DatagramSender() = default;
  /// Room for one datagram; the next call of space() or push() ends its life.
  virtual std::span<uint8_t, max_datagram> space() = 0;
  virtual void push(const Peer& to, size_t length) = 0;
  /// Sends all; what the kernel has no room for is dropped, as a network would. Over TCP it waits in a
  /// bounded queue, and is dropped when that is full.
  virtual void flush() = 0;

  // Of a TCP connection (Peer::stream).
  /// It has shown whose it is; without that it is closed within seconds.
  virtual void keep(const Peer&) {}
  virtual void close(const Peer&) {}
  virtual size_t queued(const Peer&) const { return 0; }  // bytes not yet taken by the kernel
};

/// Of one media thread's TCP connections. A whole site may share one address: what is scarce per address are
/// connections that have not shown yet whose they are.
struct StreamLimits {
  size_t connections = 4'000, connections_per_address = 2'000;
  size_t unproven = 1'000, unproven_per_address = 100;
  int64_t proven_within_us = 10'000'000;
  size_t unproven_frames = 64;
  size_t queued_bytes = 327'680;  // per connection
  size_t queued_bytes_in_all = 67'108'864;
};
struct StreamStats {
  uint64_t open = 0;                                      // now
  uint64_t refused = 0, never_proven = 0, malformed = 0;  // connections
  uint64_t dropped = 0;                                   // packets that a full queue had no room for
};
struct StreamOptions {
  enum class Door : uint8_t { none, own_port, adopted };
  Door door = Door::none;
  uint16_t port = 0;  // of own_port; 0 = the number of the UDP port
  StreamLimits limits;
};

class MediaThread {
 public:
  virtual ~MediaThread() = default;  // stops and joins
  virtual void post(Callback callback) = 0;
  virtual Loop& loop() = 0;
  virtual DatagramSender& sender() = 0;
  virtual uint16_t port() const = 0;
  virtual uint16_t stream_port() const = 0;  // 0 = no listener
  virtual StreamStats stream_stats() const = 0;
  /// A TCP connection that somebody else accepted; takes the descriptor. From any thread, once it runs.
  virtual void adopt(int descriptor) = 0;
  /// CPU time that the thread used; from any thread, once it runs.
  virtual int64_t cpu_us() = 0;
  /// Starts the thread; `receiver` outlives this.
  virtual void run(DatagramReceiver& receiver) = 0;
};

/// Binds the ports; the thread starts with run().
Result<std::unique_ptr<MediaThread>> open_media_thread(std::string_view name, const Address& bind,
                                                       const StreamOptions& streams = {});

Peer peer_of(const sockaddr_storage& name);

}  // namespace parvis
