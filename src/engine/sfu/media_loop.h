#pragma once
// One media thread's world: its transports, tracks and senders. Bytes in, bytes out, time passed in; no
// thread, no socket: tests drive it directly. Everything on one thread. Behaviour of each method: see sfu.h.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/sfu/dtls.h"
#include "engine/sfu/layers.h"
#include "engine/sfu/pacer.h"
#include "engine/sfu/rtp.h"
#include "engine/sfu/sctp_outbound.h"
#include "engine/sfu/types.h"
#include "platform/udp_batch.h"

namespace parvis::sfu {

struct Track;
struct SenderState;
struct Transport;
struct Path;
struct Layer;

/// What the loop tells; called on the media thread.
class LoopEvents {
 public:
  virtual ~LoopEvents() = default;
  virtual void on_state(TransportId transport, State state, CloseReason reason) = 0;
  virtual void on_track_started(TrackId track, const std::string& rid) = 0;
  virtual void on_layer(SenderId sender, LayerLimit layer) = 0;
  virtual void on_speakers(uint64_t group, const std::vector<SpeakerLevel>& speakers) = 0;
  virtual void on_data_channel(TransportId, const DataChannel&) {}
  virtual void on_data_channel_closed(TransportId, uint16_t /*stream*/) {}
  virtual void on_message(TransportId, uint16_t /*stream*/, bool /*binary*/, Bytes) {}
  /// Something waits for its turn: pace() is to be called from now on.
  virtual void on_waiting() {}
};

class MediaLoop final : public DatagramReceiver {
 public:
  static constexpr int64_t tick_us = 50'000;

  MediaLoop(std::shared_ptr<Certificate> certificate, Limits limits, DatagramSender& out, LoopEvents& events);
  ~MediaLoop() override;

  void create_transport(const LocalTransport& local, uint64_t group, Monotonic now);
  void set_remote(TransportId transport, const RemoteTransport& remote);
  void restart_ice(const LocalTransport& local);
  void close_transport(TransportId transport, CloseReason reason);
  void move_transport(TransportId transport, uint64_t group);
  void add_receiver(TrackId track, TransportId transport, ReceiverOptions options);
  void set_muted(TrackId track, bool muted);
  void remove_receiver(TrackId track);
  void add_sender(const Sender& sender, TransportId transport, TrackId track, SenderOptions options);
  void set_layer_limit(SenderId sender, LayerLimit limit);
  void set_send_limit(TransportId transport, uint32_t bits_per_second);
  void set_paused(SenderId sender, bool paused);
  void remove_sender(SenderId sender);
  /// Reliable messages are counted in `queued` until the client has them.
  void count_queued(TransportId transport, std::shared_ptr<sctp::QueuedBytes> queued);
  void open_data_channel(TransportId transport, const DataChannel& channel, Monotonic now);
  void send_message(TransportId transport, uint16_t stream, bool binary, sctp::Payload message,
                    sctp::Charge charge, Monotonic now);
  void send_message(const std::vector<TransportId>& transports, std::string_view label, bool binary,
                    const sctp::Payload& message, Monotonic now);
  std::vector<TransportStats> stats(const std::vector<TransportId>& transports) const;
  EngineStats stats() const;

  void on_arrival(Monotonic at) override { arrived_ = at; }
  void on_datagram(const Peer& from, std::span<uint8_t> bytes, Monotonic now) override;
  void on_batch_end(Monotonic now) override;
  void on_stream_closed(const Peer& peer, Monotonic now) override;
  void tick(Monotonic now);
  /// What waits for narrow lines; true while more waits, then to be called again after Pacer::turn_us.
  bool pace(Monotonic now);

 private:
  /// A packet of the batch that is being read; the bytes live until its end.
  struct Waiting {
    Track* track;
    size_t layer;
    ByteView packet;
    RtpHeader header;
    Place place;
  };
  /// A voice's packet that waits for the end of its time slot.
  struct Gathered {
    Bytes packet;
    Waiting one;
  };
  void receive_stun(const Peer& from, ByteView bytes, Monotonic now);
  Path* add_path(Transport& transport, const Peer& from, Monotonic now);
  void choose_path(Transport& transport, const Path& path, Monotonic now);
  void drop_path(Transport& transport, const Peer& peer);
  void drop_paths(Transport& transport);
  /// What was written to space(), sealed, to the client; false when a slow TCP connection has no room.
  bool push_packet(Transport& transport, Kind kind, size_t length);
  void mind_queue(Transport& transport, Monotonic now);
  void receive_dtls(Transport& transport, ByteView bytes, Monotonic now);
  void receive_rtp(Transport& transport, std::span<uint8_t> bytes, Monotonic arrived, Monotonic now);
  void receive_rtcp(Transport& transport, std::span<uint8_t> bytes, Monotonic now);
  bool start_dtls(Transport& transport);
  void act_on(Transport& transport, Dtls::Outcome outcome, Monotonic now);
  void make_channels(Transport& transport);
  Track* track_of(Transport& transport, ByteView packet, const RtpHeader& header);
  void forward_waiting(Monotonic now);
  bool choose_layer(SenderState& sender, Track& track, const Waiting& one, Monotonic now);
  void leave_out(SenderState& sender, const Track& track, const Waiting& one, Monotonic now);
  void mind_layers(Track& track, Monotonic now);
  void send(SenderState& sender, const Track& track, const Waiting& one, size_t padding, Monotonic now);
  /// The dependency descriptor as the subscriber gets it. `fresh`: not sent before.
  ByteView descriptor_for(SenderState& sender, const Track& track, const Waiting& one, bool fresh);
  void leave_out_padding(SenderState& sender, const Waiting& one, Monotonic now);
  void fill_hole(SenderState& sender, uint16_t sequence, const RtpHeader& header, Monotonic now);
  void gather(const Waiting& one, Monotonic now);
  void send_gathered(Monotonic now);
  /// Its length; 0 when it was not sent.
  size_t resend(SenderState& sender, uint16_t sequence, Urgency urgency, Monotonic now);
  bool dispatch(SenderState& sender, std::span<uint8_t> out, size_t length, size_t number_at, Urgency urgency,
                Monotonic now);
  void depart(Transport& transport, Kind kind, std::span<uint8_t> out, size_t length, size_t number_at,
              Monotonic now);
  void end_probe(Transport& transport, Monotonic now);
  void hold(SenderState& sender);
  uint32_t pace_of(const Transport& transport, Monotonic now) const;
  Layer* repaired(Transport& transport, std::span<uint8_t>& packet, RtpHeader& header);
  void ask_again(Track& track, Layer& layer, Monotonic now);
  void ask_for_image(const SenderState& sender, Monotonic now);
  void ask_key_frame(Track& track, size_t layer, Monotonic now);
  void answer_nack(SenderState& sender, ByteView packet, Monotonic now);
  void take_losses(Transport& transport, ByteView report, Monotonic now);
  void forward_sender_report(Transport& transport, ByteView report, Monotonic now);
  void tell_speakers(Monotonic now);
  void choose_voices(Monotonic now);
  void mind_lines(Monotonic now);
  uint32_t budget_of(const Transport& transport, Monotonic now) const;
  void allocate_line(Transport& transport, Monotonic now);
  void probe_line(Transport& transport, Monotonic now);
  void begin_probe(Transport& transport, uint32_t bits, Monotonic now);
  size_t send_padding(Transport& transport, SenderState& sender, Monotonic now);
  void send_feedback(Transport& transport, Monotonic now);
  void report_reception(Transport& transport, Monotonic now);
  void send_rtcp(Transport& transport, ByteView packet);
  void send_raw(Transport& transport, ByteView packet);
  Transport* find(TransportId id);

  std::shared_ptr<Certificate> certificate_;
  Limits limits_;
  DatagramSender& out_;
  LoopEvents& events_;
  std::unordered_map<TransportId, std::unique_ptr<Transport>> transports_;
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, Transport*, TextHash, std::equal_to<>> by_ufrag_;
  std::unordered_map<Peer, Transport*, PeerHash> by_peer_;
  std::unordered_map<TrackId, std::unique_ptr<Track>> tracks_;
  std::unordered_map<SenderId, std::unique_ptr<SenderState>> senders_;
  std::vector<Waiting> waiting_;
  std::array<uint8_t, max_descriptor_bytes>
      descriptor_;  // the dependency descriptor of the packet being sent
  std::vector<Gathered> gathered_;
  Monotonic slot_ends_;             // then what was gathered leaves
  std::vector<TransportId> paced_;  // those for whom packets wait
  EngineStats counters_;
  std::optional<Monotonic> arrived_;  // of the datagram that comes next
  Monotonic speakers_told_;
  std::map<uint64_t, std::vector<SpeakerLevel>> speakers_;  // by group, as last told
};

}  // namespace parvis::sfu
