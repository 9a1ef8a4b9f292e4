#pragma once
// The data channels of one transport (RFC 8831), opened by either side with DCEP (RFC 8832) over one SCTP
// association. One thread.
#include <functional>

#include "engine/sfu/sctp_association.h"
#include "engine/sfu/types.h"

namespace parvis::sfu {

/// What data channels tell; called within their methods.
class ChannelListener {
 public:
  virtual ~ChannelListener() = default;
  virtual void transmit(ByteView packet) = 0;
  virtual bool may_open() { return true; }                  // one more, that the client asks for
  virtual void on_channel(const DataChannel& channel) = 0;  // messages can be sent on it
  virtual void on_channel_closed(uint16_t stream) = 0;
  virtual void on_channel_message(uint16_t stream, bool binary, Bytes message) = 0;
};

class DataChannels final : private sctp::Listener {
 public:
  static constexpr size_t max_label = 256;  // bytes, also of a protocol
  /// Where the engine's own streams begin: clients count from 0 or 1, and not all keep to the parity of their
  /// role.
  static constexpr uint16_t first_own_stream = 101;
  static constexpr size_t max_early = 64;  // messages on a stream that is opened again before it is closed

  /// `queued` counts the reliable messages that are not acknowledged; see sctp::Charge.
  DataChannels(const Limits& limits, uint64_t seed, std::shared_ptr<sctp::QueuedBytes> queued,
               ChannelListener& listener);

  /// The path is there: begins the association when channels wait for it.
  void start(Monotonic now);
  void receive(ByteView packet, Monotonic now);
  /// Stream 0: an odd one that is free, as for the DTLS server (RFC 8832 section 6). Ignored: a stream in
  /// use, too many channels.
  void open(DataChannel channel, Monotonic now);
  /// Of a message that is already charged. False: no such channel.
  bool send(uint16_t stream, bool binary, sctp::Payload message, sctp::Charge charge, Monotonic now);
  /// On the channel of this label. A reliable one whose queue is full is closed: its client would miss what
  /// others got.
  bool send(std::string_view label, bool binary, sctp::Payload message, Monotonic now);
  /// Tells the client, not the listener.
  void close() {
    channels_.clear();
    association_.abort();
  }
  void tick(Monotonic now);

 private:
  enum class Phase : uint8_t { waiting, open, closing };
  struct Channel {
    DataChannel options;
    std::optional<uint32_t> max_retransmits;
    std::optional<int64_t> lifetime_us;
    Phase phase = Phase::waiting;
    bool acknowledged = false;  // until then even unordered channels send in order
    bool peer_closed = false;
    std::vector<sctp::Message> early;  // of the stream's next channel, while this one is closing
  };

  void transmit(ByteView packet) override { listener_.transmit(packet); }
  void on_up() override;
  void on_down() override;
  void on_message(sctp::Message message) override;
  void on_peer_reset(const std::vector<uint16_t>& streams) override;
  void on_reset(uint16_t stream) override;

  void receive_control(uint16_t stream, ByteView message);
  bool receive_open(uint16_t stream, ByteView message);
  void begin(Channel& channel);
  void send_control(uint16_t stream, Bytes message);
  void send(Channel& channel, bool binary, sctp::Payload message, sctp::Charge charge);
  void close_channel(uint16_t stream);
  uint16_t free_stream() const;

  Limits limits_;
  ChannelListener& listener_;
  std::shared_ptr<sctp::QueuedBytes> queued_;
  std::map<uint16_t, Channel> channels_;
  bool started_ = false;
  Monotonic now_;  // of the call being served
  sctp::Association association_;
};

}  // namespace parvis::sfu
