#include "module/meetings/room_messages.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "base/json.h"
#include "base/utf8.h"

namespace parvis::room_messages {
namespace {

template <class T>
std::unique_ptr<Message> make() {
  return std::make_unique<T>();
}

struct Method {
  std::string_view name;
  std::unique_ptr<Message> (*request)();
};
constexpr Method methods[] = {
    {"CreateRoom", make<wire::CreateRoomRequest>},
    {"ListRooms", make<wire::ListRoomsRequest>},
    {"DeleteRoom", make<wire::DeleteRoomRequest>},
    {"ListParticipants", make<wire::ListParticipantsRequest>},
    {"GetParticipant", make<wire::RoomParticipantIdentity>},
    {"RemoveParticipant", make<wire::RoomParticipantIdentity>},
    {"MutePublishedTrack", make<wire::MuteRoomTrackRequest>},
    {"UpdateParticipant", make<wire::UpdateParticipantRequest>},
    {"UpdateSubscriptions", make<wire::UpdateSubscriptionsRequest>},
    {"SendData", make<wire::SendDataRequest>},
    {"UpdateRoomMetadata", make<wire::UpdateRoomMetadataRequest>},
    {"MoveParticipant", make<wire::MoveParticipantRequest>},
    {"ForwardParticipant", make<wire::ForwardParticipantRequest>},
    {"PerformRpc", make<wire::PerformRpcRequest>},
};

}  // namespace

std::optional<Format> format_of(std::string_view content_type) {
  auto media = content_type.substr(0, content_type.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  if (media == "application/json") return Format::json;
  if (media == "application/protobuf") return Format::protobuf;
  return std::nullopt;
}

std::string_view content_type(Format format) {
  return format == Format::json ? "application/json" : "application/protobuf";
}

std::unique_ptr<Message> request_of(std::string_view method) {
  const auto* found = std::ranges::find(methods, method, &Method::name);
  return found == std::end(methods) ? nullptr : found->request();
}

Result<void> parse(Format format, std::string_view body, Message& into) {
  if (format == Format::protobuf) {
    if (!into.ParseFromArray(body.data(), static_cast<int>(body.size())))
      return fail(reasons::malformed, "protobuf");
    return {};
  }
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  auto status = google::protobuf::util::JsonStringToMessage({body.data(), body.size()}, &into, options);
  if (!status.ok()) return fail(reasons::malformed, std::string(status.message()));
  return {};
}

std::string render(Format format, const Message& message) {
  if (format == Format::protobuf) return message.SerializeAsString();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  (void)google::protobuf::util::MessageToJsonString(message, &out, options);
  return out;
}

wire::TrackInfo track_info(const livekit::TrackDescription& track) {
  wire::TrackInfo out;
  out.set_sid(track.sid);
  out.set_name(track.name);
  out.set_type(track.video ? wire::VIDEO : wire::AUDIO);
  out.set_source(static_cast<wire::TrackSource>(track.source));
  out.set_muted(track.muted);
  out.set_mime_type(track.mime_type);
  out.set_width(track.width);
  out.set_height(track.height);
  return out;
}

wire::ParticipantInfo participant_info(const livekit::ParticipantDescription& participant) {
  wire::ParticipantInfo out;
  out.set_sid(participant.sid);
  out.set_identity(participant.identity);
  out.set_name(participant.name);
  out.set_metadata(participant.metadata);
  for (const auto& [key, value] : participant.attributes) (*out.mutable_attributes())[key] = value;
  out.set_state(participant.active ? wire::ParticipantInfo::ACTIVE : wire::ParticipantInfo::JOINING);
  out.set_joined_at(participant.joined_at_ms / 1000);
  out.set_joined_at_ms(participant.joined_at_ms);
  out.set_is_publisher(!participant.tracks.empty());
  for (const auto& track : participant.tracks) *out.add_tracks() = track_info(track);
  const auto& permission = participant.permission;
  auto& shown = *out.mutable_permission();
  shown.set_can_publish(permission.publish);
  shown.set_can_subscribe(permission.subscribe);
  shown.set_can_publish_data(permission.publish_data);
  shown.set_can_update_metadata(permission.update_own_metadata);
  shown.set_hidden(permission.hidden);
  for (auto source : permission.publish_sources)
    shown.add_can_publish_sources(static_cast<wire::TrackSource>(source));
  return out;
}

wire::Room room_info(const livekit::RoomDescription& room, const std::string& name) {
  wire::Room out;
  out.set_sid(room.sid);
  out.set_name(name);
  out.set_metadata(automation_metadata(room.metadata));
  out.set_creation_time(room.created_at_ms / 1000);
  out.set_creation_time_ms(room.created_at_ms);
  out.set_num_participants(room.participants);
  out.set_num_publishers(room.publishers);
  out.set_max_participants(room.max_participants);
  return out;
}

livekit::Permission permission_of(const wire::ParticipantPermission& wanted,
                                  const livekit::Permission& before) {
  livekit::Permission out = before;
  out.publish = wanted.can_publish();
  out.subscribe = wanted.can_subscribe();
  out.publish_data = wanted.can_publish_data();
  out.publish_sources.clear();
  for (int source : wanted.can_publish_sources()) {
    if (source >= wire::UNKNOWN && source <= wire::SCREEN_SHARE_AUDIO)
      out.publish_sources.push_back(static_cast<livekit::Source>(source));
  }
  if (wanted.can_publish_sources_size() > 0 && out.publish_sources.empty()) out.publish = false;
  return out;
}

std::string room_metadata(bool locked, std::string_view of_automation) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("locked", locked);
  if (!of_automation.empty()) writer.field("metadata", of_automation);
  writer.end_object();
  return out;
}

std::string automation_metadata(std::string_view room_metadata) {
  auto state = json::parse(room_metadata);
  return state ? std::string(json::text(*state, "metadata").value_or("")) : std::string();
}

}  // namespace parvis::room_messages
