#pragma once
// The records that a MediaLoop keeps.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "engine/sfu/budget.h"
#include "engine/sfu/congestion.h"
#include "engine/sfu/data_channels.h"
#include "engine/sfu/loss_repair.h"
#include "engine/sfu/media_loop.h"
#include "engine/sfu/pacer.h"
#include "engine/sfu/redundancy.h"
#include "engine/sfu/sequence_map.h"
#include "engine/sfu/speakers.h"

namespace parvis::sfu {

/// An address of the client that passed a check.
struct Path {
  Peer peer;
  Monotonic last_check;
  bool nominated = false;  // by the last check
  Budget checks;
};

/// Checks seen lately: who copies one and sends it from elsewhere does not draw the media there.
class SeenChecks {
 public:
  /// False for a transaction that came from another address before.
  bool admit(ByteView transaction, const Peer& from) {
    uint64_t id = 0;
    std::memcpy(&id, transaction.data(), sizeof id);
    size_t source = PeerHash{}(from);
    for (const auto& [known, its] : seen_) {
      if (known == id) return its == source;
    }
    if (seen_.size() < remembered) {
      seen_.emplace_back(id, source);
    } else {
      seen_[next_++ % remembered] = {id, source};
    }
    return true;
  }

 private:
  static constexpr size_t remembered = 64;  // two minutes of an idle client's
  std::vector<std::pair<uint64_t, size_t>> seen_;
  size_t next_ = 0;
};

struct Transport {
  uint64_t group = 0;
  LocalTransport local;
  RemoteTransport remote;
  std::string previous_ufrag;  // serves until the first check with the new one
  std::string previous_pwd;
  std::vector<Path> paths;
  SeenChecks seen;
  std::optional<Peer> peer;  // of these the one to send to
  Budget first_checks, packets, control, messages, resent;
  State state = State::connecting;
  Monotonic created, last_check;
  std::unique_ptr<Dtls> dtls;
  Monotonic record_arrived;  // the DTLS record being read
  std::optional<Srtp> inbound, outbound;
  std::vector<Track*> tracks;
  std::vector<SenderState*> senders;
  std::unordered_map<uint32_t, std::pair<Track*, size_t>> sources;  // SSRC -> track, layer
  std::unique_ptr<ChannelListener> channel_listener;
  std::unique_ptr<DataChannels> channels;  // from the first that either side opens
  std::shared_ptr<sctp::QueuedBytes> queued = std::make_shared<sctp::QueuedBytes>(0);
  TransportStats counters;
  Monotonic reported;                                               // last receiver report sent
  std::unordered_map<uint32_t, std::pair<Track*, size_t>> repairs;  // SSRC of retransmissions -> track, layer
  uint8_t transport_sequence_id = 0;  // of the client's packets, when it numbers them
  uint32_t numbered_ssrc = 0;         // of the last numbered packet
  ArrivalLog arrivals;
  Monotonic feedback_sent;
  double loss_received = 0;                // 0…1, lately, before repairs
  std::unique_ptr<Congestion> congestion;  // from the first numbered packet sent
  std::unique_ptr<Pacer> pacer;            // from the first packet that had to wait
  Redundancy redundancy;                   // of voices, by what the client loses
  uint32_t send_limit = 0;                 // bits per second; 0 = none
  Monotonic spoke{-seconds_us(60)};        // was last among the speakers
  Path* path(const Peer& from) {
    for (Path& one : paths) {
      if (one.peer == from) return &one;
    }
    return nullptr;
  }
};

/// The last packets of a layer, decrypted, by sequence number.
struct Ring {
  struct Slot {
    Bytes packet;
    uint16_t sequence = 0;
    bool used = false;
  };
  static constexpr size_t most_bytes = 262'144;  // a second of 720p
  std::vector<Slot> slots;
  size_t bytes = 0, oldest = 0;
  const Bytes* find(uint16_t sequence) const {
    if (slots.empty()) return nullptr;
    const Slot& slot = slots[sequence % slots.size()];
    return slot.used && slot.sequence == sequence ? &slot.packet : nullptr;
  }
  void put(uint16_t sequence, ByteView packet, size_t capacity) {
    if (slots.empty()) {
      slots.resize(capacity);
      oldest = sequence % capacity;
    }
    Slot& slot = slots[sequence % slots.size()];
    if (slot.used) bytes -= slot.packet.size();
    slot.packet.assign(packet.begin(), packet.end());
    slot.sequence = sequence;
    slot.used = true;
    bytes += packet.size();
    for (size_t turns = 0; bytes > most_bytes && turns < slots.size(); ++turns) {
      Slot& old = slots[oldest];
      oldest = (oldest + 1) % slots.size();
      if (!old.used || &old == &slot) continue;
      bytes -= old.packet.size();
      old.used = false;
      Bytes().swap(old.packet);
    }
  }
};

struct Layer {
  LayerOptions options;
  bool started = false;
  bool alive = false;  // a packet within layer_silent_us
  Monotonic last_packet;
  Monotonic key_frame_asked{-seconds_us(10)};
  bool key_frame_wanted = false;  // asked too recently: asked again at the next tick
  Ring ring;
  LossRepair repair;
  LayerBook book;  // of the layers within it
  RateMeter rate;
  MeanRate mean;
  // For receiver reports (RFC 3550 appendix A.3); sequence numbers extended to 32 bits.
  uint32_t first_sequence = 0, highest_sequence = 0, received = 0;
  uint32_t expected_before = 0, received_before = 0;
  uint32_t last_report = 0;  // middle 32 bits of its wall clock
  Monotonic report_arrived;
  void count(uint16_t sequence) {
    if (received++ == 0) first_sequence = highest_sequence = 0x1'0000u + sequence;
    auto ahead = static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_sequence));
    if (ahead > 0) highest_sequence += static_cast<uint32_t>(ahead);
  }
};

struct Track {
  TrackId id;
  Transport* publisher = nullptr;
  ReceiverOptions options;
  bool muted = false;
  VoiceMeter voice;       // audio
  VoiceMemory memory;     // audio
  bool gathered = false;  // many hear it, and other voices: see media_voices.cpp
  bool hushed = false;    // others of its group are louder: not forwarded
  std::vector<Layer> layers;
  std::vector<SenderState*> senders;
  Codec codec_of(uint8_t payload_type) const {
    for (const auto& codec : options.codecs) {
      if (codec.payload_type == payload_type) return codec.codec;
    }
    return Codec::other;
  }
};

struct SenderState {
  Sender sender;
  Transport* subscriber = nullptr;
  Track* track = nullptr;
  SenderOptions options;
  LayerLimit limit;
  LayerLimit ceiling;                     // by what the line carries
  bool held = false;                      // the line does not even carry the lowest
  Monotonic overflowed{-seconds_us(60)};  // was held because too much of it waited
  uint8_t redundant_type = 0;     // for voices with what came before (RFC 2198); 0 = the client takes none
  std::optional<size_t> layer;    // now sent; none until a key frame
  LayerCursor cursor;             // within it
  uint8_t ticks_waited = 0;       // for another spatial layer of the same encoding
  uint8_t temporal_enough = 255;  // for the frames per second that are wished
  // The subscriber sees one continuous stream over changes of encodings, and no gap where packets are left
  // out.
  SequenceMap numbers;
  uint32_t timestamp_offset = 0;
  PictureContinuity pictures;
  uint16_t frame_offset = 0, last_frame = 0;  // of dependency descriptors
  bool renumber_frames = false;
  uint16_t last_sequence = 0;
  uint32_t last_timestamp = 0;
  Monotonic last_sent;
  bool started = false;
  uint16_t rtx_sequence = 1;
  uint32_t packets = 0, octets = 0;

  /// The highest layer that is alive and within the limit.
  size_t target() const {
    size_t best = 0;
    for (size_t i = 0; i < track->layers.size(); ++i) {
      if (track->layers[i].alive && i <= limit.spatial && i <= ceiling.spatial) best = i;
    }
    return best;
  }
  /// What is wished of the layers within encoding `index`.
  Cell wished() const {
    bool simulcast = track->layers.size() > 1;
    uint8_t spatial = simulcast ? uint8_t{255} : std::min(limit.spatial, ceiling.spatial);
    uint8_t temporal = std::min({limit.temporal, ceiling.temporal, temporal_enough});
    return {std::min<uint8_t>(spatial, spatial_layers - 1), std::min<uint8_t>(temporal, temporal_layers - 1)};
  }
  /// The same as a decode target that there is, when the publisher names them.
  Cell wanted(size_t index) const {
    const LayerBook& book = track->layers[index].book;
    return book.structure ? book.nearest(wished()) : wished();
  }
};

}  // namespace parvis::sfu
