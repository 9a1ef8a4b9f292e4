#include "engine/sfu/sctp_outbound.h"

#include <algorithm>
#include <cstdlib>

namespace parvis::sfu::sctp {
namespace {
constexpr int64_t minimum_timeout_us = 400'000;  // above the delay of a peer's acknowledgements
constexpr int64_t maximum_timeout_us = 10'000'000;
}  // namespace

void RoundTrip::sample(int64_t rtt_us) {
  if (rtt_us < 0) return;
  if (smoothed_us_ == 0) {
    smoothed_us_ = std::max<int64_t>(rtt_us, 1);
    variation_us_ = rtt_us / 2;
  } else {
    variation_us_ = (3 * variation_us_ + std::abs(smoothed_us_ - rtt_us)) / 4;
    smoothed_us_ = std::max<int64_t>((7 * smoothed_us_ + rtt_us) / 8, 1);
  }
  timeout_us_ = std::clamp(smoothed_us_ + 4 * variation_us_, minimum_timeout_us, maximum_timeout_us);
}

void RoundTrip::back_off() { timeout_us_ = std::min(2 * timeout_us_, maximum_timeout_us); }

Outbound::Outbound(uint32_t initial_tsn, size_t peer_window, bool peer_skips)
    : first_tsn_(initial_tsn), next_tsn_(initial_tsn), peer_window_(peer_window), peer_skips_(peer_skips) {}

void Outbound::push(Outgoing message, Monotonic now) {
  auto& queue = queues_[message.stream];
  if (message.lossy()) {
    expire(queue, now);
    if (lossy_queued_ + message.payload->size() > lossy_bytes) {
      if (queue.empty()) queues_.erase(message.stream);
      return;
    }
    lossy_queued_ += message.payload->size();
  }
  auto sending = std::make_shared<Sending>();
  static_cast<Outgoing&>(*sending) = std::move(message);
  sending->queued = now;
  queue.push_back(std::move(sending));
}

/// Drops lossy messages at the head that have waited too long.
void Outbound::expire(std::deque<std::shared_ptr<Sending>>& queue, Monotonic now) {
  while (!queue.empty() && queue.front()->lossy()) {
    const Sending& head = *queue.front();
    if (now - head.queued <= std::min(lossy_wait_us, head.lifetime_us.value_or(lossy_wait_us))) return;
    lossy_queued_ -= head.payload->size();
    queue.pop_front();
  }
}

bool Outbound::idle(uint16_t stream) const {
  if (queues_.contains(stream) || (current_ && current_->stream == stream)) return false;
  return std::ranges::none_of(sent_, [&](const Fragment& f) { return f.message->stream == stream; });
}

void Outbound::drop_queue(uint16_t stream) {
  auto queue = queues_.find(stream);
  if (queue == queues_.end()) return;
  for (const auto& message : queue->second) {
    if (message->lossy()) lossy_queued_ -= message->payload->size();
  }
  queues_.erase(queue);
}

/// The next message to be cut, streams in turn.
std::shared_ptr<Outbound::Sending> Outbound::next_message(Monotonic now) {
  while (!queues_.empty()) {
    auto queue = queues_.upper_bound(last_stream_);
    if (queue == queues_.end()) queue = queues_.begin();
    last_stream_ = queue->first;
    expire(queue->second, now);
    std::shared_ptr<Sending> message;
    if (!queue->second.empty()) {
      message = std::move(queue->second.front());
      queue->second.pop_front();
      if (message->lossy()) lossy_queued_ -= message->payload->size();
      if (message->ordered) message->sequence = sequences_[message->stream]++;
    }
    if (queue->second.empty()) queues_.erase(queue);
    if (message) return message;
  }
  return nullptr;
}

bool Outbound::write(PacketWriter& out, Monotonic now) {
  bool wrote = false;
  if (forward_due_) {
    if (out.room() < max_packet / 2) return true;  // in the next packet
    write_forward(out);
    wrote = true;
  }
  if (write_lost(out, now)) wrote = true;
  if (lost_count_ == 0 && write_new(out, now)) wrote = true;
  retransmit_now_ = false;
  if (!sent_.empty() && !deadline_) deadline_ = now + round_trip_.timeout_us();
  return wrote;
}

bool Outbound::write_lost(PacketWriter& out, Monotonic now) {
  bool wrote = false;
  for (size_t i = 0; i < sent_.size() && lost_count_ > 0; ++i) {
    Fragment& fragment = sent_[i];
    if (!fragment.lost) continue;
    bool may = retransmit_now_ || in_flight_ == 0 || in_flight_ + fragment.length <= window_;
    if (!may || out.room() < data_fields + fragment.length) return wrote;
    fragment.lost = false;
    --lost_count_;
    ++fragment.transmissions;
    fragment.sent = now;
    in_flight_ += fragment.length;
    ++retransmitted_;
    write_fragment(out, tsn_of(i), fragment);
    if (i == 0) deadline_ = now + round_trip_.timeout_us();
    wrote = true;
  }
  return wrote;
}

bool Outbound::write_new(PacketWriter& out, Monotonic now) {
  bool wrote = false;
  while (current_ || (current_ = next_message(now))) {
    size_t length = std::min(current_->payload->size() - current_->offset, max_fragment);
    // With nothing in flight one fragment leaves even into a closed window: it asks when it opens again.
    bool may = in_flight_ == 0 || (in_flight_ < window_ && in_flight_ + length <= peer_window_);
    if (!may || out.room() < data_fields + length) return wrote;
    Fragment fragment{.message = current_,
                      .offset = current_->offset,
                      .length = length,
                      .begin = current_->offset == 0,
                      .sent = now};
    current_->offset += length;
    fragment.end = current_->offset == current_->payload->size();
    if (fragment.end) current_.reset();
    in_flight_ += length;
    write_fragment(out, next_tsn_++, fragment);
    sent_.push_back(std::move(fragment));
    wrote = true;
  }
  return wrote;
}

void Outbound::write_fragment(PacketWriter& out, uint32_t tsn, const Fragment& fragment) {
  const Sending& message = *fragment.message;
  out.data({.tsn = tsn,
            .stream = message.stream,
            .sequence = message.sequence,
            .protocol = message.protocol,
            .unordered = !message.ordered,
            .begin = fragment.begin,
            .end = fragment.end,
            .payload = ByteView(*message.payload).subspan(fragment.offset, fragment.length)});
}

/// RFC 3758 section 3.5: the last TSN up to which everything is given up.
uint32_t Outbound::forward_point() const {
  uint32_t point = first_tsn_ - 1;
  for (const Fragment& fragment : sent_) {
    if (!fragment.message->given_up) break;
    ++point;
  }
  return point;
}

void Outbound::write_forward(PacketWriter& out) {
  forward_due_ = false;
  ForwardTsn forward{forward_point(), {}};
  if (!later(forward.cumulative, first_tsn_ - 1)) return;
  std::map<uint16_t, uint16_t> skipped;
  for (size_t i = 0; !later(tsn_of(i), forward.cumulative); ++i) {
    const Sending& message = *sent_[i].message;
    if (message.ordered) skipped[message.stream] = message.sequence;
  }
  for (auto [stream, sequence] : skipped) {
    if (forward.skipped.size() < max_packet / 16) forward.skipped.push_back({stream, sequence});
  }
  out.forward_tsn(forward);
}

/// Marks a fragment for retransmission, or gives its message up.
void Outbound::lose(size_t index, Monotonic now) {
  Fragment& fragment = sent_[index];
  if (!fragment.in_flight()) return;
  in_flight_ -= fragment.length;
  fragment.lost = true;
  ++lost_count_;
  const Sending& message = *fragment.message;
  bool spent = message.max_retransmits && fragment.transmissions > *message.max_retransmits;
  bool expired = message.lifetime_us && now - message.queued > *message.lifetime_us;
  if (peer_skips_ && (spent || expired)) give_up(fragment.message);
}

void Outbound::give_up(const std::shared_ptr<Sending>& message) {
  for (Fragment& fragment : sent_) {
    if (fragment.message != message) continue;
    if (fragment.in_flight()) in_flight_ -= fragment.length;
    if (fragment.lost) --lost_count_;
    fragment.lost = false;
  }
  message->given_up = true;
  forward_due_ = true;
  if (current_ != message) return;
  // Its end was never sent: a TSN that is skipped tells the receiver that nothing follows.
  sent_.push_back({.message = message, .offset = message->payload->size(), .end = true});
  ++next_tsn_;
  current_.reset();
}

bool Outbound::on_timeout(Monotonic now) {
  deadline_.reset();
  if (sent_.empty()) return false;
  threshold_ = std::max(window_ / 2, minimum_window);
  window_ = max_packet;
  partial_ = 0;
  recovery_until_.reset();
  round_trip_.back_off();
  for (size_t i = 0; i < sent_.size(); ++i) lose(i, now);
  for (Fragment& fragment : sent_) fragment.missing = 0;
  forward_due_ = forward_due_ || later(forward_point(), first_tsn_ - 1);
  deadline_ = now + round_trip_.timeout_us();
  return true;
}

bool Outbound::on_sack(const Sack& sack, Monotonic now) {
  if (later(first_tsn_ - 1, sack.cumulative)) return true;  // older than what is known
  if (later(sack.cumulative, last_tsn())) return false;
  size_t flight_before = in_flight_, acknowledged = 0;
  std::optional<int64_t> rtt;
  bool advanced = false;
  uint32_t highest = first_tsn_ - 1;  // TSN newly acknowledged
  auto take = [&](Fragment& fragment, uint32_t tsn) {
    if (fragment.acknowledged) return;
    if (fragment.in_flight()) in_flight_ -= fragment.length;
    if (fragment.lost) --lost_count_;
    fragment.lost = false;
    fragment.acknowledged = true;
    acknowledged += fragment.length;
    highest = tsn;
    if (fragment.transmissions == 1 && fragment.length > 0) rtt = now - fragment.sent;
  };
  while (!sent_.empty() && !later(first_tsn_, sack.cumulative)) {
    take(sent_.front(), first_tsn_);
    sent_.pop_front();
    ++first_tsn_;
    advanced = true;
  }
  auto range = sack.ranges.begin();
  for (size_t i = 0; i < sent_.size(); ++i) {
    uint32_t tsn = tsn_of(i);
    while (range != sack.ranges.end() && later(tsn, range->last)) ++range;
    if (range != sack.ranges.end() && !later(range->first, tsn)) {
      take(sent_[i], tsn);
    } else if (sent_[i].acknowledged) {  // the receiver took its word back (RFC 9260 section 6.2)
      sent_[i].acknowledged = false;
      if (sent_[i].in_flight()) in_flight_ += sent_[i].length;
    }
  }
  if (rtt) round_trip_.sample(*rtt);
  peer_window_ = sack.window;
  if (recovery_until_ && !later(*recovery_until_, sack.cumulative)) recovery_until_.reset();
  if (advanced && flight_before + max_packet > window_) grow(acknowledged, advanced);
  std::vector<size_t> lost;
  bool count_all = recovery_until_ && advanced;  // RFC 9260 section 7.2.4
  uint32_t below = count_all && !sack.ranges.empty() ? sack.ranges.back().last : highest;
  for (size_t i = 0; i < sent_.size() && later(below, tsn_of(i)); ++i) {
    Fragment& fragment = sent_[i];
    if (!fragment.in_flight() || fragment.transmissions > 1) continue;
    if (++fragment.missing >= missing_reports) lost.push_back(i);
  }
  if (!lost.empty()) recover(now, lost);
  if (later(forward_point(), first_tsn_ - 1)) forward_due_ = true;
  if (sent_.empty()) {
    deadline_.reset();
  } else if (advanced) {
    deadline_ = now + round_trip_.timeout_us();
  }
  return true;
}

void Outbound::grow(size_t acknowledged, bool advanced) {
  if (recovery_until_ || !advanced) return;
  if (window_ <= threshold_) {
    window_ += std::min(acknowledged, max_packet);
  } else {
    partial_ += acknowledged;
    if (partial_ >= window_) {
      partial_ -= window_;
      window_ += max_packet;
    }
  }
  window_ = std::min(window_, maximum_window);
}

void Outbound::recover(Monotonic now, const std::vector<size_t>& lost) {
  if (!recovery_until_) {
    threshold_ = std::max(window_ / 2, minimum_window);
    window_ = threshold_;
    partial_ = 0;
    recovery_until_ = last_tsn();
    retransmit_now_ = true;
  }
  for (size_t index : lost) lose(index, now);
}

}  // namespace parvis::sfu::sctp
