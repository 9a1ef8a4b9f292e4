// The owner's side: chooses ids and credentials at once, and posts each change to the media thread of the
// transport's group.
#include <algorithm>

#include "engine/sfu/channel_book.h"
#include "engine/sfu/media_loop.h"
#include "engine/sfu/sfu.h"

namespace parvis::sfu {
namespace {

constexpr size_t max_loops = 16;  // the low four bits of an id tell its loop
// RFC 8445 section 5.1.2: type 126, the local preference, component 1. RFC 6544 section 4.2: over TCP less,
// and its local preference begins with the direction (passive is 4).
constexpr uint32_t udp_priority = 2'130'706'431;
constexpr uint32_t tcp_priority = 99u << 24 | (4u << 13 | 8'191u) << 8 | 255u;

template <class Id>
size_t loop_of(Id id) {
  return static_cast<uint64_t>(id) % max_loops;
}

/// Hands what a media thread tells to the owner's thread; nothing arrives once `alive` is false.
class Relay final : public LoopEvents {
 public:
  Relay(Engine::Post post, std::shared_ptr<bool> alive, Events& events, ChannelBook& book,
        std::function<void(TransportId)> gone, std::function<void()> waiting)
      : post_(std::move(post)),
        alive_(std::move(alive)),
        events_(events),
        book_(book),
        gone_(std::move(gone)),
        waiting_(std::move(waiting)) {}
  void on_state(TransportId transport, State state, CloseReason reason) override {
    tell([this, transport, state, reason] {
      if (state == State::failed || state == State::closed) gone_(transport);
      events_.on_state(transport, state, reason);
    });
  }
  void on_track_started(TrackId track, const std::string& rid) override {
    tell([this, track, rid] { events_.on_track_started(track, rid); });
  }
  void on_speakers(uint64_t group, const std::vector<SpeakerLevel>& speakers) override {
    tell([this, group, speakers] { events_.on_speakers(group, speakers); });
  }
  void on_layer(SenderId sender, LayerLimit layer) override {
    tell([this, sender, layer] { events_.on_layer(sender, layer); });
  }
  void on_data_channel(TransportId transport, const DataChannel& channel) override {
    tell([this, transport, channel] {
      book_.opened(transport, channel);
      events_.on_data_channel(transport, channel);
    });
  }
  void on_data_channel_closed(TransportId transport, uint16_t stream) override {
    tell([this, transport, stream] {
      book_.closed(transport, stream);
      events_.on_data_channel_closed(transport, stream);
    });
  }
  void on_message(TransportId transport, uint16_t stream, bool binary, Bytes message) override {
    tell([this, transport, stream, binary, message = std::move(message)]() mutable {
      events_.on_message(transport, stream, binary, std::move(message));
    });
  }
  void on_waiting() override { waiting_(); }
  template <class F>
  void tell(F call) {
    post_([alive = alive_, call = std::move(call)]() mutable {
      if (*alive) call();
    });
  }

 private:
  Engine::Post post_;
  std::shared_ptr<bool> alive_;  // read on the owner's thread only
  Events& events_;
  ChannelBook& book_;  // owner's thread only
  std::function<void(TransportId)> gone_;
  std::function<void()> waiting_;  // media thread
};

struct Host {
  std::unique_ptr<Relay> relay;
  std::unique_ptr<MediaLoop> loop;
  bool pacing = false;                  // pace() is about to be called
  std::unique_ptr<MediaThread> thread;  // last: it is joined before what it uses goes

  void tick() {
    loop->tick(thread->loop().now());
    thread->loop().call_at(thread->loop().now() + MediaLoop::tick_us, [this] { tick(); });
  }
  void pace() {
    pacing = loop->pace(thread->loop().now());
    if (pacing) call_pace();
  }
  void pace_soon() {
    if (!std::exchange(pacing, true)) call_pace();
  }
  void call_pace() {
    thread->loop().call_at(thread->loop().now() + Pacer::turn_us, [this] { pace(); });
  }
};

class SystemEngine final : public Engine {
 public:
  SystemEngine(Configuration configuration, Random& random, Post post, Events& events,
               std::shared_ptr<Certificate> certificate)
      : configuration_(std::move(configuration)),
        random_(random),
        post_(std::move(post)),
        events_(events),
        certificate_(std::move(certificate)) {}
  ~SystemEngine() override { *alive_ = false; }

  Result<void> open() {
    for (size_t i = 0; i < configuration_.loops; ++i) {
      uint16_t port =
          configuration_.udp_port ? static_cast<uint16_t>(configuration_.udp_port + i) : uint16_t{0};
      auto host = std::make_unique<Host>();
      StreamOptions streams{.door = door(), .port = 0, .limits = {}};
      if (configuration_.tcp_port) streams.port = static_cast<uint16_t>(configuration_.tcp_port + i);
      host->thread =
          TRY(open_media_thread("media" + std::to_string(i), {configuration_.bind_host, port}, streams));
      host->relay = std::make_unique<Relay>(
          post_, alive_, events_, book_, [this](TransportId id) { forget(id); },
          [host = host.get()] { host->pace_soon(); });
      host->loop = std::make_unique<MediaLoop>(certificate_, configuration_.limits, host->thread->sender(),
                                               *host->relay);
      ports_.push_back(host->thread->port());
      tcp_ports_.push_back(configuration_.tcp == Configuration::Tcp::adopted ? configuration_.tcp_port
                                                                             : host->thread->stream_port());
      hosts_.push_back(std::move(host));
    }
    for (auto& host : hosts_) {
      host->thread->post([host = host.get()] { host->tick(); });
      host->thread->run(*host->loop);
    }
    return {};
  }

  Result<LocalTransport> create_transport(const TransportOptions& options) override {
    if (transports_.size() >= configuration_.limits.transports) return fail(reasons::too_many_transports);
    LocalTransport local;
    local.id = next<TransportId>(loop_of_group(options.group));
    renew(local);
    local.fingerprint = certificate_->fingerprint();
    local.candidates = candidates(loop_of(local.id), options.tcp_only);
    transports_[local.id] = local;
    on_loop(local.id,
            [local, group = options.group, queued = book_.add(local.id)](MediaLoop& loop, Monotonic now) {
              loop.create_transport(local, group, now);
              loop.count_queued(local.id, queued);
            });
    return local;
  }
  Result<void> set_remote(TransportId transport, const RemoteTransport& remote) override {
    if (!transports_.contains(transport)) return fail(reasons::no_such_transport);
    if (!remote.fingerprint.starts_with("sha-256 ") || remote.ice_ufrag.empty() || remote.ice_pwd.empty()) {
      return fail(reasons::bad_negotiation, "ICE credentials or fingerprint");
    }
    on_loop(transport,
            [transport, remote](MediaLoop& loop, Monotonic) { loop.set_remote(transport, remote); });
    return {};
  }
  Result<LocalTransport> restart_ice(TransportId transport) override {
    auto found = transports_.find(transport);
    if (found == transports_.end()) return fail(reasons::no_such_transport);
    renew(found->second);
    on_loop(transport, [local = found->second](MediaLoop& loop, Monotonic) { loop.restart_ice(local); });
    return found->second;
  }
  void close_transport(TransportId transport) override {
    on_loop(transport,
            [transport](MediaLoop& loop, Monotonic) { loop.close_transport(transport, CloseReason::asked); });
  }
  void move_transport(TransportId transport, uint64_t group) override {
    if (loop_of_group(group) != loop_of(transport)) return;
    on_loop(transport,
            [transport, group](MediaLoop& loop, Monotonic) { loop.move_transport(transport, group); });
  }
  bool share_thread(uint64_t group, uint64_t other) const override {
    return loop_of_group(group) == loop_of_group(other);
  }

  Result<TrackId> add_receiver(TransportId transport, const ReceiverOptions& options) override {
    if (!transports_.contains(transport)) return fail(reasons::no_such_transport);
    if (options.codecs.empty() || options.layers.size() > 8)
      return fail(reasons::bad_negotiation, "codecs or layers");
    auto id = next<TrackId>(loop_of(transport));
    on_loop(id, [id, transport, options](MediaLoop& loop, Monotonic) {
      loop.add_receiver(id, transport, options);
    });
    return id;
  }
  void set_muted(TrackId track, bool muted) override {
    on_loop(track, [track, muted](MediaLoop& loop, Monotonic) { loop.set_muted(track, muted); });
  }
  void remove_receiver(TrackId track) override {
    on_loop(track, [track](MediaLoop& loop, Monotonic) { loop.remove_receiver(track); });
  }

  Result<Sender> add_sender(TransportId transport, TrackId track, const SenderOptions& options) override {
    if (!transports_.contains(transport)) return fail(reasons::no_such_transport);
    if (loop_of(transport) != loop_of(track)) return fail(reasons::bad_negotiation, "track of another group");
    Sender sender{
        .id = next<SenderId>(loop_of(transport)), .ssrc = options.ssrc, .rtx_ssrc = options.rtx_ssrc};
    if (!sender.ssrc) sender.ssrc = new_ssrc();
    bool repairs =
        std::ranges::any_of(options.codecs, [](const auto& codec) { return codec.rtx_payload_type != 0; });
    if (!sender.rtx_ssrc && repairs) sender.rtx_ssrc = new_ssrc();
    on_loop(track, [=](MediaLoop& loop, Monotonic) { loop.add_sender(sender, transport, track, options); });
    return sender;
  }
  void set_layer_limit(SenderId sender, LayerLimit limit) override {
    on_loop(sender, [sender, limit](MediaLoop& loop, Monotonic) { loop.set_layer_limit(sender, limit); });
  }
  void set_send_limit(TransportId transport, uint32_t bits) override {
    on_loop(transport,
            [transport, bits](MediaLoop& loop, Monotonic) { loop.set_send_limit(transport, bits); });
  }
  void set_paused(SenderId sender, bool paused) override {
    on_loop(sender, [sender, paused](MediaLoop& loop, Monotonic) { loop.set_paused(sender, paused); });
  }
  void remove_sender(SenderId sender) override {
    on_loop(sender, [sender](MediaLoop& loop, Monotonic) { loop.remove_sender(sender); });
  }

  void open_data_channel(TransportId transport, const DataChannel& channel) override {
    on_loop(transport, [transport, channel](MediaLoop& loop, Monotonic now) {
      loop.open_data_channel(transport, channel, now);
    });
  }
  bool send_message(TransportId transport, uint16_t stream, bool binary, ByteView message) override {
    auto charge = book_.admit(transport, stream, message.size(), configuration_.limits);
    if (!charge) return false;
    // Callbacks are copied: what they share is held once.
    auto shared = std::make_shared<sctp::Charge>(std::move(*charge));
    auto payload = std::make_shared<const Bytes>(message.begin(), message.end());
    on_loop(transport, [=](MediaLoop& loop, Monotonic now) {
      loop.send_message(transport, stream, binary, payload, std::move(*shared), now);
    });
    return true;
  }
  void send_message(std::vector<TransportId> transports, std::string label, bool binary,
                    Bytes message) override {
    if (message.size() > configuration_.limits.message_bytes) return;
    std::vector<std::vector<TransportId>> by_loop(hosts_.size());
    for (TransportId transport : transports) {
      if (loop_of(transport) < hosts_.size()) by_loop[loop_of(transport)].push_back(transport);
    }
    auto payload = std::make_shared<const Bytes>(std::move(message));
    for (auto& group : by_loop) {
      if (group.empty()) continue;
      on_loop(group[0], [group = std::move(group), label, binary, payload](MediaLoop& loop, Monotonic now) {
        loop.send_message(group, label, binary, payload, now);
      });
    }
  }

  void transport_stats(std::vector<TransportId> ids,
                       std::function<void(std::vector<TransportStats>)> answer) override {
    auto all = std::make_shared<std::vector<TransportStats>>();
    auto waiting = std::make_shared<size_t>(hosts_.size());
    for (auto& host : hosts_) {
      host->thread->post([host = host.get(), ids, all, waiting, answer] {
        host->relay->tell([part = host->loop->stats(ids), all, waiting, answer] {
          all->insert(all->end(), part.begin(), part.end());
          if (--*waiting == 0) answer(std::move(*all));
        });
      });
    }
  }
  void engine_stats(std::function<void(EngineStats)> answer) override {
    auto sum = std::make_shared<EngineStats>();
    auto waiting = std::make_shared<size_t>(hosts_.size());
    for (auto& host : hosts_) {
      host->thread->post([host = host.get(), sum, waiting, answer] {
        auto part = host->loop->stats();
        part.cpu_us = static_cast<uint64_t>(host->thread->cpu_us());
        StreamStats streams = host->thread->stream_stats();
        part.tcp_connections = streams.open;
        part.tcp_refused = streams.refused;
        part.tcp_never_proven = streams.never_proven;
        part.tcp_malformed = streams.malformed;
        part.dropped_queue += streams.dropped;
        host->relay->tell([part, sum, waiting, answer] {
          *sum += part;
          if (--*waiting == 0) answer(*sum);
        });
      });
    }
  }

  const std::string& fingerprint() const override { return certificate_->fingerprint(); }
  const std::vector<uint16_t>& udp_ports() const override { return ports_; }
  const std::vector<uint16_t>& tcp_ports() const override { return tcp_ports_; }
  void adopt(int descriptor) override { hosts_[0]->thread->adopt(descriptor); }

 private:
  size_t loop_of_group(uint64_t group) const { return (group * 0x9e37'79b9'7f4a'7c15 >> 32) % hosts_.size(); }
  template <class Id>
  Id next(size_t loop) {
    return static_cast<Id>(++last_id_ * max_loops + loop);
  }
  template <class Id, class F>
  void on_loop(Id id, F change) {
    size_t index = loop_of(id);
    if (index >= hosts_.size()) return;
    Host* host = hosts_[index].get();
    host->thread->post([host, change = std::move(change)]() mutable {
      change(*host->loop, host->thread->loop().now());
      host->thread->sender().flush();
    });
  }
  void forget(TransportId transport) {
    transports_.erase(transport);
    book_.remove(transport);
  }
  void renew(LocalTransport& local) {
    std::array<uint8_t, 24> bytes;
    random_.fill(bytes);
    local.ice_ufrag = to_base64(ByteView(bytes).first(6), Base64::standard_unpadded);
    local.ice_pwd = to_base64(ByteView(bytes).subspan(6), Base64::standard_unpadded);
  }
  uint32_t new_ssrc() { return static_cast<uint32_t>(random_.number()) | 1; }
  StreamOptions::Door door() const {
    using Tcp = Configuration::Tcp;
    if (configuration_.tcp == Tcp::off) return StreamOptions::Door::none;
    return configuration_.tcp == Tcp::adopted ? StreamOptions::Door::adopted : StreamOptions::Door::own_port;
  }
  std::vector<IceCandidate> candidates(size_t loop, bool tcp_only) const {
    auto hosts = configuration_.advertised_hosts;
    if (hosts.empty()) hosts.push_back(configuration_.bind_host);
    std::vector<IceCandidate> out;
    auto add = [&](bool tcp, uint32_t priority, uint16_t port) {
      for (uint32_t rank = 0; rank < hosts.size(); ++rank) {
        out.push_back({std::to_string(out.size() + 1), priority - rank * 256, tcp, hosts[rank], port});
      }
    };
    if (!tcp_only || tcp_ports_[loop] == 0) add(false, udp_priority, ports_[loop]);
    if (tcp_ports_[loop] != 0) add(true, tcp_priority, tcp_ports_[loop]);
    return out;
  }

  Configuration configuration_;
  Random& random_;
  Post post_;
  Events& events_;
  std::shared_ptr<Certificate> certificate_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unordered_map<TransportId, LocalTransport> transports_;
  ChannelBook book_;
  std::vector<uint16_t> ports_, tcp_ports_;
  uint64_t last_id_ = 0;
  std::vector<std::unique_ptr<Host>> hosts_;  // last: threads end first
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::start(Configuration configuration, Random& random, Post post,
                                              Events& events) {
  if (configuration.loops == 0 || configuration.loops > max_loops)
    return fail(reasons::bad_negotiation, "1 to 16 loops");
  if (configuration.tcp == Configuration::Tcp::adopted && configuration.loops != 1)
    return fail(reasons::bad_negotiation, "a shared TCP port serves one loop");
  auto certificate = TRY(Certificate::make());
  auto engine = std::make_unique<SystemEngine>(std::move(configuration), random, std::move(post), events,
                                               std::move(certificate));
  TRY(engine->open());
  return engine;
}

}  // namespace parvis::sfu
