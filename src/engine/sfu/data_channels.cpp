#include "engine/sfu/data_channels.h"

#include <algorithm>

#include "base/utf8.h"

namespace parvis::sfu {
namespace {

// Payload protocol identifiers (RFC 8831 section 8). A message of SCTP is never empty: empty ones are one
// byte.
enum Protocol : uint32_t { control = 50, text = 51, binary_data = 53, empty_text = 56, empty_binary = 57 };

// RFC 8832 section 5.1: DATA_CHANNEL_OPEN.
constexpr uint8_t message_ack = 2, message_open = 3;
constexpr size_t open_header = 12;
constexpr uint8_t unordered_bit = 0x80;
enum ChannelType : uint8_t { reliable = 0, limited_retransmits = 1, limited_lifetime = 2 };
constexpr size_t max_stream = 1'023;

uint32_t number_at(ByteView bytes, size_t at, size_t length) {
  uint32_t out = 0;
  for (size_t i = 0; i < length; ++i) out = out << 8 | bytes[at + i];
  return out;
}

Bytes open_message(const DataChannel& channel) {
  uint8_t type = channel.reliable ? reliable : limited_retransmits;  // lossy: sent once
  if (!channel.ordered) type |= unordered_bit;
  auto label = channel.label.size(), protocol = channel.protocol.size();
  Bytes out{
      message_open,     type, 1, 0, 0, 0, 0, 0, uint8_t(label >> 8), uint8_t(label), uint8_t(protocol >> 8),
      uint8_t(protocol)};
  out.insert(out.end(), channel.label.begin(), channel.label.end());
  out.insert(out.end(), channel.protocol.begin(), channel.protocol.end());
  return out;
}

}  // namespace

DataChannels::DataChannels(const Limits& limits, uint64_t seed, std::shared_ptr<sctp::QueuedBytes> queued,
                           ChannelListener& listener)
    : limits_(limits),
      listener_(listener),
      queued_(std::move(queued)),
      association_({.message_bytes = limits.message_bytes}, seed, *this) {}

void DataChannels::start(Monotonic now) {
  now_ = now;
  started_ = true;
  if (!channels_.empty()) association_.connect(now);
}

void DataChannels::receive(ByteView packet, Monotonic now) {
  now_ = now;
  association_.receive(packet, now);
}

void DataChannels::tick(Monotonic now) {
  now_ = now;
  association_.tick(now);
}

uint16_t DataChannels::free_stream() const {
  uint16_t stream = first_own_stream;
  while (channels_.contains(stream)) stream = static_cast<uint16_t>(stream + 2);
  return stream;
}

void DataChannels::open(DataChannel channel, Monotonic now) {
  now_ = now;
  if (channel.stream == 0) channel.stream = free_stream();
  if (channels_.size() >= limits_.data_channels_per_transport || channels_.contains(channel.stream) ||
      channel.stream > max_stream || channel.label.size() > max_label ||
      channel.protocol.size() > max_label) {
    return;
  }
  Channel& added = channels_[channel.stream];
  added.options = std::move(channel);
  if (!added.options.reliable) added.max_retransmits = 0;
  if (association_.established()) return begin(added);
  if (started_) association_.connect(now);
}

void DataChannels::on_up() {
  for (auto& [stream, channel] : channels_) begin(channel);
}

void DataChannels::on_down() {
  auto gone = std::exchange(channels_, {});
  for (auto& [stream, channel] : gone) {
    if (channel.phase == Phase::open) listener_.on_channel_closed(stream);
  }
}

/// RFC 8832 section 6: messages may follow DATA_CHANNEL_OPEN at once.
void DataChannels::begin(Channel& channel) {
  channel.phase = Phase::open;
  send_control(channel.options.stream, open_message(channel.options));
  listener_.on_channel(channel.options);
}

void DataChannels::send_control(uint16_t stream, Bytes message) {
  association_.send({.stream = stream,
                     .protocol = Protocol::control,
                     .payload = std::make_shared<const Bytes>(std::move(message))},
                    now_);
}

bool DataChannels::send(uint16_t stream, bool binary, sctp::Payload message, sctp::Charge charge,
                        Monotonic now) {
  now_ = now;
  auto found = channels_.find(stream);
  if (found == channels_.end() || found->second.phase != Phase::open) return false;
  send(found->second, binary, std::move(message), std::move(charge));
  return true;
}

bool DataChannels::send(std::string_view label, bool binary, sctp::Payload message, Monotonic now) {
  now_ = now;
  auto found = std::ranges::find_if(channels_, [&](const auto& entry) {
    return entry.second.phase == Phase::open && entry.second.options.label == label;
  });
  if (found == channels_.end()) return false;
  auto& [stream, channel] = *found;
  sctp::Charge charge;
  if (channel.options.reliable && queued_) {
    if (*queued_ + message->size() > limits_.queued_bytes) {
      close_channel(stream);
      return false;
    }
    charge = sctp::Charge(queued_, message->size());
  }
  send(channel, binary, std::move(message), std::move(charge));
  return true;
}

void DataChannels::send(Channel& channel, bool binary, sctp::Payload message, sctp::Charge charge) {
  static const auto nothing = std::make_shared<const Bytes>(1);
  bool empty = message->empty();
  uint32_t protocol = binary ? (empty ? Protocol::empty_binary : Protocol::binary_data)
                             : (empty ? Protocol::empty_text : Protocol::text);
  association_.send({.stream = channel.options.stream,
                     .protocol = protocol,
                     .payload = empty ? nothing : std::move(message),
                     .ordered = channel.options.ordered || !channel.acknowledged,
                     .max_retransmits = channel.max_retransmits,
                     .lifetime_us = channel.lifetime_us,
                     .charge = std::move(charge)},
                    now_);
}

void DataChannels::on_message(sctp::Message message) {
  auto found = channels_.find(message.stream);
  if (found != channels_.end() && found->second.phase == Phase::closing) {
    // The peer's half is closed, so this is the stream's next channel: it waits for our half.
    Channel& closing = found->second;
    size_t bytes = message.body.size();
    for (const sctp::Message& early : closing.early) bytes += early.body.size();
    if (closing.peer_closed && closing.early.size() < max_early && bytes <= limits_.message_bytes)
      closing.early.push_back(std::move(message));
    return;
  }
  if (message.protocol == Protocol::control) return receive_control(message.stream, message.body);
  if (found == channels_.end() || found->second.phase != Phase::open) return;
  found->second.acknowledged = true;
  bool is_text = message.protocol == Protocol::text || message.protocol == Protocol::empty_text;
  bool is_empty = message.protocol == Protocol::empty_text || message.protocol == Protocol::empty_binary;
  if (!is_text && !is_empty && message.protocol != Protocol::binary_data) return;
  if (is_empty) message.body.clear();
  listener_.on_channel_message(message.stream, !is_text, std::move(message.body));
}

void DataChannels::receive_control(uint16_t stream, ByteView message) {
  auto found = channels_.find(stream);
  if (message[0] == message_ack) {
    if (found != channels_.end()) found->second.acknowledged = true;
    return;
  }
  if (message[0] != message_open) return;
  if (found != channels_.end()) {
    if (found->second.phase == Phase::open) close_channel(stream);  // opened twice: RFC 8832 section 6
    return;
  }
  if (!receive_open(stream, message)) association_.reset_stream(stream, now_);
}

/// False: refused.
bool DataChannels::receive_open(uint16_t stream, ByteView message) {
  if (message.size() < open_header || channels_.size() >= limits_.data_channels_per_transport ||
      !listener_.may_open()) {
    return false;
  }
  uint8_t type = message[1] & 0x7f;
  uint32_t parameter = number_at(message, 4, 4);
  size_t label = number_at(message, 8, 2), protocol = number_at(message, 10, 2);
  if (type > limited_lifetime || label > max_label || protocol > max_label ||
      message.size() != open_header + label + protocol) {
    return false;
  }
  Channel channel;
  channel.options = {.stream = stream,
                     .label = std::string(as_text(message.subspan(open_header, label))),
                     .protocol = std::string(as_text(message.subspan(open_header + label, protocol))),
                     .ordered = !(message[1] & unordered_bit),
                     .reliable = type == reliable};
  if (!utf8::valid(channel.options.label) || !utf8::valid(channel.options.protocol)) return false;
  if (type == limited_retransmits) channel.max_retransmits = parameter;
  if (type == limited_lifetime) channel.lifetime_us = millis_us(parameter);
  channel.phase = Phase::open;
  channel.acknowledged = true;
  send_control(stream, {message_ack});
  listener_.on_channel((channels_[stream] = std::move(channel)).options);
  return true;
}

void DataChannels::close_channel(uint16_t stream) {
  auto found = channels_.find(stream);
  if (found == channels_.end() || found->second.phase == Phase::closing) return;
  bool told = found->second.phase == Phase::open;
  found->second.phase = Phase::closing;  // its stream is free again when the client knows
  association_.reset_stream(stream, now_);
  if (told) listener_.on_channel_closed(stream);
}

void DataChannels::on_reset(uint16_t stream) {
  auto found = channels_.find(stream);
  if (found == channels_.end()) return;
  auto early = std::move(found->second.early);
  channels_.erase(found);
  for (sctp::Message& message : early) on_message(std::move(message));
}

/// RFC 8831 section 6.7: a side that sees the other's reset answers with its own.
void DataChannels::on_peer_reset(const std::vector<uint16_t>& streams) {
  std::vector<uint16_t> all = streams;
  if (all.empty()) {
    for (const auto& [stream, channel] : channels_) all.push_back(stream);
  }
  for (uint16_t stream : all) {
    auto found = channels_.find(stream);
    if (found == channels_.end()) continue;
    found->second.peer_closed = true;
    close_channel(stream);
  }
}

}  // namespace parvis::sfu
