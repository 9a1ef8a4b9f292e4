// Where each client is reached: the addresses, over UDP or TCP, that passed its checks (RFC 8445, as the lite
// side; RFC 6544). It may send from any of them; to it goes what goes over the one that it nominated.
#include <algorithm>

#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"
#include "engine/sfu/stun.h"

namespace parvis::sfu {
namespace {

constexpr int64_t path_alive_us = seconds_us(5);  // two of a client's slowest checks
// A client that nominates all it checks means the best: UDP, unless it goes on without it.
constexpr int64_t udp_preferred_us = seconds_us(1);
// What waits for a slow TCP connection: a second's worth, then images are dropped.
constexpr size_t least_room = 16'384, most_room = 262'144;
constexpr size_t notable_queue = 8'192;
constexpr int64_t long_queue_us = millis_us(400), long_queue_for_us = millis_us(200);

}  // namespace

void MediaLoop::receive_stun(const Peer& from, ByteView bytes, Monotonic now) {
  auto request = parse_stun_request(bytes);
  auto found = request ? by_ufrag_.find(request->local_ufrag) : by_ufrag_.end();
  if (found == by_ufrag_.end()) {
    ++counters_.dropped_stun;
    return;
  }
  Transport& transport = *found->second;
  Path* path = transport.path(from);
  // Before anything is computed: who floods from elsewhere leaves the client's own paths their checks.
  bool allowed = path ? path->checks.take(limits_.checks_per_path, now)
                      : transport.first_checks.take(limits_.first_checks, now);
  if (!allowed) {
    ++counters_.dropped_flood;
    return;
  }
  bool previous = request->local_ufrag == transport.previous_ufrag;
  const std::string& password = previous ? transport.previous_pwd : transport.local.ice_pwd;
  if (!stun_integrity_holds(bytes, *request, password) || !transport.seen.admit(request->transaction, from)) {
    ++counters_.dropped_stun;
    return;
  }
  if (!path) path = add_path(transport, from, now);
  if (!path) {
    ++counters_.dropped_unknown_peer;
    return;
  }
  transport.last_check = path->last_check = now;
  path->nominated = request->use_candidate;
  choose_path(transport, *path, now);
  auto space = out_.space();
  size_t length = write_stun_response(space, *request, from, password);
  out_.push(from, length);
  transport.counters.bytes_sent += length;
  if (transport.state == State::disconnected) {
    transport.state = State::connected;
    events_.on_state(transport.local.id, State::connected, CloseReason::asked);
  }
}

Path* MediaLoop::add_path(Transport& transport, const Peer& from, Monotonic now) {
  if (auto other = by_peer_.find(from); other != by_peer_.end()) {
    // Another client is there, and lives: an address is not taken away by claiming it.
    Path* its = other->second->path(from);
    if (its && now - its->last_check < path_alive_us) return nullptr;
    drop_path(*other->second, from);
  }
  auto& paths = transport.paths;
  if (paths.size() >= limits_.paths_per_transport) {
    auto oldest = std::ranges::min_element(
        paths, {}, [&](const Path& one) { return std::pair(transport.peer == one.peer, one.last_check); });
    Peer gone = oldest->peer;
    drop_path(transport, gone);
    if (gone.stream) out_.close(gone);
  }
  if (from.stream) out_.keep(from);
  by_peer_[from] = &transport;
  return &paths.emplace_back(Path{.peer = from, .last_check = now, .nominated = false, .checks = {}});
}

/// RFC 8445 section 8.1.1: the controlling side nominates, what it nominated last is used.
void MediaLoop::choose_path(Transport& transport, const Path& path, Monotonic now) {
  if (transport.peer == path.peer) return;
  Path* current = transport.peer ? transport.path(*transport.peer) : nullptr;
  if (current) {
    int64_t silent = now - current->last_check;
    bool stays = current->nominated && !current->peer.stream && path.peer.stream && silent < udp_preferred_us;
    if (!(path.nominated && !stays) && silent < path_alive_us) return;
  }
  transport.peer = path.peer;
}

void MediaLoop::drop_path(Transport& transport, const Peer& peer) {
  by_peer_.erase(peer);
  std::erase_if(transport.paths, [&](const Path& one) { return one.peer == peer; });
  if (transport.peer != peer) return;
  transport.peer.reset();
  auto latest = std::ranges::max_element(transport.paths, {}, &Path::last_check);
  if (latest != transport.paths.end()) transport.peer = latest->peer;
}

void MediaLoop::drop_paths(Transport& transport) {
  for (const Path& path : transport.paths) {
    by_peer_.erase(path.peer);
    if (path.peer.stream) out_.close(path.peer);
  }
  transport.paths.clear();
  transport.peer.reset();
}

void MediaLoop::on_stream_closed(const Peer& peer, Monotonic) {
  auto found = by_peer_.find(peer);
  if (found != by_peer_.end()) drop_path(*found->second, peer);
}

bool MediaLoop::push_packet(Transport& transport, Kind kind, size_t length) {
  const Peer& peer = *transport.peer;
  if (peer.stream && kind == Kind::video) {
    const auto& line = transport.congestion;
    size_t second = (line ? line->estimate.bits_per_second() : BandwidthEstimate::start_bits) / 8;
    if (out_.queued(peer) > std::clamp(second, least_room, most_room)) {
      ++counters_.dropped_queue;
      return false;
    }
  }
  out_.push(peer, length);
  return true;
}

void MediaLoop::mind_queue(Transport& transport, Monotonic now) {
  Congestion* line = transport.congestion.get();
  if (!line || !line->heard || !transport.peer || !transport.peer->stream) return;
  size_t queued = out_.queued(*transport.peer);
  int64_t wait_us = static_cast<int64_t>(queued) * 8'000'000 / line->estimate.bits_per_second();
  if (queued < notable_queue || wait_us < long_queue_us) {
    line->queue_since = {};
    return;
  }
  if (line->queue_since == Monotonic{}) line->queue_since = now;
  if (now - line->queue_since < long_queue_for_us) return;
  line->queue_since = now + line->estimate.round_trip_us();
  line->estimate.on_queue(now);
}

}  // namespace parvis::sfu
