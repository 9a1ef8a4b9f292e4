#include "engine/livekit/publish.h"

#include <algorithm>

#include "engine/livekit/describe.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

using sfu::sdp::Section;

constexpr uint32_t voice_bits = 20'000;  // per second, without headers
constexpr uint16_t voice_packet_ms = 40;
constexpr std::string_view quality_rids[] = {"q", "h", "f"};

void refuse(Participant& participant, const wire::AddTrackRequest& request,
            wire::RequestResponse::Reason reason, const char* message) {
  wire::SignalResponse out;
  auto* response = out.mutable_request_response();
  response->set_reason(reason);
  response->set_message(message);
  *response->mutable_add_track() = request;
  participant.send(out);
}

Track* by_cid(Participant& participant, std::string_view cid) {
  for (auto& one : participant.tracks) {
    if (one->cid == cid || std::ranges::find(one->other_cids, cid) != one->other_cids.end()) return one.get();
  }
  return nullptr;
}

Track* by_mid(Participant& participant, std::string_view mid) {
  for (auto& one : participant.tracks) {
    if (one->mid == mid || one->backup.mid == mid) return one.get();
  }
  return nullptr;
}

/// The track whose second codec an offered section carries.
Track* announced_backup(Participant& participant, const Section& offer) {
  for (auto& one : participant.tracks) {
    if (!offer.track_id.empty() && one->backup.cid == offer.track_id && one->backup.mid.empty())
      return one.get();
  }
  return nullptr;
}

/// The announced track that an offered section carries: the one its msid names; native clients name it
/// otherwise, then the only one of its kind that waits.
Track* announced(Participant& participant, const Section& offer) {
  if (Track* named = by_cid(participant, offer.track_id); named && !offer.track_id.empty()) {
    return named->mid.empty() ? named : nullptr;
  }
  bool video = offer.media == sfu::sdp::Media::video;
  Track* only = nullptr;
  for (auto& one : participant.tracks) {
    if (!one->mid.empty() || one->video() != video) continue;
    if (only) return nullptr;
    only = one.get();
  }
  return only;
}

/// Lowest first: those of one stream (SVC) come highest first.
template <class Owner>
void fill_layers(const google::protobuf::RepeatedPtrField<wire::VideoLayer>& layers, Owner& owner) {
  for (const auto& layer : layers) {
    auto* out = owner.add_layers();
    *out = layer;
    size_t quality = static_cast<size_t>(layer.quality());
    if (out->rid().empty() && quality < std::size(quality_rids))
      out->set_rid(std::string(quality_rids[quality]));
  }
  std::ranges::sort(*owner.mutable_layers(), {}, &wire::VideoLayer::quality);
}

void describe_track(const wire::AddTrackRequest& request, wire::TrackInfo& info) {
  info.set_type(request.type());
  info.set_name(request.name());
  info.set_width(request.width());
  info.set_height(request.height());
  info.set_muted(request.muted());
  info.set_source(request.source());
  info.set_disable_dtx(request.disable_dtx());
  info.set_stereo(request.stereo());
  info.set_disable_red(true);
  info.set_encryption(request.encryption());
  info.set_stream(request.stream());
  info.set_backup_codec_policy(request.backup_codec_policy());
  for (auto feature : request.audio_features())
    info.add_audio_features(static_cast<wire::AudioTrackFeature>(feature));
  info.set_simulcast(request.layers_size() > 1);
  fill_layers(request.layers(), info);
  for (const auto& codec : request.simulcast_codecs()) {
    auto* out = info.add_codecs();
    out->set_mime_type((info.type() == wire::VIDEO ? "video/" : "audio/") + codec.codec());
    out->set_cid(codec.cid());
    fill_layers(codec.layers().empty() ? request.layers() : codec.layers(), *out);
  }
}

/// Browsers list their encodings lowest first, native clients highest first: the names tell.
void sort_lowest_first(std::vector<sfu::LayerOptions>& layers) {
  auto rank = [](const sfu::LayerOptions& layer) { return std::ranges::find(quality_rids, layer.rid); };
  bool named = std::ranges::all_of(
      layers, [&](const auto& layer) { return rank(layer) != std::ranges::end(quality_rids); });
  if (named) std::ranges::sort(layers, {}, rank);
}

/// A voice costs mostly the headers of its packets: fewer and fuller ones, at the rate that speech needs.
/// Clients' own wishes (livekit-client asks for 48 kbit/s) give way, and silence costs next to nothing
/// (usedtx). Stereo is music, and stays as offered.
void spare_voice(Section& answer, bool continuous) {
  answer.packet_ms = voice_packet_ms;
  answer.media_bits = voice_bits;
  for (auto& type : answer.payload_types) {
    if (type.name != "opus") continue;
    std::string kept;
    for (size_t at = 0; at < type.parameters.size();) {
      size_t end = std::min(type.parameters.find(';', at), type.parameters.size());
      auto one = std::string_view(type.parameters).substr(at, end - at);
      if (!one.starts_with("maxaveragebitrate=") && !one.starts_with("usedtx=")) kept.append(one).append(";");
      at = end + 1;
    }
    type.parameters =
        kept + (continuous ? "" : "usedtx=1;") + "maxaveragebitrate=" + std::to_string(voice_bits);
  }
}

/// `track`: what the section carries; null when that is not known yet. `codec` stands first in the answer:
/// browsers send the first one.
Section answered(const Section& offer, const Track* track, sfu::Codec codec = sfu::Codec::other) {
  Section out = sfu::sdp::answer(offer);
  out.direction = sfu::sdp::Direction::recvonly;
  // Redundant audio doubles the bytes of a voice; Opus repairs small losses by itself.
  std::erase_if(out.payload_types, [](const auto& type) { return type.name == "red"; });
  auto apt_gone = [&](const auto& type) { return type.apt() && !out.payload_type(*type.apt()); };
  std::vector<uint8_t> orphans;
  for (const auto& type : out.payload_types) {
    if (apt_gone(type)) orphans.push_back(type.id);
  }
  std::erase_if(out.payload_types,
                [&](const auto& type) { return std::ranges::find(orphans, type.id) != orphans.end(); });
  if (out.payload_types.empty()) out.port = 0;
  auto first = out.payload_types.begin();
  for (auto one = first; codec != sfu::Codec::other && one != out.payload_types.end(); ++one) {
    if (sfu::codec_named(one->name) == codec) std::rotate(first++, one, one + 1);
  }
  bool shared = track && (track->info.source() == wire::SCREEN_SHARE_AUDIO || track->info.stereo());
  if (offer.media == sfu::sdp::Media::audio && !shared) spare_voice(out, track && track->info.disable_dtx());
  sfu::sdp::answer_simulcast(offer, out);
  return out;
}

/// The codec that a track was announced with, its first or second.
sfu::Codec announced_codec(const Track& track, int index) {
  if (track.info.codecs_size() <= index) return sfu::Codec::other;
  const std::string& mime = track.info.codecs(index).mime_type();
  return sfu::codec_named(std::string_view(mime).substr(mime.find('/') + 1));
}

sfu::ReceiverOptions received(const Track& track, const Section& offer, const Section& answer) {
  sfu::ReceiverOptions out{.kind = track.video() ? sfu::Kind::video : sfu::Kind::audio,
                           .mid = offer.mid,
                           .codecs = sfu::sdp::codecs_of(answer),
                           .layers = sfu::sdp::layers_of(offer),
                           .extensions = sfu::sdp::extensions_of(answer)};
  sort_lowest_first(out.layers);
  return out;
}

void bind_backup(Parts& parts, Participant& participant, Track& track, const Section& offer,
                 const Section& answer) {
  auto options = received(track, offer, answer);
  if (options.codecs.empty()) return;
  auto media = parts.engine.add_receiver(participant.publisher.id, options);
  if (!media) return;
  track.backup.mid = offer.mid;
  track.backup.media = *media;
  track.backup.codec = options.codecs.front().codec;
  track.info.mutable_codecs(1)->set_mid(offer.mid);
  track.info.mutable_codecs(1)->set_sdp_cid(offer.track_id);
  if (track.info.muted()) parts.engine.set_muted(*media, true);
  tell_others(participant);
  offer_backup(parts, track);
}

void unbind_backup(Parts& parts, Track& track) {
  if (!track.backup.live()) return;
  parts.engine.remove_receiver(track.backup.media);
  track.backup = {};
  withdraw_backup(parts, track);
}

/// A second codec for a track that is there.
void add_backup(Parts& parts, Participant& participant, const wire::AddTrackRequest& request) {
  Track* track = participant.track(request.sid());
  if (!track || !track->video() || request.simulcast_codecs().empty() || track->info.codecs().empty() ||
      track->backup.live())
    return refuse(participant, request, wire::RequestResponse::UNSUPPORTED_TYPE, "no such track");
  const auto& codec = request.simulcast_codecs(0);
  auto* described = track->has_backup() ? track->info.mutable_codecs(1) : track->info.add_codecs();
  described->set_mime_type("video/" + codec.codec());
  described->set_cid(request.cid());
  described->clear_layers();
  fill_layers(codec.layers().empty() ? request.layers() : codec.layers(), *described);
  track->backup.cid = request.cid();
  wire::SignalResponse out;
  out.mutable_track_published()->set_cid(request.cid());
  *out.mutable_track_published()->mutable_track() = track->info;
  participant.send(out);
  for (auto& [mid, section] : participant.unmatched) {
    if (section.track_id != track->backup.cid) continue;
    Section offer = std::move(section);
    participant.unmatched.erase(mid);
    return bind_backup(parts, participant, *track, offer, answered(offer, track));
  }
}

void bind(Parts& parts, Participant& participant, Track& track, const Section& offer, const Section& answer) {
  auto options = received(track, offer, answer);
  const auto& codecs = options.codecs;
  if (codecs.empty()) return;
  auto media = parts.engine.add_receiver(participant.publisher.id, options);
  if (!media) return;
  track.mid = offer.mid;
  track.media = *media;
  track.codec = codecs.front().codec;
  track.info.set_mid(offer.mid);
  std::string mime =
      std::string(track.video() ? "video/" : "audio/") + std::string(sfu::codec_name(track.codec));
  track.info.set_mime_type(mime);
  track.info.set_simulcast(options.layers.size() > 1);
  if (track.info.codecs_size() == 0) track.info.add_codecs()->set_mime_type(mime);
  track.info.mutable_codecs(0)->set_mid(offer.mid);
  track.info.mutable_codecs(0)->set_sdp_cid(offer.track_id);
  if (track.info.muted()) parts.engine.set_muted(track.media, true);
  tell_others(participant);
  parts.observer.on_track_published(participant.room->name, describe(participant), describe(track));
  offer_track(parts, track);
}

}  // namespace

bool may_publish(const Permission& permission, Source source) {
  if (!permission.publish) return false;
  const auto& sources = permission.publish_sources;
  return sources.empty() || std::ranges::find(sources, source) != sources.end();
}

void tell_others(Participant& participant) {
  ++participant.version;
  auto update = update_of(participant);
  participant.send(update);
  if (participant.grant.permission.hidden) return;
  participant.told = true;
  participant.room->send(update, &participant);
}

void add_track(Parts& parts, Participant& participant, const wire::AddTrackRequest& request) {
  if (!may_publish(participant.grant.permission, from_wire(request.source()))) {
    return refuse(participant, request, wire::RequestResponse::NOT_ALLOWED, "publishing this is not allowed");
  }
  if (request.cid().empty() || request.cid().size() > parts.limits.name_bytes ||
      request.name().size() > parts.limits.name_bytes || request.layers_size() > 8 ||
      request.simulcast_codecs_size() > 4 ||
      (request.type() != wire::AUDIO && request.type() != wire::VIDEO)) {
    return refuse(participant, request, wire::RequestResponse::UNSUPPORTED_TYPE, "malformed track");
  }
  if (!request.sid().empty()) return add_backup(parts, participant, request);
  Track* track = by_cid(participant, request.cid());
  if (!track) {
    if (participant.tracks.size() >= parts.limits.tracks_per_participant) {
      return refuse(participant, request, wire::RequestResponse::LIMIT_EXCEEDED, "too many tracks");
    }
    auto made = std::make_unique<Track>();
    track = made.get();
    track->publisher = &participant;
    track->cid = request.cid();
    for (const auto& codec : request.simulcast_codecs()) {
      if (!codec.cid().empty()) track->other_cids.push_back(codec.cid());
    }
    describe_track(request, track->info);
    track->info.set_sid(new_sid(parts.env.random, request.type() == wire::VIDEO ? "TR_V" : "TR_A"));
    participant.tracks.push_back(std::move(made));
  }
  wire::SignalResponse out;
  out.mutable_track_published()->set_cid(request.cid());
  *out.mutable_track_published()->mutable_track() = track->info;
  participant.send(out);
  for (auto& [mid, section] : participant.unmatched) {
    if (announced(participant, section) != track) continue;
    Section offer = std::move(section);
    participant.unmatched.erase(mid);
    return bind(parts, participant, *track, offer, answered(offer, track));
  }
}

Section answer_published(Parts& parts, Participant& participant, const Section& offer) {
  Track* second = announced_backup(participant, offer);
  Track* known = second ? nullptr : by_mid(participant, offer.mid);
  Track* track = second || known ? known : announced(participant, offer);
  bool backup = second || (known && known->backup.mid == offer.mid);
  const Track* described = second ? second : track;
  Section answer =
      answered(offer, described, described ? announced_codec(*described, backup) : sfu::Codec::other);
  if (answer.port == 0 || known) return answer;
  participant.unmatched.erase(offer.mid);
  if (second) {
    bind_backup(parts, participant, *second, offer, answer);
  } else if (track) {
    bind(parts, participant, *track, offer, answer);
  } else {
    participant.unmatched[offer.mid] = offer;
  }
  return answer;
}

void unpublish_section(Parts& parts, Participant& participant, const std::string& mid) {
  participant.unmatched.erase(mid);
  Track* track = by_mid(participant, mid);
  if (!track) return;
  if (track->backup.mid == mid) return unbind_backup(parts, *track);
  unpublish(parts, participant, track->info.sid());
}

void unpublish(Parts& parts, Participant& participant, const std::string& track_sid) {
  auto found =
      std::ranges::find(participant.tracks, track_sid, [](const auto& one) { return one->info.sid(); });
  if (found == participant.tracks.end()) return;
  auto track = std::move(*found);
  participant.tracks.erase(found);
  if (!track->live()) return;
  parts.engine.remove_receiver(track->media);
  if (track->backup.live()) parts.engine.remove_receiver(track->backup.media);
  withdraw_track(*participant.room, *track);
  tell_others(participant);
  parts.observer.on_track_unpublished(participant.room->name, describe(participant), describe(*track));
}

void apply_permission(Parts& parts, Participant& participant) {
  std::vector<std::string> forbidden;
  for (const auto& track : participant.tracks) {
    if (!may_publish(participant.grant.permission, from_wire(track->info.source())))
      forbidden.push_back(track->info.sid());
  }
  for (const auto& sid : forbidden) {
    wire::SignalResponse out;
    out.mutable_track_unpublished()->set_track_sid(sid);
    participant.send(out);
    unpublish(parts, participant, sid);
  }
  review(parts, participant);
}

void set_muted(Parts& parts, Track& track, bool muted) {
  if (track.info.muted() == muted) return;
  track.info.set_muted(muted);
  if (!track.live()) return;
  parts.engine.set_muted(track.media, muted);
  if (track.backup.live()) parts.engine.set_muted(track.backup.media, muted);
  tell_others(*track.publisher);
}

}  // namespace parvis::livekit
