#pragma once
// A selective forwarding unit: ICE-lite, DTLS 1.2, SRTP, RTP/RTCP and SCTP data channels, on media threads of
// its own. It knows transports, tracks and senders, nothing of rooms, people or signalling; see README.md.
//
// Threading: every method, and every call of Events, is on the owner's loop thread (the one that made the
// Engine; events come through `post`). Calls never block: ids, ports and credentials are chosen at once and
// the change reaches the media thread in order of calling. Ids of things that are gone are ignored, so a
// caller needs no care about races.
#include <functional>
#include <memory>

#include "base/result.h"
#include "engine/sfu/types.h"
#include "platform/env.h"

namespace parvis::sfu {

namespace reasons {
inline constexpr Reason too_many_transports{Code::unavailable, "media_full",
                                            "Le serveur de réunion est complet ; réessayez dans un instant.",
                                            "The meeting server is full; try again shortly."};
inline constexpr Reason bad_negotiation{Code::invalid, "bad_negotiation",
                                        "La négociation des médias est incorrecte.",
                                        "The media negotiation is not valid."};
inline constexpr Reason no_such_transport{Code::not_found, "no_such_transport", "La liaison n’existe plus.",
                                          "The connection no longer exists."};
}  // namespace reasons

/// What happens in the engine; each is called on the owner's thread, after what it tells of. Default:
/// ignored.
class Events {
 public:
  virtual ~Events() = default;
  /// connected: DTLS is up and media flows. disconnected: no sign of the client for a while, may come back.
  /// failed and closed are the last word on a transport (its tracks and senders are gone).
  virtual void on_state(TransportId, State, CloseReason) {}
  /// The first packet of a layer arrived; `rid` is empty without simulcast.
  virtual void on_track_started(TrackId, std::string /*rid*/) {}
  /// Who speaks in a group, loudest first; told on change, at most every 200 ms.
  virtual void on_speakers(uint64_t /*group*/, std::vector<SpeakerLevel>) {}
  /// The simulcast layer now sent to a subscriber; held_layer: none, the line does not carry it.
  virtual void on_layer(SenderId, LayerLimit) {}
  virtual void on_data_channel(TransportId, DataChannel) {}  // opened, by either side
  /// By the client, or because its reliable queue was full when a message to many was sent. Not told when the
  /// transport goes.
  virtual void on_data_channel_closed(TransportId, uint16_t /*stream*/) {}
  virtual void on_message(TransportId, uint16_t /*stream*/, bool /*binary*/, Bytes) {}
};

class Engine {
 public:
  using Post = std::function<void(Callback)>;  // thread-safe: runs the callback on the owner's loop

  /// Binds the ports, makes the certificate, starts the media threads. `random` is used on the owner's thread
  /// only. `events` outlives the Engine; nothing is delivered after its destructor returned, which stops the
  /// threads.
  static Result<std::unique_ptr<Engine>> start(Configuration configuration, Random& random, Post post,
                                               Events& events);
  virtual ~Engine() = default;

  virtual Result<LocalTransport> create_transport(const TransportOptions& options) = 0;
  /// Before any media. Called again: an ICE restart (new ufrag and pwd); the fingerprint must not change.
  virtual Result<void> set_remote(TransportId transport, const RemoteTransport& remote) = 0;
  /// New local ufrag and pwd for an ICE restart; the old ones serve until the client's first check with the
  /// new.
  virtual Result<LocalTransport> restart_ice(TransportId transport) = 0;
  virtual void close_transport(TransportId transport) = 0;
  /// To another group of the same media thread. Its tracks stay; nothing is sent from or to the old group any
  /// more.
  virtual void move_transport(TransportId transport, uint64_t group) = 0;
  /// Whether both groups are served by one media thread.
  virtual bool share_thread(uint64_t group, uint64_t other) const = 0;

  /// A track the client publishes. `options` may be told before or after its packets come (early ones are
  /// dropped).
  virtual Result<TrackId> add_receiver(TransportId transport, const ReceiverOptions& options) = 0;
  /// A muted track is not forwarded, whatever the client sends.
  virtual void set_muted(TrackId track, bool muted) = 0;
  virtual void remove_receiver(TrackId track) = 0;  // its senders go with it

  /// Forwards `track` to `transport` (of the same group). The subscriber gets a key frame by itself.
  virtual Result<Sender> add_sender(TransportId transport, TrackId track, const SenderOptions& options) = 0;
  virtual void set_layer_limit(SenderId sender, LayerLimit limit) = 0;
  /// Upper bound of what is sent to this transport, voices included; 0 = none. Images give way, voices never.
  virtual void set_send_limit(TransportId transport, uint32_t bits_per_second) = 0;
  virtual void set_paused(SenderId sender, bool paused) = 0;
  virtual void remove_sender(SenderId sender) = 0;

  /// Opens a channel by DCEP (RFC 8832); answered by on_data_channel once the association is up. Not needed
  /// for channels that the client opens. Stream 0: the engine chooses an odd one from 101 on.
  virtual void open_data_channel(TransportId transport, const DataChannel& channel) = 0;
  /// False: no such channel yet, message too large, or (reliable) the queue is full: the client is too slow.
  /// Lossy messages beyond ~100 ms of queue are dropped silently.
  virtual bool send_message(TransportId transport, uint16_t stream, bool binary, ByteView message) = 0;
  /// The same message to many transports, on the channel of this label: one copy per media thread.
  virtual void send_message(std::vector<TransportId> transports, std::string label, bool binary,
                            Bytes message) = 0;

  /// Answered on the owner's thread. Counters only grow: the owner meters their differences.
  virtual void transport_stats(std::vector<TransportId> transports,
                               std::function<void(std::vector<TransportStats>)> answer) = 0;
  virtual void engine_stats(std::function<void(EngineStats)> answer) = 0;

  virtual const std::string& fingerprint() const = 0;
  virtual const std::vector<uint16_t>& udp_ports() const = 0;
  virtual const std::vector<uint16_t>& tcp_ports() const = 0;  // 0: none
  /// A TCP connection that somebody else accepted (Configuration::Tcp::adopted); takes the descriptor.
  virtual void adopt(int descriptor) = 0;
};

}  // namespace parvis::sfu
