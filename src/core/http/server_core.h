#pragma once
// What all connections of one server share: limits, the read buffer, counters, the list of who is connected.
// Private to core/http. Loop thread only. Connections hold it alive, so a handler that outlives stop() stays
// harmless.
#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/http/server.h"
#include "platform/signal.h"
#include "proto/forwarded.h"
#include "proto/websocket_deflate.h"

namespace parvis::http {

/// One connection or WebSocket, in the server's list while it lives.
class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  virtual ~Peer() = default;
  /// The server stops: end when the current request has been answered.
  virtual void retire() = 0;
  /// End now.
  virtual void abort() = 0;

 private:
  friend class PeerList;
  Peer* next_ = nullptr;
  Peer* previous_ = nullptr;
};

class PeerList {
 public:
  void add(Peer& peer);
  void remove(Peer& peer);
  size_t size() const { return size_; }
  /// `visit` may not add or remove.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (Peer* peer = first_; peer; peer = peer->next_) visit(*peer);
  }

 private:
  Peer* first_ = nullptr;
  size_t size_ = 0;
};

struct Exchange;

class ServerCore {
 public:
  ServerCore(Env& env, Application& application, ServerLimits limits, std::vector<proto::IpNetwork> trusted);
  ~ServerCore();

  Env& env;
  Application& application;
  const ServerLimits limits;
  const std::vector<proto::IpNetwork> trusted;
  const bool trusts_local_sockets;
  bool stopping = false;
  Server::Counters counters;
  PeerList peers;
  Signal peer_left;

  /// Room for one read; its content is gone at the next suspension.
  std::span<uint8_t> scratch() { return scratch_; }
  /// Date header's value, computed once per second.
  std::string_view date();
  uint64_t next_trace_id();

  std::unique_ptr<Exchange> take_exchange();
  void give_back(std::unique_ptr<Exchange> exchange);

  /// False when the server or this peer's network has too many; else counted until leave().
  bool enter(const Address& peer);
  void leave(const Address& peer);
  bool is_trusted(const Address& peer) const;

  proto::MessageDeflate& deflate();
  /// `data` compressed, remembered for the next receivers of the same bytes; null when compression does not
  /// pay.
  SharedBytes compressed(const SharedBytes& data);

 private:
  static constexpr size_t scratch_bytes = 64 << 10;
  static constexpr size_t max_pooled_exchanges = 64;
  static constexpr size_t remembered_messages = 8;
  struct Remembered {
    SharedBytes plain, packed;
  };
  std::string network_key(const Address& peer) const;

  std::unique_ptr<uint8_t[]> scratch_memory_;
  std::span<uint8_t> scratch_;
  std::string date_;
  int64_t date_second_ = -1;
  uint64_t trace_state_;
  std::vector<std::unique_ptr<Exchange>> pool_;
  std::unordered_map<std::string, uint32_t> per_network_;
  size_t connected_ = 0;
  std::unique_ptr<proto::MessageDeflate> deflate_;
  std::array<Remembered, remembered_messages> remembered_;
  size_t remembered_next_ = 0;
};

}  // namespace parvis::http
