#pragma once
// What the server and its owner tell each other of rooms, participants and tracks.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parvis::livekit {

enum class Source : uint8_t { unknown, camera, microphone, screen_share, screen_share_audio };
std::string_view source_name(Source source);  // "camera", as in canPublishSources
std::optional<Source> parse_source(std::string_view name);

struct Permission {
  bool publish = true;
  bool subscribe = true;
  bool publish_data = true;
  bool update_own_metadata = false;  // name and metadata
  bool update_own_attributes = false;
  bool hidden = false;
  bool room_admin = false;
  std::vector<Source> publish_sources;  // empty = all
  bool operator==(const Permission&) const = default;
};

/// What of images a participant may receive and send, whatever their client asks. Voices are never bounded.
struct ImageBounds {
  enum class Cameras : uint8_t { none, lowest, all };
  Cameras cameras = Cameras::all;  // of others; lowest: the smallest layer of each
  bool screens = true;             // of others
  bool own_lowest = false;         // of the own camera only the smallest layer is asked for
  bool operator==(const ImageBounds&) const = default;
};

/// What a checked token says.
struct Grant {
  std::string room;
  std::string identity;  // unique in the room: whoever comes later takes the place
  std::string name;
  std::string metadata;
  std::map<std::string, std::string> attributes;
  Permission permission;
  ImageBounds images = {};
};

struct TrackDescription {
  std::string sid;  // "TR_…"
  std::string name;
  Source source = Source::unknown;
  bool video = false;
  bool muted = false;
  std::string mime_type;  // "video/VP8"
  uint32_t width = 0, height = 0;
};

struct ParticipantDescription {
  std::string sid;  // "PA_…": another with each join
  std::string identity;
  std::string name;
  std::string metadata;
  std::map<std::string, std::string> attributes;
  Permission permission;
  int64_t joined_at_ms = 0;  // Unix time
  bool active = false;       // media is connected
  std::vector<TrackDescription> tracks;
};

struct RoomDescription {
  std::string sid;  // "RM_…"
  std::string name;
  std::string metadata;
  int64_t created_at_ms = 0;
  uint32_t participants = 0;  // hidden ones are not counted
  uint32_t publishers = 0;
  uint32_t max_participants = 0;  // 0 = the configured bound
};

}  // namespace parvis::livekit
