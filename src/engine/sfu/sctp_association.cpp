#include "engine/sfu/sctp_association.h"

#include <algorithm>
#include <array>

namespace parvis::sfu::sctp {
namespace {

constexpr uint8_t tag_reflected = 1;  // T bit of ABORT and SHUTDOWN COMPLETE
constexpr size_t max_echo = 512;      // of what is sent back: heartbeats, parameters, unknown chunks
constexpr size_t max_cookie = 1'024;

std::array<uint8_t, 8> bytes_of(uint64_t value) {
  std::array<uint8_t, 8> out;
  for (size_t i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(value >> 8 * i);
  return out;
}

}  // namespace

Association::Association(const Settings& settings, uint64_t seed, Listener& listener)
    : settings_(settings), listener_(listener), seed_(seed), peer_port_(settings.port) {}

/// SplitMix64; 0 is never drawn, as it is no verification tag.
uint32_t Association::draw() {
  seed_ += 0x9e37'79b9'7f4a'7c15;
  uint64_t z = seed_;
  z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
  z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
  return static_cast<uint32_t>(z >> 32) | 1;
}

void Association::connect(Monotonic now) {
  if (state_ != State::closed) return;
  tag_ = draw();
  initial_tsn_ = draw();
  state_ = State::cookie_wait;
  retries_ = 0;
  retry_us_ = initial_retry_us;
  retry_at_ = now + retry_us_;
  send_init();
}

void Association::send_init() {
  emit();
  writer_.begin({settings_.port, peer_port_, 0});
  writer_.init(ChunkType::init, {.tag = tag_,
                                 .window = static_cast<uint32_t>(settings_.window),
                                 .outbound_streams = settings_.streams,
                                 .inbound_streams = settings_.streams,
                                 .initial_tsn = initial_tsn_,
                                 .forward_tsn = true,
                                 .re_config = true});
  writing_ = true;
  emit();
}

/// The packet being written, or a new one when a value of this size does not fit.
PacketWriter& Association::writer_for(size_t value) {
  if (writing_ && writer_.room() < value) emit();
  if (!writing_) writer_.begin({settings_.port, peer_port_, peer_tag_});
  writing_ = true;
  return writer_;
}

void Association::emit() {
  if (writing_ && !writer_.empty()) listener_.transmit(writer_.finish());
  writing_ = false;
}

void Association::receive(ByteView bytes, Monotonic now) {
  auto packet = parse_packet(bytes);
  if (!packet || packet->header.destination_port != settings_.port) return;
  receiving_ = true;
  dispatch(*packet, now);
  receiving_ = false;
  flush(now);
}

void Association::dispatch(const Packet& packet, Monotonic now) {
  if (!accepts(packet)) return;
  for (const Chunk& chunk : packet.chunks) {
    if (!receive_chunk(chunk, packet.header, now)) break;
  }
  deliver();
}

/// RFC 9260 section 8.5: verification tags.
bool Association::accepts(const Packet& packet) const {
  const Chunk& first = packet.chunks.front();
  uint32_t tag = packet.header.verification_tag;
  if (first.type == ChunkType::init) return tag == 0 && packet.chunks.size() == 1;
  if (first.type == ChunkType::cookie_echo) return tag == tag_ || (handshake_ && tag == handshake_->tag);
  bool may_reflect = first.type == ChunkType::abort || first.type == ChunkType::shutdown_complete;
  if (may_reflect && first.flags & tag_reflected) return tag == peer_tag_ && state_ != State::closed;
  return tag == tag_ && state_ != State::closed;
}

/// False: the rest of the packet is not looked at.
bool Association::receive_chunk(const Chunk& chunk, const Header& header, Monotonic now) {
  switch (chunk.type) {
    case ChunkType::data:
      receive_data(chunk, now);
      break;
    case ChunkType::init:
      receive_init(chunk, header);
      break;
    case ChunkType::init_ack:
      receive_init_ack(chunk, now);
      break;
    case ChunkType::sack:
      receive_sack(chunk, now);
      break;
    case ChunkType::heartbeat:
      if (chunk.value.size() <= max_echo)
        writer_for(chunk.value.size()).chunk(ChunkType::heartbeat_ack, 0, chunk.value);
      break;
    case ChunkType::heartbeat_ack:
      receive_heartbeat_ack(chunk, now);
      break;
    case ChunkType::abort:
      go_down();
      break;
    case ChunkType::shutdown:
      if (state_ != State::established && state_ != State::shutting_down) break;
      if (state_ == State::established) retry_at_ = now + initial_retry_us, retries_ = 0;
      state_ = State::shutting_down;
      writer_for(0).chunk(ChunkType::shutdown_ack);
      break;
    case ChunkType::shutdown_ack:
      writer_for(0).chunk(ChunkType::shutdown_complete);
      emit();
      go_down();
      break;
    case ChunkType::shutdown_complete:
      if (state_ == State::shutting_down) go_down();
      break;
    case ChunkType::error:
      break;  // what is refused of ours is told by its absence
    case ChunkType::cookie_echo:
      receive_cookie(chunk, now);
      break;
    case ChunkType::cookie_ack:
      if (state_ == State::cookie_echoed) come_up(now);
      break;
    case ChunkType::re_config:
      receive_re_config(chunk, now);
      break;
    case ChunkType::forward_tsn:
      receive_forward(chunk);
      break;
    default:
      return receive_unknown(chunk);
  }
  return state_ != State::closed || handshake_;
}

/// RFC 9260 section 3.2: the two highest bits of the type say what to do.
bool Association::receive_unknown(const Chunk& chunk) {
  auto type = static_cast<uint8_t>(chunk.type);
  if (type & 0x40 && chunk.value.size() <= max_echo) {
    Bytes whole{type, chunk.flags, static_cast<uint8_t>((chunk.value.size() + 4) >> 8),
                static_cast<uint8_t>(chunk.value.size() + 4)};
    whole.insert(whole.end(), chunk.value.begin(), chunk.value.end());
    writer_for(whole.size() + 4).cause(ChunkType::error, 0, Cause::unrecognized_chunk, whole);
  }
  return type & 0x80;
}

/// RFC 9260 section 5.1 and 5.2: answered in every state, without changing it; the cookie does that.
void Association::receive_init(const Chunk& chunk, const Header& header) {
  auto init = parse_init(chunk);
  if (!init) return;
  bool again = handshake_ && handshake_->peer_tag == init->tag && handshake_->peer_tsn == init->initial_tsn;
  if (!again) {
    handshake_ = Handshake{};
    auto first = bytes_of(uint64_t{draw()} << 32 | draw()),
         second = bytes_of(uint64_t{draw()} << 32 | draw());
    handshake_->cookie.assign(first.begin(), first.end());
    handshake_->cookie.insert(handshake_->cookie.end(), second.begin(), second.end());
    // Our own INIT crossed this one: both are answered with the same numbers.
    bool collision = state_ == State::cookie_wait || state_ == State::cookie_echoed;
    handshake_->tag = collision ? tag_ : draw();
    handshake_->tsn = collision ? initial_tsn_ : draw();
    handshake_->peer_tag = init->tag;
    handshake_->peer_tsn = init->initial_tsn;
    handshake_->peer_window = init->window;
    handshake_->forward_tsn = init->forward_tsn;
    handshake_->re_config = init->re_config;
  }
  emit();
  peer_port_ = header.source_port;
  writer_.begin({settings_.port, peer_port_, init->tag});
  writer_.init(ChunkType::init_ack,
               {.tag = handshake_->tag,
                .window = static_cast<uint32_t>(settings_.window),
                .outbound_streams = settings_.streams,
                .inbound_streams = settings_.streams,
                .initial_tsn = handshake_->tsn,
                .forward_tsn = true,
                .re_config = true,
                .cookie = handshake_->cookie,
                .unrecognized = init->unrecognized.first(std::min(init->unrecognized.size(), max_echo))});
  writing_ = true;
  emit();
}

void Association::receive_init_ack(const Chunk& chunk, Monotonic now) {
  if (state_ != State::cookie_wait) return;
  auto init = parse_init(chunk);
  if (!init || init->cookie.empty() || init->cookie.size() > max_cookie) return;
  adopt({.tag = tag_,
         .tsn = initial_tsn_,
         .peer_tag = init->tag,
         .peer_tsn = init->initial_tsn,
         .peer_window = init->window,
         .forward_tsn = init->forward_tsn,
         .re_config = init->re_config});
  cookie_.assign(init->cookie.begin(), init->cookie.end());
  state_ = State::cookie_echoed;
  retries_ = 0;
  retry_us_ = initial_retry_us;
  retry_at_ = now + retry_us_;
  writer_for(cookie_.size()).chunk(ChunkType::cookie_echo, 0, cookie_);
}

void Association::receive_cookie(const Chunk& chunk, Monotonic now) {
  bool ours = handshake_ && std::ranges::equal(chunk.value, handshake_->cookie);
  if (!ours) return;
  Handshake peer = *handshake_;
  bool same = tag_ == peer.tag && peer_tag_ == peer.peer_tag;
  bool up = state_ == State::established || state_ == State::shutting_down;
  if (up && !same) go_down();  // the peer began anew: what was, is gone (RFC 9260 section 5.2.4, action A)
  handshake_ = peer;
  up = up && same;
  if (!up && !(same && state_ == State::cookie_echoed)) adopt(peer);
  writer_for(0).chunk(ChunkType::cookie_ack);
  if (!up) come_up(now);
}

/// Takes the numbers of a handshake and begins with nothing sent or received.
void Association::adopt(const Handshake& peer) {
  tag_ = peer.tag;
  initial_tsn_ = peer.tsn;
  peer_tag_ = peer.peer_tag;
  peer_resets_ = peer.re_config;
  writing_ = false;
  inbound_.emplace(settings_.window, settings_.message_bytes, settings_.streams, peer.peer_tsn);
  outbound_.emplace(initial_tsn_, peer.peer_window, peer.forward_tsn);
  next_request_ = initial_tsn_;
  peer_request_ = peer.peer_tsn - 1;
  peer_request_result_ = ResetResult::nothing;
  unacknowledged_ = 0;
  acknowledge_now_ = false;
  acknowledge_at_.reset();
}

void Association::come_up(Monotonic now) {
  state_ = State::established;
  retry_at_.reset();
  retries_ = 0;
  cookie_.clear();
  heartbeat_at_ = now + heartbeat_every_us;
  listener_.on_up();
}

void Association::go_down() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  writing_ = false;
  inbound_.reset();
  outbound_.reset();
  resets_wanted_.clear();
  reset_.reset();
  retry_at_.reset();
  acknowledge_at_.reset();
  acknowledge_now_ = false;
  tag_ = peer_tag_ = 0;
  handshake_.reset();
  listener_.on_down();
}

void Association::fail(Cause cause) {
  if (state_ == State::closed) return;
  writer_for(4).cause(ChunkType::abort, 0, cause);
  emit();
  go_down();
}

void Association::abort() { fail(Cause::user_abort); }

void Association::receive_data(const Chunk& chunk, Monotonic now) {
  auto data = parse_data(chunk);
  if (!data || !inbound_) return;
  auto verdict = inbound_->receive(*data);
  if (verdict == Inbound::Verdict::violation) return fail(Cause::protocol_violation);
  ++unacknowledged_;
  // RFC 9260 section 6.2: every second packet, and at once whenever something is out of order.
  bool at_once = verdict != Inbound::Verdict::taken || inbound_->has_gaps() || data->immediate;
  if (at_once || unacknowledged_ >= 2) acknowledge_now_ = true;
  if (!acknowledge_at_) acknowledge_at_ = now + acknowledge_within_us;
}

void Association::receive_forward(const Chunk& chunk) {
  auto forward = parse_forward_tsn(chunk);
  if (!forward || !inbound_) return;
  inbound_->forward(*forward);
  acknowledge_now_ = true;
}

void Association::receive_sack(const Chunk& chunk, Monotonic now) {
  auto sack = parse_sack(chunk);
  if (!sack || !outbound_ || state_ == State::cookie_wait) return;
  if (!outbound_->on_sack(*sack, now)) return fail(Cause::protocol_violation);
  retries_ = 0;
}

void Association::receive_heartbeat_ack(const Chunk& chunk, Monotonic now) {
  if (!outbound_ || chunk.value.size() != 12) return;
  int64_t sent = 0;
  for (size_t i = 0; i < 8; ++i) sent |= static_cast<int64_t>(uint64_t{chunk.value[4 + i]} << 8 * i);
  retries_ = 0;
  if (sent <= now.us && now.us - sent < heartbeat_every_us) outbound_->round_trip().sample(now.us - sent);
}

/// Messages are handed over when the whole packet is understood.
void Association::deliver() {
  if (!inbound_) return;
  for (Message& message : inbound_->take_messages()) {
    listener_.on_message(std::move(message));
    if (!inbound_) return;
  }
}

void Association::send(Outgoing message, Monotonic now) {
  if (!established() || !message.payload || message.payload->empty()) return;
  outbound_->push(std::move(message), now);
  if (!receiving_) flush(now);
}

void Association::flush(Monotonic now) {
  if (inbound_ && acknowledge_now_) {
    writer_for(12 + 4 * (Inbound::max_ranges + Inbound::max_duplicates)).sack(inbound_->sack());
    acknowledge_now_ = false;
    acknowledge_at_.reset();
    unacknowledged_ = 0;
  }
  if (established()) try_reset(now);
  bool sends = outbound_ && (state_ == State::established || state_ == State::shutting_down);
  while (sends) {
    bool wrote = outbound_->write(writer_for(0), now);
    emit();
    if (!wrote) break;
  }
  emit();
}

}  // namespace parvis::sfu::sctp
