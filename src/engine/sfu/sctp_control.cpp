// Of an association: what time brings, and stream resets (RFC 6525).
#include <algorithm>
#include <array>

#include "engine/sfu/sctp_association.h"

namespace parvis::sfu::sctp {
namespace {
constexpr size_t max_streams_in_request = 64;
constexpr int64_t maximum_retry_us = 10'000'000;
}  // namespace

/// Counts a timeout; false when the peer is given up.
bool Association::retried(uint32_t limit) {
  if (++retries_ <= limit) return true;
  fail(Cause::user_abort);
  return false;
}

void Association::tick(Monotonic now) {
  if (state_ == State::closed) return;
  tick_handshake(now);
  if (outbound_ && outbound_->deadline() && *outbound_->deadline() <= now) {
    if (outbound_->on_timeout(now) && !retried(max_retries)) return;
  }
  if (acknowledge_at_ && *acknowledge_at_ <= now) acknowledge_now_ = true;
  if (established()) tick_reset(now);
  if (established()) tick_heartbeat(now);
  flush(now);
}

void Association::tick_handshake(Monotonic now) {
  if (!retry_at_ || *retry_at_ > now) return;
  if (!retried(max_handshake_retries)) return;
  retry_us_ = std::min(2 * retry_us_, maximum_retry_us);
  retry_at_ = now + retry_us_;
  if (state_ == State::cookie_wait) send_init();
  if (state_ == State::cookie_echoed) writer_for(cookie_.size()).chunk(ChunkType::cookie_echo, 0, cookie_);
  if (state_ == State::shutting_down) writer_for(0).chunk(ChunkType::shutdown_ack);
}

void Association::tick_heartbeat(Monotonic now) {
  if (heartbeat_at_ > now) return;
  heartbeat_at_ = now + heartbeat_every_us;
  if (!outbound_->idle()) return;  // data is acknowledged, or times out
  if (!retried(max_retries)) return;
  std::array<uint8_t, 12> information{0, 1, 0, 12};  // parameter 1: heartbeat information
  for (size_t i = 0; i < 8; ++i)
    information[4 + i] = static_cast<uint8_t>(static_cast<uint64_t>(now.us) >> 8 * i);
  writer_for(information.size()).chunk(ChunkType::heartbeat, 0, information);
}

void Association::reset_stream(uint16_t stream, Monotonic now) {
  if (!established()) return;
  outbound_->drop_queue(stream);
  resets_wanted_.insert(stream);
  if (!receiving_) flush(now);
}

/// One request at a time, of streams whose messages are all acknowledged.
void Association::try_reset(Monotonic now) {
  if (reset_ || resets_wanted_.empty()) return;
  std::vector<uint16_t> streams;
  for (uint16_t stream : resets_wanted_) {
    if (outbound_->idle(stream) && streams.size() < max_streams_in_request) streams.push_back(stream);
  }
  if (streams.empty()) return;
  for (uint16_t stream : streams) resets_wanted_.erase(stream);
  reset_ = Reset{{.request = next_request_++,
                  .response = peer_request_,
                  .last_tsn = outbound_->last_tsn(),
                  .streams = std::move(streams)},
                 now + outbound_->round_trip().timeout_us()};
  if (peer_resets_) {
    writer_for(12 + 4 + 2 * reset_->request.streams.size()).outgoing_reset(reset_->request);
  } else {
    settle_reset({reset_->request.request, ResetResult::nothing}, now);  // the peer would not know it
  }
}

void Association::tick_reset(Monotonic now) {
  if (!reset_ || reset_->deadline > now) return;
  if (!retried(max_retries)) return;
  reset_->deadline = now + outbound_->round_trip().timeout_us();
  writer_for(12 + 4 + 2 * reset_->request.streams.size()).outgoing_reset(reset_->request);
}

void Association::settle_reset(const ResetResponse& response, Monotonic now) {
  if (!reset_ || response.request != reset_->request.request) return;
  retries_ = 0;
  if (response.result == ResetResult::in_progress) {
    // Asked again under a new number: peers that remember their answers would only repeat this one.
    reset_->request.request = next_request_++;
    reset_->deadline = now + outbound_->round_trip().timeout_us();
    return;
  }
  auto streams = std::move(reset_->request.streams);
  reset_.reset();
  for (uint16_t stream : streams) outbound_->reset(stream);
  for (uint16_t stream : streams) listener_.on_reset(stream);
}

void Association::receive_re_config(const Chunk& chunk, Monotonic now) {
  auto config = parse_re_config(chunk);
  if (!config || !inbound_ || state_ == State::cookie_wait) return;
  deliver();  // what came before the reset belongs to the stream as it was
  if (!inbound_) return;
  for (const ResetResponse& response : config->responses) settle_reset(response, now);
  std::optional<uint32_t> request = config->other_request;
  if (config->outgoing) request = config->outgoing->request;
  if (!request || !inbound_) return;
  bool again = *request == peer_request_ && peer_request_result_ != ResetResult::in_progress;
  if (!again) {
    if (*request != peer_request_ && *request != peer_request_ + 1) {
      writer_for(12).reset_response({*request, ResetResult::bad_number});
      return;
    }
    peer_request_ = *request;
    peer_request_result_ = config->outgoing ? perform_reset(*config->outgoing) : ResetResult::denied;
  }
  writer_for(12).reset_response({*request, peer_request_result_});
}

ResetResult Association::perform_reset(const OutgoingReset& reset) {
  if (later(reset.last_tsn, inbound_->cumulative())) return ResetResult::in_progress;
  inbound_->reset(reset.streams);
  listener_.on_peer_reset(reset.streams);
  return ResetResult::performed;
}

}  // namespace parvis::sfu::sctp
