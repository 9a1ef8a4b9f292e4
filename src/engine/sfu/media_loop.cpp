#include "engine/sfu/media_loop.h"

#include <algorithm>

#include "engine/sfu/parts.h"

namespace parvis::sfu {
namespace {
constexpr int64_t layer_silent_us = seconds_us(1);

/// The subscriber's type for Opus carried redundantly ("111/111": several generations of type 111).
uint8_t redundant_type(const std::vector<CodecOptions>& codecs) {
  auto opus = std::ranges::find(codecs, Codec::opus, &CodecOptions::codec);
  if (opus == codecs.end()) return 0;
  for (const auto& one : codecs) {
    std::string_view generations = one.parameters;
    if (one.codec != Codec::red) continue;
    if (generations.substr(0, generations.find('/')) == std::to_string(opus->payload_type))
      return one.payload_type;
  }
  return 0;
}

}  // namespace

MediaLoop::MediaLoop(std::shared_ptr<Certificate> certificate, Limits limits, DatagramSender& out,
                     LoopEvents& events)
    : certificate_(std::move(certificate)), limits_(limits), out_(out), events_(events) {}
MediaLoop::~MediaLoop() = default;

Transport* MediaLoop::find(TransportId id) {
  auto found = transports_.find(id);
  return found == transports_.end() ? nullptr : found->second.get();
}

void MediaLoop::create_transport(const LocalTransport& local, uint64_t group, Monotonic now) {
  auto transport = std::make_unique<Transport>();
  transport->local = local;
  transport->group = group;
  transport->created = transport->last_check = now;
  transport->counters.id = local.id;
  by_ufrag_[local.ice_ufrag] = transport.get();
  transports_[local.id] = std::move(transport);
}

void MediaLoop::set_remote(TransportId id, const RemoteTransport& remote) {
  if (Transport* transport = find(id)) transport->remote = remote;
}

void MediaLoop::restart_ice(const LocalTransport& local) {
  Transport* transport = find(local.id);
  if (!transport) return;
  by_ufrag_.erase(transport->previous_ufrag);
  transport->previous_ufrag = transport->local.ice_ufrag;
  transport->previous_pwd = transport->local.ice_pwd;
  transport->local = local;
  by_ufrag_[local.ice_ufrag] = transport;
}

void MediaLoop::close_transport(TransportId id, CloseReason reason) {
  Transport* transport = find(id);
  if (!transport) return;
  while (!transport->tracks.empty()) remove_receiver(transport->tracks.back()->id);
  while (!transport->senders.empty()) remove_sender(transport->senders.back()->sender.id);
  // Who asks for it tells the client by signalling. An SCTP abort would overtake that, and look like a fault.
  by_ufrag_.erase(transport->local.ice_ufrag);
  by_ufrag_.erase(transport->previous_ufrag);
  drop_paths(*transport);
  transports_.erase(id);
  events_.on_state(id, reason == CloseReason::asked ? State::closed : State::failed, reason);
}

void MediaLoop::move_transport(TransportId id, uint64_t group) {
  Transport* transport = find(id);
  if (!transport) return;
  for (Track* track : transport->tracks) {
    while (!track->senders.empty()) remove_sender(track->senders.back()->sender.id);
    track->hushed = false;  // chosen anew among the voices of the new group
  }
  while (!transport->senders.empty()) remove_sender(transport->senders.back()->sender.id);
  transport->group = group;
}

void MediaLoop::add_receiver(TrackId id, TransportId transport_id, ReceiverOptions options) {
  Transport* transport = find(transport_id);
  if (!transport || transport->tracks.size() >= limits_.receivers_per_transport) return;
  auto track = std::make_unique<Track>();
  track->id = id;
  track->publisher = transport;
  track->options = std::move(options);
  for (auto& layer : track->options.layers) track->layers.push_back({.options = layer});
  if (track->layers.empty()) track->layers.emplace_back();
  for (size_t i = 0; i < track->layers.size(); ++i) {
    const auto& layer = track->layers[i].options;
    if (layer.ssrc) transport->sources[layer.ssrc] = {track.get(), i};
    if (layer.rtx_ssrc) transport->repairs[layer.rtx_ssrc] = {track.get(), i};
  }
  if (uint8_t id_of_numbers = track->options.extensions.transport_sequence)
    transport->transport_sequence_id = id_of_numbers;
  transport->tracks.push_back(track.get());
  tracks_[id] = std::move(track);
}

void MediaLoop::set_muted(TrackId id, bool muted) {
  auto found = tracks_.find(id);
  if (found != tracks_.end()) found->second->muted = muted;
}

void MediaLoop::remove_receiver(TrackId id) {
  auto found = tracks_.find(id);
  if (found == tracks_.end()) return;
  Track* track = found->second.get();
  while (!track->senders.empty()) remove_sender(track->senders.back()->sender.id);
  std::erase_if(track->publisher->sources, [&](auto& entry) { return entry.second.first == track; });
  std::erase_if(track->publisher->repairs, [&](auto& entry) { return entry.second.first == track; });
  std::erase(track->publisher->tracks, track);
  std::erase_if(waiting_, [&](const Waiting& one) { return one.track == track; });
  std::erase_if(gathered_, [&](const Gathered& kept) { return kept.one.track == track; });
  tracks_.erase(found);
}

void MediaLoop::add_sender(const Sender& sender, TransportId transport_id, TrackId track_id,
                           SenderOptions options) {
  Transport* transport = find(transport_id);
  auto track = tracks_.find(track_id);
  if (!transport || track == tracks_.end() || transport->senders.size() >= limits_.senders_per_transport)
    return;
  auto state = std::make_unique<SenderState>();
  state->sender = sender;
  state->subscriber = transport;
  state->track = track->second.get();
  state->options = std::move(options);
  // The subscriber's numbers begin where nothing can be guessed of the publisher's.
  state->last_sequence = static_cast<uint16_t>(sender.ssrc);
  state->last_timestamp = sender.ssrc * 2'654'435'761u;
  state->redundant_type = redundant_type(state->options.codecs);
  transport->senders.push_back(state.get());
  // In the order of their transports.
  auto& all = state->track->senders;
  auto after = std::ranges::upper_bound(all, transport_id, {},
                                        [](const SenderState* one) { return one->subscriber->local.id; });
  all.insert(after, state.get());
  senders_[sender.id] = std::move(state);
}

void MediaLoop::set_layer_limit(SenderId id, LayerLimit limit) {
  auto found = senders_.find(id);
  if (found != senders_.end()) found->second->limit = limit;
}

void MediaLoop::set_send_limit(TransportId id, uint32_t bits_per_second) {
  if (Transport* transport = find(id)) transport->send_limit = bits_per_second;
}

void MediaLoop::set_paused(SenderId id, bool paused) {
  auto found = senders_.find(id);
  if (found == senders_.end()) return;
  found->second->options.paused = paused;
  if (paused) found->second->layer.reset();  // resumes with a key frame
}

void MediaLoop::remove_sender(SenderId id) {
  auto found = senders_.find(id);
  if (found == senders_.end()) return;
  SenderState* sender = found->second.get();
  std::erase(sender->track->senders, sender);
  std::erase(sender->subscriber->senders, sender);
  if (auto& outbound = sender->subscriber->outbound) {
    if (sender->subscriber->pacer) {
      sender->subscriber->pacer->drop(sender->sender.ssrc);
      sender->subscriber->pacer->drop(sender->sender.rtx_ssrc);
    }
    outbound->forget(sender->sender.ssrc);
    outbound->forget(sender->sender.rtx_ssrc);
  }
  senders_.erase(found);
}

std::vector<TransportStats> MediaLoop::stats(const std::vector<TransportId>& ids) const {
  std::vector<TransportStats> out;
  for (TransportId id : ids) {
    auto found = transports_.find(id);
    if (found == transports_.end()) continue;
    out.push_back(found->second->counters);
    const Transport& transport = *found->second;
    out.back().state = transport.state;
    out.back().loss_received = transport.loss_received;
    if (const auto& line = transport.congestion; line && line->heard) {
      out.back().loss_sent = line->estimate.loss();
      out.back().round_trip_us = line->estimate.round_trip_us();
      out.back().send_estimate = line->estimate.bits_per_second();
    }
    if (!transport.peer) continue;
    out.back().peer = transport.peer->text();
    out.back().tcp = transport.peer->stream != 0;
  }
  return out;
}

EngineStats MediaLoop::stats() const {
  EngineStats out = counters_;
  out.transports = transports_.size();
  out.tracks = tracks_.size();
  out.senders = senders_.size();
  return out;
}

void MediaLoop::on_datagram(const Peer& from, std::span<uint8_t> bytes, Monotonic now) {
  ++counters_.packets_received;
  counters_.bytes_received += bytes.size();
  Monotonic arrived = std::exchange(arrived_, std::nullopt).value_or(now);
  Protocol protocol = protocol_of(bytes);
  if (protocol == Protocol::stun) return receive_stun(from, bytes, now);
  auto found = by_peer_.find(from);
  if (found == by_peer_.end() || protocol == Protocol::unknown) {
    ++counters_.dropped_unknown_peer;
    if (from.stream && found == by_peer_.end()) out_.close(from);
    return;
  }
  Transport& transport = *found->second;
  if (!transport.packets.take(limits_.packets, now)) {
    ++counters_.dropped_flood;
    return;
  }
  ++transport.counters.packets_received;
  transport.counters.bytes_received += bytes.size();
  if (protocol == Protocol::dtls) return receive_dtls(transport, bytes, now);
  if (protocol == Protocol::rtcp) {
    if (transport.control.take(limits_.control_packets, now)) return receive_rtcp(transport, bytes, now);
    ++counters_.dropped_flood;
    return;
  }
  receive_rtp(transport, bytes, arrived, now);
}

void MediaLoop::on_batch_end(Monotonic now) {
  forward_waiting(now);
  out_.flush();
}

bool MediaLoop::start_dtls(Transport& transport) {
  if (transport.dtls) return true;
  if (transport.remote.fingerprint.empty()) return false;
  Transport* raw = &transport;
  transport.dtls = std::make_unique<Dtls>(certificate_, Dtls::Role::server, transport.remote.fingerprint,
                                          [this, raw](ByteView datagram) { send_raw(*raw, datagram); });
  transport.dtls->on_data([this, raw](ByteView record) {
    make_channels(*raw);
    raw->channels->receive(record, raw->record_arrived);
  });
  return true;
}

void MediaLoop::receive_dtls(Transport& transport, ByteView bytes, Monotonic now) {
  if (!start_dtls(transport)) {
    ++counters_.dropped_dtls;
    return;
  }
  transport.record_arrived = now;
  act_on(transport, transport.dtls->receive(bytes), now);
}

void MediaLoop::act_on(Transport& transport, Dtls::Outcome outcome, Monotonic now) {
  if (outcome == Dtls::Outcome::failed) return close_transport(transport.local.id, CloseReason::dtls_failed);
  if (outcome == Dtls::Outcome::closed) return close_transport(transport.local.id, CloseReason::asked);
  if (outcome != Dtls::Outcome::connected) return;
  transport.inbound.emplace(transport.dtls->receive_keys());
  transport.outbound.emplace(transport.dtls->send_keys(), 2 * limits_.senders_per_transport);
  transport.state = State::connected;
  events_.on_state(transport.local.id, State::connected, CloseReason::asked);
  for (SenderState* sender : transport.senders) ask_for_image(*sender, now);
  if (transport.channels) transport.channels->start(now);
}

void MediaLoop::tick(Monotonic now) {
  std::vector<std::pair<TransportId, CloseReason>> dead;
  for (auto& [id, transport] : transports_) {
    int64_t silent = now - transport->last_check;
    if (transport->state == State::connecting && now - transport->created > limits_.connect_within_us) {
      dead.emplace_back(id, CloseReason::never_connected);
    } else if (transport->state != State::connecting && silent > limits_.failed_after_us) {
      dead.emplace_back(id, CloseReason::consent_lost);
    } else if (transport->state == State::connected && silent > limits_.disconnected_after_us) {
      transport->state = State::disconnected;
      events_.on_state(id, State::disconnected, CloseReason::consent_lost);
    } else if (transport->dtls && transport->dtls->tick() == Dtls::Outcome::failed) {
      dead.emplace_back(id, CloseReason::dtls_failed);
    }
  }
  for (auto [id, reason] : dead) close_transport(id, reason);
  for (auto& [id, transport] : transports_) {
    report_reception(*transport, now);
    send_feedback(*transport, now);
    if (transport->channels && transport->inbound) transport->channels->tick(now);
  }
  tell_speakers(now);
  mind_lines(now);
  for (auto& [id, track] : tracks_) {
    mind_layers(*track, now);
    for (size_t i = 0; i < track->layers.size(); ++i) {
      // A publisher short of bandwidth stops its upper layers: subscribers go to one that lives.
      if (now - track->layers[i].last_packet > layer_silent_us) track->layers[i].alive = false;
      if (track->layers[i].key_frame_wanted) ask_key_frame(*track, i, now);
      if (!track->layers[i].repair.complete()) ask_again(*track, track->layers[i], now);
    }
    // A subscriber that waits for a key frame, or for a better layer, has it asked for.
    if (track->options.kind != Kind::video || track->muted) continue;
    for (SenderState* sender : track->senders) ask_for_image(*sender, now);
  }
  out_.flush();
}

void MediaLoop::ask_for_image(const SenderState& sender, Monotonic now) {
  Track& track = *sender.track;
  bool waits = !sender.options.paused && !sender.held && !track.muted && sender.layer != sender.target();
  if (waits && track.layers[sender.target()].alive) ask_key_frame(track, sender.target(), now);
}

void MediaLoop::tell_speakers(Monotonic now) {
  constexpr int64_t tell_every_us = 200'000;
  constexpr size_t max_speakers = 16;  // per group
  if (now - speakers_told_ < tell_every_us) return;
  speakers_told_ = now;
  choose_voices(now);
  std::map<uint64_t, std::vector<SpeakerLevel>> current;
  for (auto& [id, track] : tracks_) {
    if (track->options.kind != Kind::audio || track->muted) continue;
    uint8_t level = track->voice.level(now);
    if (level == silent_level) continue;
    track->publisher->spoke = now;
    current[track->publisher->group].push_back({track->publisher->local.id, id, level});
  }
  for (auto& [group, speakers] : speakers_) {
    if (!current.contains(group)) events_.on_speakers(group, {});
  }
  for (auto& [group, speakers] : current) {
    std::ranges::sort(speakers, {}, &SpeakerLevel::level);
    if (speakers.size() > max_speakers) speakers.resize(max_speakers);
    auto before = speakers_.find(group);
    if (before == speakers_.end() || before->second != speakers) events_.on_speakers(group, speakers);
  }
  speakers_ = std::move(current);
}

void MediaLoop::send_raw(Transport& transport, ByteView packet) {
  if (!transport.peer || packet.size() > DatagramSender::max_datagram) return;
  auto space = out_.space();
  std::copy(packet.begin(), packet.end(), space.begin());
  out_.push(*transport.peer, packet.size());
  transport.counters.bytes_sent += packet.size();
  ++transport.counters.packets_sent;
  ++counters_.packets_sent;
  counters_.bytes_sent += packet.size();
}

}  // namespace parvis::sfu
