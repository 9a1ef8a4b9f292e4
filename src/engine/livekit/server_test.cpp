#include <doctest/doctest.h>

#include "engine/livekit/messages.h"
#include "engine/livekit/server.h"
#include "engine/sfu/sdp.h"

namespace parvis::livekit {
namespace {

/// What a client's socket received.
struct Socket final : Connection {
  std::vector<wire::SignalResponse> received;
  bool closed = false;
  void send(ByteView frame) override {
    CHECK_FALSE(closed);
    wire::SignalResponse message;
    REQUIRE(message.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
    received.push_back(std::move(message));
  }
  void close(std::string_view) override { closed = true; }
  const wire::SignalResponse* find(wire::SignalResponse::MessageCase wanted) const {
    for (auto one = received.rbegin(); one != received.rend(); ++one) {
      if (one->message_case() == wanted) return &*one;
    }
    return nullptr;
  }
};

JoinQuery query_of(const wire::JoinRequest& request) {
  wire::WrappedJoinRequest wrapped;
  wrapped.set_join_request(request.SerializeAsString());
  return {.single_connection = true,
          .join_request = to_base64(as_bytes(wrapped.SerializeAsString()), Base64::url_unpadded),
          .parameters = {}};
}

JoinQuery plain_query() {
  wire::JoinRequest request;
  request.mutable_connection_settings()->set_auto_subscribe(true);
  return query_of(request);
}

struct Watcher final : Observer {
  std::vector<std::string> told;
  void on_room_started(const RoomDescription& room) override { told.push_back("started " + room.name); }
  void on_room_finished(const RoomDescription& room) override { told.push_back("finished " + room.name); }
  void on_participant_left(const std::string&, const ParticipantDescription& who, std::string_view) override {
    told.push_back("left " + who.identity);
  }
  void on_participant_aborted(const std::string&, const ParticipantDescription& who,
                              std::string_view reason) override {
    told.push_back("aborted " + who.identity + " " + std::string(reason));
  }
};

struct At {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  Watcher watcher;
  std::unique_ptr<Server> server;
  At() {
    ServerConfiguration configuration;
    configuration.media.bind_host = "127.0.0.1";
    configuration.limits.participants_per_room = 3;
    configuration.limits.tracks_per_participant = 2;
    configuration.limits.attributes_bytes = 100;
    auto started = Server::start(configuration, *env, watcher);
    REQUIRE(started);
    server = std::move(*started);
  }
  static Grant grant(const std::string& identity, Permission permission = {}) {
    return {.room = "salle",
            .identity = identity,
            .name = identity,
            .metadata = {},
            .attributes = {},
            .permission = std::move(permission)};
  }
  std::unique_ptr<Session> join(Socket& socket, const std::string& identity, Permission permission = {}) {
    return server->join(plain_query(), grant(identity, std::move(permission)), socket);
  }
};

void say(Session& session, const wire::SignalRequest& request) {
  auto text = request.SerializeAsString();
  session.receive(as_bytes(text));
}

wire::SignalRequest adding(const std::string& cid, wire::TrackSource source = wire::MICROPHONE) {
  wire::SignalRequest out;
  out.mutable_add_track()->set_cid(cid);
  out.mutable_add_track()->set_type(source == wire::MICROPHONE ? wire::AUDIO : wire::VIDEO);
  out.mutable_add_track()->set_source(source);
  return out;
}

using Response = wire::SignalResponse;

TEST_CASE("the first frame is what a client needs to begin; a room lives while somebody is there") {
  At at;
  Socket one;
  auto session = at.join(one, "ada");
  REQUIRE(one.received.size() == 1);
  const auto& join = one.received[0].join();
  CHECK(join.room().name() == "salle");
  CHECK(join.room().sid().starts_with("RM_"));
  CHECK(join.participant().sid().starts_with("PA_"));
  CHECK(join.participant().identity() == "ada");
  CHECK_FALSE(join.server_info().version().empty());
  CHECK(join.ping_interval() > 0);
  CHECK(join.ping_timeout() > join.ping_interval());
  CHECK(at.server->participants("salle").size() == 1);
  CHECK(at.watcher.told == std::vector<std::string>{"started salle"});
  wire::SignalRequest leave;
  leave.mutable_leave();
  say(*session, leave);
  CHECK(one.closed);
  CHECK(at.server->participants("salle").empty());
  say(*session, adding("late"));  // nobody listens any more
  REQUIRE(at.server->delete_room("salle"));
  CHECK(at.watcher.told.back() == "finished salle");
}

TEST_CASE("the same identity again takes the place; a full room takes nobody else") {
  At at;
  Socket sockets[4];
  auto first = at.join(sockets[0], "ada");
  auto again = at.join(sockets[1], "ada");
  REQUIRE(sockets[0].find(Response::kLeave));
  CHECK(sockets[0].find(Response::kLeave)->leave().reason() == wire::DUPLICATE_IDENTITY);
  CHECK(sockets[0].closed);
  first.reset();  // the old socket's end is nothing to the new one
  CHECK(at.server->participants("salle").size() == 1);
  auto bruno = at.join(sockets[2], "bruno");
  auto chloe = at.join(sockets[3], "chloe");
  auto refused = at.server->check(plain_query(), At::grant("denis"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(reasons::room_full));
  CHECK(at.server->check(plain_query(), At::grant("ada")));
}

TEST_CASE("what cannot be read is refused at the door and dropped in the room") {
  At at;
  CHECK_FALSE(at.server->check({.single_connection = true, .join_request = "%%%", .parameters = {}},
                               At::grant("ada")));
  CHECK_FALSE(at.server->check(plain_query(), At::grant("")));
  CHECK_FALSE(at.server->check(plain_query(), At::grant(std::string(300, 'a'))));
  wire::WrappedJoinRequest bomb;
  bomb.set_compression(wire::WrappedJoinRequest::GZIP);
  bomb.set_join_request("\x1f\x8b\x08no gzip");
  JoinQuery query{.single_connection = true,
                  .join_request = to_base64(as_bytes(bomb.SerializeAsString()), Base64::url_unpadded),
                  .parameters = {}};
  CHECK_FALSE(at.server->check(query, At::grant("ada")));
  Socket socket;
  auto session = at.join(socket, "ada");
  session->receive(as_bytes("\xff\xff\xff\xff"));
  session->receive({});
  wire::SignalRequest offer;
  offer.mutable_offer()->set_sdp("v=0\r\nnonsense");
  say(*session, offer);
  REQUIRE(socket.find(Response::kLeave));
  CHECK(socket.find(Response::kLeave)->leave().action() == wire::LeaveRequest::RECONNECT);
}

TEST_CASE("who may not publish something is told so; tracks are bounded") {
  At at;
  Socket socket;
  Permission microphone_only;
  microphone_only.publish_sources = {Source::microphone};
  auto session = at.join(socket, "ada", microphone_only);
  say(*session, adding("camera", wire::CAMERA));
  REQUIRE(socket.find(Response::kRequestResponse));
  CHECK(socket.find(Response::kRequestResponse)->request_response().reason() ==
        wire::RequestResponse::NOT_ALLOWED);
  say(*session, adding("one"));
  REQUIRE(socket.find(Response::kTrackPublished));
  auto published = socket.find(Response::kTrackPublished)->track_published();
  CHECK(published.cid() == "one");
  CHECK(published.track().sid().starts_with("TR_"));
  say(*session, adding("one"));
  CHECK(socket.find(Response::kTrackPublished)->track_published().track().sid() == published.track().sid());
  say(*session, adding("two"));
  say(*session, adding("three"));
  CHECK(socket.received.back().request_response().reason() == wire::RequestResponse::LIMIT_EXCEEDED);
}

TEST_CASE("a name is the house's; attributes are the person's, within bounds") {
  At at;
  Socket socket;
  Permission permission;
  permission.update_own_attributes = true;
  auto session = at.join(socket, "ada", permission);
  auto change = [&](auto&& fill) {
    wire::SignalRequest request;
    fill(*request.mutable_update_metadata());
    say(*session, request);
    return socket.find(Response::kRequestResponse)->request_response().reason();
  };
  CHECK(change([](auto& update) { update.set_name("Quelqu’un d’autre"); }) ==
        wire::RequestResponse::NOT_ALLOWED);
  CHECK(change([](auto& update) { (*update.mutable_attributes())["hand"] = "1"; }) ==
        wire::RequestResponse::OK);
  CHECK(at.server->participant("salle", "ada")->attributes.at("hand") == "1");
  CHECK(change([](auto& update) { (*update.mutable_attributes())["x"] = std::string(200, 'x'); }) ==
        wire::RequestResponse::LIMIT_EXCEEDED);
  CHECK(change([](auto& update) { (*update.mutable_attributes())["hand"] = ""; }) ==
        wire::RequestResponse::OK);
  CHECK(at.server->participant("salle", "ada")->attributes.empty());
  CHECK(at.server->participant("salle", "ada")->name == "ada");
}

TEST_CASE("a session that is not there cannot be resumed: the client is told to join anew") {
  At at;
  Socket socket;
  wire::JoinRequest request;
  request.set_reconnect(true);
  request.set_participant_sid("PA_gone");
  auto session = at.server->join(query_of(request), At::grant("ada"), socket);
  REQUIRE(socket.received.size() == 1);
  CHECK(socket.received[0].leave().action() == wire::LeaveRequest::RECONNECT);
  CHECK(socket.closed);
}

TEST_CASE("a socket lost before any media ends the stay; a removed one is told why") {
  At at;
  Socket one, two;
  auto lost = at.join(one, "ada");
  lost.reset();
  CHECK(at.server->participants("salle").empty());
  CHECK(at.watcher.told.back() == "aborted ada signal_close");
  auto session = at.join(two, "bruno");
  REQUIRE(at.server->remove_participant("salle", "bruno"));
  CHECK(two.find(Response::kLeave)->leave().reason() == wire::PARTICIPANT_REMOVED);
  CHECK(two.closed);
  CHECK_FALSE(at.server->remove_participant("salle", "bruno"));
}

TEST_CASE("a participant moves to another room over the socket it has; its old room sees it leave") {
  At at;
  Socket one, two;
  auto ada = at.join(one, "ada");
  auto bruno = at.join(two, "bruno");
  at.server->use_token_source([](const Grant& grant) { return "token for " + grant.room; });
  std::string sid = one.received[0].join().participant().sid();
  REQUIRE(at.server->move_participant("salle", "ada", "atelier"));
  REQUIRE(one.find(Response::kRoomMoved));
  const auto& moved = one.find(Response::kRoomMoved)->room_moved();
  CHECK(moved.room().name() == "atelier");
  CHECK(moved.token() == "token for atelier");
  CHECK(moved.participant().sid() == sid);
  CHECK(moved.other_participants().empty());
  CHECK_FALSE(one.closed);
  CHECK_FALSE(at.server->participant("salle", "ada"));
  CHECK(at.server->participant("atelier", "ada"));
  // Whoever moves has neither left for good nor failed to come.
  CHECK(at.watcher.told.back() == "started atelier");
  // What it says is heard in the new room.
  wire::SignalRequest leave;
  leave.mutable_leave();
  say(*ada, leave);
  CHECK(at.server->participants("atelier").empty());
  CHECK(at.server->participants("salle").size() == 1);
}

TEST_CASE("a move is refused by a full room; who is there under the same identity gives way") {
  At at;
  Socket sockets[5];
  auto ada = at.join(sockets[0], "ada");
  std::vector<std::unique_ptr<Session>> others;
  for (int i = 1; i < 4; ++i) {
    Grant grant = At::grant("n" + std::to_string(i));
    grant.room = "pleine";
    others.push_back(at.server->join(plain_query(), grant, sockets[i]));
  }
  auto refused = at.server->move_participant("salle", "ada", "pleine");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(reasons::room_full));
  CHECK(at.server->participant("salle", "ada"));
  CHECK_FALSE(at.server->move_participant("salle", "personne", "pleine"));
  CHECK_FALSE(at.server->move_participant("salle", "ada", ""));
  Grant same = At::grant("ada");
  same.room = "ailleurs";
  auto twin = at.server->join(plain_query(), same, sockets[4]);
  REQUIRE(at.server->move_participant("salle", "ada", "ailleurs"));
  CHECK(sockets[4].closed);
  CHECK_FALSE(sockets[0].closed);
}

/// An offer of sections: what each carries ("" = it is to receive) in which codecs.
wire::SignalRequest offering(uint32_t id,
                             const std::vector<std::pair<std::string, std::vector<std::string>>>& all) {
  sfu::sdp::Description description;
  for (const auto& [track, codecs] : all) {
    sfu::sdp::Section section;
    section.media = sfu::sdp::Media::video;
    section.mid = std::to_string(description.sections.size());
    section.direction = track.empty() ? sfu::sdp::Direction::recvonly : sfu::sdp::Direction::sendonly;
    section.stream_id = "-";
    section.track_id = track;
    for (const auto& codec : codecs) {
      auto number = static_cast<uint8_t>(96 + section.payload_types.size());
      section.payload_types.push_back({.id = number, .name = codec, .clock_rate = 90'000});
    }
    section.ice_ufrag = "abcd";
    section.ice_pwd = "0123456789abcdef01234567";
    section.fingerprint = "sha-256 ";
    for (int i = 0; i < 32; ++i) section.fingerprint += i ? ":AB" : "AB";
    section.setup = "actpass";
    description.sections.push_back(std::move(section));
  }
  wire::SignalRequest out;
  out.mutable_offer()->set_type("offer");
  out.mutable_offer()->set_id(id);
  out.mutable_offer()->set_sdp(sfu::sdp::write(description));
  return out;
}

wire::SignalRequest adding_svc(const std::string& cid, const std::string& codec,
                               const std::string& sid = "") {
  wire::SignalRequest out = adding(cid, wire::CAMERA);
  auto& track = *out.mutable_add_track();
  track.set_sid(sid);
  auto* first = track.add_simulcast_codecs();
  first->set_codec(codec);
  first->set_cid(cid);
  for (auto quality : {wire::HIGH, wire::MEDIUM, wire::LOW}) track.add_layers()->set_quality(quality);
  if (sid.empty()) track.add_simulcast_codecs()->set_codec("vp8");
  return out;
}

TEST_CASE("layers of one stream are told lowest first") {
  At at;
  Socket socket;
  auto session = at.join(socket, "ada");
  say(*session, adding_svc("camera", "vp9"));
  const auto& track = socket.find(Response::kTrackPublished)->track_published().track();
  REQUIRE(track.layers_size() == 3);
  CHECK(track.layers(0).quality() == wire::LOW);
  CHECK(track.layers(2).quality() == wire::HIGH);
  REQUIRE(track.codecs_size() == 2);
  CHECK(track.codecs(0).layers(0).rid() == "q");
}

TEST_CASE("a second codec is asked for when somebody cannot receive the first, and then goes to them") {
  At at;
  Socket ada, bruno, chloe;
  auto publisher = at.join(ada, "ada"), able = at.join(chloe, "chloe"), limited = at.join(bruno, "bruno");
  say(*publisher, adding_svc("camera", "av1"));
  auto sid = ada.find(Response::kTrackPublished)->track_published().track().sid();
  say(*publisher, offering(1, {{"camera", {"AV1"}}}));
  say(*able, offering(1, {{"", {"VP8", "AV1"}}}));
  CHECK(chloe.find(Response::kAnswer)->answer().mid_to_track_id().at("0") == sid);
  CHECK_FALSE(ada.find(Response::kSubscribedQualityUpdate));
  say(*limited, offering(1, {{"", {"VP8", "H264"}}}));
  CHECK(bruno.find(Response::kAnswer)->answer().mid_to_track_id().empty());
  REQUIRE(ada.find(Response::kSubscribedQualityUpdate));
  const auto& wanted = ada.find(Response::kSubscribedQualityUpdate)->subscribed_quality_update();
  REQUIRE(wanted.subscribed_codecs_size() == 2);
  CHECK(wanted.subscribed_codecs(0).codec() == "av1");
  CHECK(wanted.subscribed_codecs(1).codec() == "vp8");
  CHECK(wanted.subscribed_codecs(1).qualities(0).enabled());
  // The offer may come before the announcement.
  say(*publisher, offering(2, {{"camera", {"AV1"}}, {"second", {"VP8"}}}));
  say(*publisher, adding_svc("second", "vp8", sid));
  CHECK(ada.find(Response::kTrackPublished)->track_published().cid() == "second");
  CHECK(ada.find(Response::kTrackPublished)->track_published().track().sid() == sid);
  CHECK(bruno.find(Response::kMediaSectionsRequirement));
  say(*limited, offering(2, {{"", {"VP8", "H264"}}}));
  CHECK(bruno.find(Response::kAnswer)->answer().mid_to_track_id().at("0") == sid);
  // Gone again: whoever had it waits, whoever has the first codec keeps it.
  say(*publisher, offering(3, {{"camera", {"AV1"}}, {"", {"VP8"}}}));
  say(*limited, offering(3, {{"", {"VP8", "H264"}}}));
  CHECK(bruno.find(Response::kAnswer)->answer().mid_to_track_id().empty());
  say(*able, offering(2, {{"", {"VP8", "AV1"}}}));
  CHECK(chloe.find(Response::kAnswer)->answer().mid_to_track_id().at("0") == sid);
}

TEST_CASE("a second codec for what is not there is refused") {
  At at;
  Socket socket;
  auto session = at.join(socket, "ada");
  say(*session, adding_svc("second", "vp8", "TR_Vunknown"));
  REQUIRE(socket.find(Response::kRequestResponse));
  CHECK(socket.find(Response::kRequestResponse)->request_response().reason() ==
        wire::RequestResponse::UNSUPPORTED_TYPE);
}

}  // namespace
}  // namespace parvis::livekit
