#pragma once
// Rooms as LiveKit's clients know them: signalling, participants, tracks and data over the forwarding unit.
// It knows tokens only as the Grant that somebody else has checked, and sockets only as Connection; nothing
// of spaces or people.
//
// Threading: the owner's loop thread only. Nothing here blocks.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/livekit/values.h"
#include "engine/sfu/sfu.h"
#include "platform/env.h"

namespace parvis::livekit {

/// What happens in rooms, after it happened. Default: ignored.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_room_started(const RoomDescription&) {}
  virtual void on_room_finished(const RoomDescription&) {}
  virtual void on_participant_joined(const std::string& /*room*/, const ParticipantDescription&) {}
  /// `reason` as in LiveKit's DisconnectReason, in lower case: "client_initiated", "participant_removed"…
  virtual void on_participant_left(const std::string& /*room*/, const ParticipantDescription&,
                                   std::string_view /*reason*/) {}
  /// Instead of joining and leaving: its media never connected.
  virtual void on_participant_aborted(const std::string& /*room*/, const ParticipantDescription&,
                                      std::string_view /*reason*/) {}
  /// By the participant: name, metadata or attributes are others now.
  virtual void on_participant_changed(const std::string& /*room*/, const ParticipantDescription&) {}
  virtual void on_track_published(const std::string& /*room*/, const ParticipantDescription&,
                                  const TrackDescription&) {}
  virtual void on_track_unpublished(const std::string& /*room*/, const ParticipantDescription&,
                                    const TrackDescription&) {}
  /// Bytes of media and data since the last telling, both directions, with their UDP and IP headers; about
  /// every 5 s and at the end.
  virtual void on_traffic(const std::string& /*room*/, const std::string& /*identity*/, uint64_t /*received*/,
                          uint64_t /*sent*/) {}
};

/// The participant's socket, made by the door. The server calls none of it after Session is destroyed.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void send(ByteView frame) = 0;            // one binary message: a SignalResponse
  virtual void close(std::string_view reason) = 0;  // normal closure; nothing more is sent
};

/// Life of one socket in a room. Destroying it says that the socket is gone: the participant stays for a
/// while, for a resume.
class Session {
 public:
  virtual ~Session() = default;
  virtual void receive(
      ByteView frame) = 0;  // one binary message: a SignalRequest; malformed ones are counted and dropped
  /// How long the door should wait before it reads again: nothing, but for a socket that asks for more than
  /// ServerLimits::signals. What it sends meanwhile stays in the network.
  virtual int64_t pause_us() const = 0;
};

/// How the client asked to join: the query of /rtc/v1 or /rtc.
struct JoinQuery {
  bool single_connection = true;                  // /rtc/v1
  std::string join_request;                       // v1: base64url of WrappedJoinRequest
  std::map<std::string, std::string> parameters;  // v0
};

namespace reasons {
inline constexpr Reason malformed_join{Code::invalid, "malformed_join",
                                       "La demande d’entrée en réunion est mal formée.",
                                       "The request to join the meeting is malformed."};
inline constexpr Reason room_full{Code::unavailable, "room_full", "La réunion est complète.",
                                  "The meeting is full."};
inline constexpr Reason no_such_room{Code::not_found, "no_such_room",
                                     "Cette réunion n’a pas lieu en ce moment.",
                                     "This meeting is not taking place now."};
inline constexpr Reason no_such_participant{Code::not_found, "no_such_participant",
                                            "Cette personne n’est pas dans la réunion.",
                                            "This person is not in the meeting."};
inline constexpr Reason no_such_track{Code::not_found, "no_such_track", "Ce flux n’existe plus.",
                                      "This track no longer exists."};
}  // namespace reasons

struct ServerLimits {
  size_t rooms = 2'000;
  size_t participants_per_room = 1'000;
  size_t tracks_per_participant = 16;
  size_t frame_bytes = 2 << 20;
  size_t metadata_bytes = 64 << 10;
  size_t attributes_bytes = 64 << 10;
  size_t name_bytes = 256;
  sfu::Rate signals{100, 500};  // per socket; a message costs 1, what is told to all 5, an offer 10
  sfu::Rate deliveries{100'000, 200'000};      // of one participant's data, one for each receiver
  int64_t resume_within_us = 15'000'000;       // a socket lost without leave
  int64_t without_udp_us = 300'000'000;        // for somebody whose media failed over UDP
  int64_t empty_room_us = 20'000'000;          // after the last one left
  int64_t never_joined_room_us = 300'000'000;  // made by create_room()
};

struct ServerConfiguration {
  sfu::Configuration media;
  ServerLimits limits;
};

class Server {
 public:
  /// `observer` outlives the server. Binds the media ports.
  static Result<std::unique_ptr<Server>> start(ServerConfiguration configuration, Env& env,
                                               Observer& observer);
  virtual ~Server() = default;

  /// Takes a socket into a room, which is made when absent. A refusal is answered by the door before the
  /// upgrade.
  virtual Result<void> check(const JoinQuery& query, const Grant& grant) = 0;
  virtual std::unique_ptr<Session> join(const JoinQuery& query, const Grant& grant,
                                        Connection& connection) = 0;
  /// Called every few minutes and after a change of claims: a fresh token for the participant's reconnects.
  /// The owner sets it.
  virtual void use_token_source(std::function<std::string(const Grant&)> source) = 0;

  virtual Result<RoomDescription> create_room(const std::string& name, const std::string& metadata,
                                              uint32_t max_participants) = 0;
  virtual std::vector<RoomDescription> rooms() const = 0;
  virtual Result<void> delete_room(const std::string& name) = 0;  // everyone is sent away
  virtual Result<void> set_room_metadata(const std::string& room, const std::string& metadata) = 0;

  virtual std::vector<ParticipantDescription> participants(const std::string& room) const = 0;
  virtual Result<ParticipantDescription> participant(const std::string& room,
                                                     const std::string& identity) const = 0;
  /// Sent away at once: socket, media, data.
  virtual Result<void> remove_participant(const std::string& room, const std::string& identity) = 0;
  virtual Result<void> mute_track(const std::string& room, const std::string& identity,
                                  const std::string& track_sid, bool muted) = 0;
  /// As the participant itself would ask; ids of tracks that are not in the room are ignored.
  virtual Result<void> update_subscriptions(const std::string& room, const std::string& identity,
                                            const std::vector<std::string>& track_sids, bool subscribe) = 0;
  struct ParticipantChange {
    std::optional<std::string> name, metadata;
    std::map<std::string, std::string> attributes;  // an empty value deletes
    std::optional<Permission> permission;
  };
  virtual Result<void> update_participant(const std::string& room, const std::string& identity,
                                          const ParticipantChange& change) = 0;
  /// To another room, made when absent, over the connection it has (RoomEvent.Moved): what it publishes is
  /// offered there, and gone here. A full destination refuses. Where another media thread serves the
  /// destination, the client joins it anew by itself.
  virtual Result<void> move_participant(const std::string& room, const std::string& identity,
                                        const std::string& destination) = 0;
  /// At most so much is sent to the participant, voices included; images give way. 0 = no bound.
  virtual Result<void> set_send_limit(const std::string& room, const std::string& identity,
                                      uint32_t bits_per_second) = 0;
  virtual Result<void> set_images(const std::string& room, const std::string& identity,
                                  const ImageBounds& images) = 0;
  /// To those named, or to everyone; `reliable` or lossy. Arrives as dataReceived with `topic`, from the
  /// server.
  virtual Result<void> send_data(const std::string& room, ByteView payload, const std::string& topic,
                                 const std::vector<std::string>& identities, bool reliable) = 0;

  /// Tells everyone that the server stops and that they should come back.
  virtual void shut_down() = 0;
  virtual const std::vector<uint16_t>& udp_ports() const = 0;
  virtual const std::vector<uint16_t>& tcp_ports() const = 0;  // 0: none
  /// A TCP connection of media that came to another door (sfu::Configuration::Tcp::adopted).
  virtual void adopt(int descriptor) = 0;
};

}  // namespace parvis::livekit
