#pragma once
// Packets over TCP, for clients whose network drops UDP: a listener on a media thread's loop, its
// connections, their frames (RFC 4571) both ways. A connection has proven itself when keep() was called for
// its peer; until then it has little time. What a slow one has no room for is dropped, whole packets at a
// time.
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "platform/epoll_loop.h"
#include "platform/udp_batch.h"

namespace parvis {

class MediaStreams final : private Watched {
 public:
  /// `descriptor` listens, or is -1: then connections come by adopt() alone.
  MediaStreams(EpollLoop& loop, int descriptor, StreamLimits limits);
  ~MediaStreams();
  MediaStreams(const MediaStreams&) = delete;
  void start(DatagramReceiver& receiver);

  /// A connection that somebody else accepted; takes the descriptor.
  void adopt(int descriptor);
  void push(const Peer& to, std::span<const uint8_t> packet);
  void keep(const Peer& peer);
  /// What was pushed is written first, as far as it fits.
  void close(const Peer& peer);
  size_t queued(const Peer& peer) const;
  bool pending() const { return !unwritten_.empty(); }
  void flush();
  const StreamStats& stats() const { return stats_; }

 private:
  struct Connection;
  void on_ready(uint32_t) override;
  void accept_some();
  void read(Connection& connection);
  bool take(Connection& connection, std::span<uint8_t> bytes);
  void write(Connection& connection);
  void doom(Connection& connection, bool tell);
  void bury();
  void count(const Connection& connection, int change);
  bool room_for(const Peer& peer) const;
  void expire();
  Connection* find(const Peer& peer) const;

  EpollLoop& loop_;
  int descriptor_;
  StreamLimits limits_;
  DatagramReceiver* receiver_ = nullptr;
  std::vector<uint8_t> incoming_;
  std::unordered_map<uint32_t, std::unique_ptr<Connection>> connections_;
  uint32_t last_number_ = 0;
  struct Few {
    size_t all = 0, unproven = 0;
  };
  std::map<std::array<uint8_t, 16>, Few> by_address_;
  size_t unproven_ = 0, queued_ = 0;
  std::vector<Connection*> unwritten_;
  std::vector<std::pair<uint32_t, bool>> doomed_;         // whether the receiver is told
  std::deque<std::pair<Monotonic, uint32_t>> deadlines_;  // of first proofs, soonest first
  TimerId expiry_ = 0, retry_ = 0;
  bool accepting_later_ = false;
  StreamStats stats_;
};

/// Binds and listens on a numeric address.
Result<int> listen_for_media(const Address& address);

}  // namespace parvis
