// Data channels of a media thread's transports: between DTLS and the owner.
#include "engine/sfu/media_loop.h"
#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {

class TransportChannels final : public ChannelListener {
 public:
  TransportChannels(Transport& transport, LoopEvents& events, const Limits& limits, uint64_t& dropped)
      : transport_(transport), events_(events), limits_(limits), dropped_(dropped) {}
  void transmit(ByteView packet) override {
    if (transport_.dtls) transport_.dtls->send(packet);
  }
  bool may_open() override { return admits(); }
  void on_channel(const DataChannel& channel) override {
    events_.on_data_channel(transport_.local.id, channel);
  }
  void on_channel_closed(uint16_t stream) override {
    events_.on_data_channel_closed(transport_.local.id, stream);
  }
  void on_channel_message(uint16_t stream, bool binary, Bytes message) override {
    if (!admits()) return;
    events_.on_message(transport_.local.id, stream, binary, std::move(message));
  }

 private:
  /// Each is work of the owner's thread, and goes to many.
  bool admits() {
    bool good = transport_.messages.take(limits_.messages, transport_.record_arrived);
    if (!good) ++dropped_;
    return good;
  }
  Transport& transport_;
  LoopEvents& events_;
  const Limits& limits_;
  uint64_t& dropped_;
};

/// Tags of the association need to differ, no more (sctp_association.h): the random password does (FNV-1a).
uint64_t seed_of(const LocalTransport& local) {
  uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (char c : local.ice_pwd) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100'0000'01b3;
  return hash;
}

}  // namespace

void MediaLoop::make_channels(Transport& transport) {
  if (transport.channels) return;
  transport.channel_listener =
      std::make_unique<TransportChannels>(transport, events_, limits_, counters_.dropped_flood);
  transport.channels = std::make_unique<DataChannels>(limits_, seed_of(transport.local), transport.queued,
                                                      *transport.channel_listener);
}

void MediaLoop::count_queued(TransportId id, std::shared_ptr<sctp::QueuedBytes> queued) {
  if (Transport* transport = find(id)) transport->queued = std::move(queued);
}

void MediaLoop::open_data_channel(TransportId id, const DataChannel& channel, Monotonic now) {
  Transport* transport = find(id);
  if (!transport) return;
  make_channels(*transport);
  if (transport->inbound) transport->channels->start(now);
  transport->channels->open(channel, now);
}

void MediaLoop::send_message(TransportId id, uint16_t stream, bool binary, sctp::Payload message,
                             sctp::Charge charge, Monotonic now) {
  Transport* transport = find(id);
  if (transport && transport->channels)
    transport->channels->send(stream, binary, std::move(message), std::move(charge), now);
}

void MediaLoop::send_message(const std::vector<TransportId>& ids, std::string_view label, bool binary,
                             const sctp::Payload& message, Monotonic now) {
  for (TransportId id : ids) {
    Transport* transport = find(id);
    if (transport && transport->channels) transport->channels->send(label, binary, message, now);
  }
}

}  // namespace parvis::sfu
