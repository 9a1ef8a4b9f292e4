#pragma once
// What the server remembers of rooms: plain records, changed by publish, subscribe, negotiate, data and
// server. Loop thread only.
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/livekit/messages.h"
#include "engine/livekit/server.h"
#include "engine/sfu/sdp.h"

namespace parvis::livekit {

struct Participant;
struct Room;

/// The same image in a second codec, for those who cannot receive the first; published when one of them
/// comes.
struct Backup {
  std::string cid, mid;  // empty = not announced, not offered
  sfu::TrackId media = sfu::TrackId::none;
  sfu::Codec codec = sfu::Codec::other;
  bool wanted = false;
  int watched = -1;  // the highest layer that the publisher was told to send; -1 = none

  bool live() const { return media != sfu::TrackId::none; }
};

/// A medium that somebody publishes, or has announced and not yet offered.
struct Track {
  Participant* publisher = nullptr;
  wire::TrackInfo info;
  std::string cid;                      // the client's name for it, until and after the server's sid
  std::vector<std::string> other_cids;  // of its further codecs
  std::string mid;                      // of the section that carries it; empty = announced only
  sfu::TrackId media = sfu::TrackId::none;
  sfu::Codec codec = sfu::Codec::other;
  Backup backup;
  int watched = 255;        // the highest layer that the publisher was told to send; 255 = all
  Monotonic lower_since{};  // fewer would do since; 0 = no

  bool video() const { return info.type() == wire::TrackType::VIDEO; }
  bool live() const { return media != sfu::TrackId::none; }
  bool has_backup() const { return info.codecs_size() > 1; }  // announced with it
  /// Of one of its codecs, lowest first.
  const google::protobuf::RepeatedPtrField<wire::VideoLayer>& layers(bool of_backup) const {
    return of_backup && has_backup() && info.codecs(1).layers_size() > 0 ? info.codecs(1).layers()
                                                                         : info.layers();
  }
};

/// One person's wish and place for one track of another.
struct Subscription {
  std::string mid;  // of the section that carries it; empty = waits for one
  sfu::Sender sender;
  bool disabled = false;  // the client does not show it now
  uint32_t width = 0, height = 0;
  uint32_t frames_per_second = 0;  // that are enough; 0 = any
  std::optional<wire::VideoQuality> quality;
  bool backup = false;     // in the track's second codec
  uint8_t spatial = 255;   // the layer that fits what is shown; 255 = any
  bool held = false;       // for want of bandwidth, as told
  bool forbidden = false;  // by the bounds of images
};

/// A section towards a subscriber. A client must see it inactive once before it may carry another track.
struct Slot {
  bool video = false;
  std::string track_sid;  // empty = free
  bool draining = false;
};

struct Participant {
  Room* room = nullptr;
  Grant grant;
  std::string sid;
  wire::ClientInfo client;
  bool single_connection = true;
  Connection* connection = nullptr;  // null: the socket is lost, a resume may come
  Monotonic socket_lost{};
  Monotonic entered{}, last_heard{};
  bool without_udp = false;  // media failed over UDP the last time
  sfu::Budget deliveries;    // of data
  Monotonic token_sent{};
  std::string moved_from;  // moved while no socket was there to tell it: the room that its token names

  uint32_t version = 0;
  bool offered = false;  // JOINED: an offer was seen
  bool active = false;   // the primary transport is, or was, connected
  bool told = false;     // others know of it
  int64_t joined_at_ms = 0;

  // What the client sends over; with one connection also what it receives over.
  sfu::LocalTransport publisher;
  sfu::RemoteTransport publisher_remote;
  sfu::LocalTransport subscriber;  // two connections only
  sfu::RemoteTransport subscriber_remote;
  uint64_t answer_version = 0;

  std::vector<std::unique_ptr<Track>> tracks;
  std::map<std::string, sfu::sdp::Section> unmatched;  // by mid: offered before its add_track came

  bool auto_subscribe = true;
  std::set<std::string> refused, asked;               // track sids, against and for auto_subscribe
  std::map<std::string, Subscription> subscriptions;  // by track sid
  std::map<std::string, Slot> slots;                  // by mid
  Monotonic sections_asked{};  // an offer with more sections is awaited since; 0 = none

  // Two connections: the server offers on the second one. Sections keep their place for good.
  std::vector<sfu::sdp::Section> offered_sections;
  uint32_t offer_id = 0;
  bool offer_pending = false, offer_wanted = false;

  /// Who may receive what this one publishes; unset = everyone.
  std::optional<wire::SubscriptionPermission> allowed;

  std::map<uint16_t, std::string> channels;     // stream → label, of what the client sends on
  bool reachable = false;                       // its reliable channel for receiving was opened
  std::vector<Bytes> early;                     // reliable messages that wait for it
  uint32_t last_sequence = 0;                   // of its reliable messages
  uint64_t bytes_received = 0, bytes_sent = 0;  // told to the observer
  int quality = wire::EXCELLENT;                // of the connection, as last told
  float loudness = 0;                           // as last told to others; 0 = silent

  const sfu::LocalTransport& receiving() const { return single_connection ? publisher : subscriber; }
  Track* track(std::string_view track_sid);
  void send(const wire::SignalResponse& message);
  void send_frame(const std::string& frame);
};

struct Room {
  std::string sid, name, metadata;
  uint64_t group = 0;  // of the forwarding unit
  int64_t created_at_ms = 0;
  uint32_t max_participants = 0;
  std::string trailer;  // of frames that the server would inject (sif_trailer)
  bool joined_once = false;
  Monotonic empty_since{};
  std::map<std::string, std::shared_ptr<Participant>> participants;  // by identity
  std::map<std::string, Monotonic> without_udp;                      // until when; by identity

  Participant* by_sid(std::string_view participant_sid);
  Track* track(std::string_view track_sid);
  /// To everyone but one; serialised once.
  void send(const wire::SignalResponse& message, const Participant* except = nullptr);
};

/// What every part of the server works with.
struct Parts {
  Env& env;
  sfu::Engine& engine;
  Observer& observer;
  const ServerLimits& limits;
  std::shared_ptr<bool> alive;  // false once the server is gone: late answers are dropped
  std::function<std::string(const Grant&)> token_source;
  std::map<std::string, std::unique_ptr<Room>> rooms;  // by name
  std::unordered_map<uint64_t, Room*> by_group;
  uint64_t last_group = 0;
  std::unordered_map<sfu::TransportId, Participant*> by_transport;
  uint64_t dropped_data = 0;  // beyond ServerLimits::deliveries

  /// A transport of the forwarding unit for one participant.
  Result<sfu::LocalTransport> open_transport(Participant& participant);
  /// Whoever could not be reached is offered TCP alone when it comes again; and UDP too the time after, when
  /// that fails as well.
  void change_protocol(Participant& participant);
  void close_transport(sfu::LocalTransport& transport);
};

/// "PA_" and 12 letters and digits.
std::string new_sid(Random& random, std::string_view prefix);

}  // namespace parvis::livekit
