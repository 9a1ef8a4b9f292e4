#include "core/http/server_core.h"

#include "core/http/exchange.h"
#include "proto/http_date.h"

namespace parvis::http {

void PeerList::add(Peer& peer) {
  peer.next_ = first_;
  if (first_) first_->previous_ = &peer;
  first_ = &peer;
  ++size_;
}

void PeerList::remove(Peer& peer) {
  (peer.previous_ ? peer.previous_->next_ : first_) = peer.next_;
  if (peer.next_) peer.next_->previous_ = peer.previous_;
  --size_;
}

ServerCore::ServerCore(Env& environment, Application& app, ServerLimits server_limits,
                       std::vector<proto::IpNetwork> trusted_networks)
    : env(environment),
      application(app),
      limits(server_limits),
      trusted(std::move(trusted_networks)),
      trusts_local_sockets(!trusted.empty()),
      scratch_memory_(std::make_unique<uint8_t[]>(scratch_bytes)),
      scratch_(scratch_memory_.get(), scratch_bytes),
      trace_state_(environment.random.number()) {}

ServerCore::~ServerCore() = default;

std::string_view ServerCore::date() {
  auto now = env.clock.now();
  if (now.ms / 1000 != date_second_) {
    date_second_ = now.ms / 1000;
    date_ = proto::format_http_date(now);
  }
  return date_;
}

uint64_t ServerCore::next_trace_id() {
  // splitmix64: unique within 2^64 requests; a label for logs, not a secret.
  uint64_t z = trace_state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

std::unique_ptr<Exchange> ServerCore::take_exchange() {
  if (pool_.empty()) return std::make_unique<Exchange>();
  auto exchange = std::move(pool_.back());
  pool_.pop_back();
  return exchange;
}

void ServerCore::give_back(std::unique_ptr<Exchange> exchange) {
  if (pool_.size() >= max_pooled_exchanges) return;
  exchange->clear();
  pool_.push_back(std::move(exchange));
}

std::string ServerCore::network_key(const Address& peer) const {
  auto address = proto::parse_ip(peer.host);
  return address ? proto::rate_limit_network(*address) : peer.host;
}

bool ServerCore::enter(const Address& peer) {
  if (stopping || connected_ >= limits.max_connections) return false;
  auto& count = per_network_[network_key(peer)];
  // Everybody comes through a trusted proxy's address.
  if (count >= limits.max_connections_per_peer && !is_trusted(peer)) return false;
  ++count;
  ++connected_;
  return true;
}

void ServerCore::leave(const Address& peer) {
  auto found = per_network_.find(network_key(peer));
  CHECK(found != per_network_.end() && connected_ > 0);
  if (--found->second == 0) per_network_.erase(found);
  --connected_;
}

bool ServerCore::is_trusted(const Address& peer) const {
  if (trusted.empty()) return false;
  if (peer.host == "unix") return trusts_local_sockets;
  auto address = proto::parse_ip(peer.host);
  return address && proto::contains(trusted, *address);
}

proto::MessageDeflate& ServerCore::deflate() {
  if (!deflate_) deflate_ = std::make_unique<proto::MessageDeflate>();
  return *deflate_;
}

SharedBytes ServerCore::compressed(const SharedBytes& data) {
  for (auto& entry : remembered_) {
    if (entry.plain == data) return entry.packed;
  }
  auto packed = std::make_shared<const std::string>(deflate().compress(*data));
  if (packed->size() >= data->size()) packed = nullptr;
  constexpr size_t largest_remembered = 64 << 10;
  if (data->size() <= largest_remembered) {
    remembered_[remembered_next_++ % remembered_messages] = {data, packed};
  }
  return packed;
}

}  // namespace parvis::http
