#pragma once
// The messages of LiveKit's RoomService, as a Twirp door meets them: protobuf or JSON from strangers.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/livekit/messages.h"
#include "engine/livekit/values.h"

namespace parvis::room_messages {

namespace wire = livekit::wire;
using Message = google::protobuf::Message;

enum class Format : uint8_t { protobuf, json };
/// By a Content-Type; Twirp knows these two.
std::optional<Format> format_of(std::string_view content_type);
std::string_view content_type(Format format);

/// An empty request of a method; null when there is no such method.
std::unique_ptr<Message> request_of(std::string_view method);
/// JSON takes both spellings of names, and ignores what it does not know. reasons::malformed.
Result<void> parse(Format format, std::string_view body, Message& into);
/// JSON has the names of the .proto files and every field, as LiveKit writes it.
std::string render(Format format, const Message& message);

wire::TrackInfo track_info(const livekit::TrackDescription& track);
wire::ParticipantInfo participant_info(const livekit::ParticipantDescription& participant);
/// `name`: how the caller knows the room.
wire::Room room_info(const livekit::RoomDescription& room, const std::string& name);
livekit::Permission permission_of(const wire::ParticipantPermission& wanted,
                                  const livekit::Permission& before);

/// The house keeps a room's state in its metadata; what automation sets is a part of it.
std::string room_metadata(bool locked, std::string_view of_automation);
std::string automation_metadata(std::string_view room_metadata);

}  // namespace parvis::room_messages
