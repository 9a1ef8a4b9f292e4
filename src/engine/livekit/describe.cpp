#include "engine/livekit/describe.h"

#include <algorithm>
#include <array>

namespace parvis::livekit {
namespace {

constexpr std::array<std::string_view, 5> source_names{"unknown", "camera", "microphone", "screen_share",
                                                       "screen_share_audio"};

}  // namespace

std::string_view source_name(Source source) { return source_names.at(static_cast<size_t>(source)); }

std::optional<Source> parse_source(std::string_view name) {
  auto found = std::ranges::find(source_names, name);
  if (found == source_names.end()) return std::nullopt;
  return static_cast<Source>(found - source_names.begin());
}

wire::TrackSource to_wire(Source source) { return static_cast<wire::TrackSource>(source); }

Source from_wire(wire::TrackSource source) {
  return source >= 0 && source <= wire::SCREEN_SHARE_AUDIO ? static_cast<Source>(source) : Source::unknown;
}

void fill(wire::ParticipantPermission& out, const Permission& permission) {
  out.set_can_subscribe(permission.subscribe);
  out.set_can_publish(permission.publish);
  out.set_can_publish_data(permission.publish_data);
  out.set_can_update_metadata(permission.update_own_metadata);
  out.set_hidden(permission.hidden);
  for (Source source : permission.publish_sources) out.add_can_publish_sources(to_wire(source));
}

wire::ParticipantInfo participant_info(const Participant& participant) {
  wire::ParticipantInfo out;
  out.set_sid(participant.sid);
  out.set_identity(participant.grant.identity);
  out.set_name(participant.grant.name);
  out.set_metadata(participant.grant.metadata);
  for (const auto& [key, value] : participant.grant.attributes) (*out.mutable_attributes())[key] = value;
  out.set_state(participant.active    ? wire::ParticipantInfo::ACTIVE
                : participant.offered ? wire::ParticipantInfo::JOINED
                                      : wire::ParticipantInfo::JOINING);
  out.set_joined_at(participant.joined_at_ms / 1000);
  out.set_joined_at_ms(participant.joined_at_ms);
  out.set_version(participant.version);
  out.set_client_protocol(participant.client.client_protocol());
  fill(*out.mutable_permission(), participant.grant.permission);
  bool publishes = false;
  for (const auto& track : participant.tracks) {
    if (!track->live()) continue;
    *out.add_tracks() = track->info;
    publishes = true;
  }
  out.set_is_publisher(publishes);
  return out;
}

wire::SignalResponse update_of(const Participant& participant) {
  wire::SignalResponse out;
  *out.mutable_update()->add_participants() = participant_info(participant);
  return out;
}

wire::Room room_info(const Room& room) {
  RoomDescription described = describe(room);
  wire::Room out;
  out.set_sid(room.sid);
  out.set_name(room.name);
  out.set_metadata(room.metadata);
  out.set_creation_time(room.created_at_ms / 1000);
  out.set_creation_time_ms(room.created_at_ms);
  out.set_max_participants(room.max_participants);
  out.set_num_participants(described.participants);
  out.set_num_publishers(described.publishers);
  for (const char* mime : {"video/VP8", "video/VP9", "video/H264", "video/AV1", "audio/opus"}) {
    out.add_enabled_codecs()->set_mime(mime);
  }
  return out;
}

TrackDescription describe(const Track& track) {
  return {.sid = track.info.sid(),
          .name = track.info.name(),
          .source = from_wire(track.info.source()),
          .video = track.video(),
          .muted = track.info.muted(),
          .mime_type = track.info.mime_type(),
          .width = track.info.width(),
          .height = track.info.height()};
}

ParticipantDescription describe(const Participant& participant) {
  const Grant& grant = participant.grant;
  ParticipantDescription out{.sid = participant.sid,
                             .identity = grant.identity,
                             .name = grant.name,
                             .metadata = grant.metadata,
                             .attributes = grant.attributes,
                             .permission = grant.permission,
                             .joined_at_ms = participant.joined_at_ms,
                             .active = participant.active,
                             .tracks = {}};
  for (const auto& track : participant.tracks) {
    if (track->live()) out.tracks.push_back(describe(*track));
  }
  return out;
}

RoomDescription describe(const Room& room) {
  RoomDescription out{.sid = room.sid,
                      .name = room.name,
                      .metadata = room.metadata,
                      .created_at_ms = room.created_at_ms,
                      .max_participants = room.max_participants};
  for (const auto& [identity, one] : room.participants) {
    if (one->grant.permission.hidden) continue;
    ++out.participants;
    if (std::ranges::any_of(one->tracks, [](const auto& track) { return track->live(); })) ++out.publishers;
  }
  return out;
}

std::string reason_name(wire::DisconnectReason reason) {
  std::string out = wire::DisconnectReason_Name(reason);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

}  // namespace parvis::livekit
