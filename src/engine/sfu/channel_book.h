#pragma once
// What the owner's side knows of data channels, so that sending answers at once. Owner's thread only; the
// byte counters are shared with the media threads.
#include <optional>
#include <unordered_map>

#include "engine/sfu/sctp_outbound.h"
#include "engine/sfu/types.h"

namespace parvis::sfu {

class ChannelBook {
 public:
  std::shared_ptr<sctp::QueuedBytes> add(TransportId transport) {
    Entry& entry = entries_[transport];
    entry.queued = std::make_shared<sctp::QueuedBytes>(0);
    return entry.queued;
  }
  void remove(TransportId transport) { entries_.erase(transport); }
  void opened(TransportId transport, const DataChannel& channel) {
    auto found = entries_.find(transport);
    if (found != entries_.end()) found->second.reliable[channel.stream] = channel.reliable;
  }
  void closed(TransportId transport, uint16_t stream) {
    auto found = entries_.find(transport);
    if (found != entries_.end()) found->second.reliable.erase(stream);
  }
  /// None: no such channel, too large, or a reliable channel whose queue is full.
  std::optional<sctp::Charge> admit(TransportId transport, uint16_t stream, size_t bytes,
                                    const Limits& limits) const {
    auto found = entries_.find(transport);
    if (found == entries_.end() || bytes > limits.message_bytes) return std::nullopt;
    auto channel = found->second.reliable.find(stream);
    if (channel == found->second.reliable.end()) return std::nullopt;
    if (!channel->second) return sctp::Charge();
    if (*found->second.queued + bytes > limits.queued_bytes) return std::nullopt;
    return sctp::Charge(found->second.queued, bytes);
  }

 private:
  struct Entry {
    std::shared_ptr<sctp::QueuedBytes> queued;
    std::unordered_map<uint16_t, bool> reliable;  // by stream
  };
  std::unordered_map<TransportId, Entry> entries_;
};

}  // namespace parvis::sfu
