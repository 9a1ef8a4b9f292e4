#pragma once
// Datagrams in batches: recvmmsg, sendmmsg and UDP segmentation offload, for media. A MediaThread is a loop
// of its own with one such socket. Loop thread only, except MediaThread::post() and its constructor and
// destructor.
#include <array>
#include <compare>
#include <memory>
#include <span>

#include "platform/env.h"

namespace parvis {

/// An IPv4 (mapped) or IPv6 address and port; a key for maps.
struct Peer {
  std::array<uint8_t, 16> ip{};
  uint16_t port = 0;
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
  /// `bytes` may be changed in place, until return.
  virtual void on_datagram(const Peer& from, std::span<uint8_t> bytes, Monotonic now) = 0;
  virtual void on_batch_end(Monotonic now) = 0;
};

/// Where datagrams are written, in place, and leave at flush().
class DatagramSender {
 public:
  static constexpr size_t max_datagram = 1'500;
  virtual ~DatagramSender() = default;
  /// Room for one datagram; the next call of space() or push() ends its life.
  virtual std::span<uint8_t, max_datagram> space() = 0;
  virtual void push(const Peer& to, size_t length) = 0;
  /// Sends all; what the kernel has no room for is dropped, as a network would.
  virtual void flush() = 0;
};

class MediaThread {
 public:
  virtual ~MediaThread() = default;  // stops and joins
  virtual void post(Callback callback) = 0;
  virtual Loop& loop() = 0;
  virtual DatagramSender& sender() = 0;
  virtual uint16_t port() const = 0;
  /// CPU time that the thread used; from any thread, once it runs.
  virtual int64_t cpu_us() = 0;
  /// Starts the thread; `receiver` outlives this.
  virtual void run(DatagramReceiver& receiver) = 0;
};

/// Binds the port; the thread starts with run().
Result<std::unique_ptr<MediaThread>> open_media_thread(std::string_view name, const Address& bind);

}  // namespace parvis
