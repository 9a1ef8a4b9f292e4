#include "module/meetings/room_service.h"

#include "module/meetings/reasons.h"

namespace parvis {
namespace {

namespace wire = livekit::wire;
using Message = room_messages::Message;

template <class T>
Result<std::unique_ptr<Message>> answer(T message) {
  return std::unique_ptr<Message>(std::make_unique<T>(std::move(message)));
}

}  // namespace

RoomService::Answer RoomService::call(std::string token, std::string method,
                                      std::unique_ptr<Message> request) {
  auto caller = CO_TRY(automation_.caller(token));
  const Message& asked = *request;
  if (method == "CreateRoom") co_return co_await with(&RoomService::create_room, std::move(caller), asked);
  if (method == "ListRooms") co_return co_await with(&RoomService::list_rooms, std::move(caller), asked);
  if (method == "DeleteRoom") co_return co_await with(&RoomService::delete_room, std::move(caller), asked);
  if (method == "UpdateRoomMetadata")
    co_return co_await with(&RoomService::update_room_metadata, std::move(caller), asked);
  if (method == "ListParticipants")
    co_return co_await with(&RoomService::list_participants, std::move(caller), asked);
  if (method == "GetParticipant")
    co_return co_await with(&RoomService::get_participant, std::move(caller), asked);
  if (method == "RemoveParticipant")
    co_return co_await with(&RoomService::remove_participant, std::move(caller), asked);
  if (method == "MutePublishedTrack")
    co_return co_await with(&RoomService::mute_track, std::move(caller), asked);
  if (method == "UpdateParticipant")
    co_return co_await with(&RoomService::update_participant, std::move(caller), asked);
  if (method == "UpdateSubscriptions")
    co_return co_await with(&RoomService::update_subscriptions, std::move(caller), asked);
  if (method == "SendData") co_return co_await with(&RoomService::send_data, std::move(caller), asked);
  if (method == "MoveParticipant")
    co_return co_await with(&RoomService::move_participant, std::move(caller), asked);
  co_return fail(meeting_reasons::not_offered, method);
}

Task<Result<RoomService::Target>> RoomService::administered(KeyCaller caller, std::string room) {
  if (!caller.claims.room_admin) co_return fail(meeting_reasons::key_scope, "roomAdmin");
  auto meeting = CO_TRY(co_await automation_.find(caller, room));
  bool named = caller.claims.room == room || caller.claims.room == meeting.id.text();
  if (!named) co_return fail(meeting_reasons::key_scope, "room");
  CO_TRY(automation_.require(caller, Action::meeting_host, meeting.space));
  auto id = meeting.id.text();
  co_return Target{std::move(meeting), std::move(id)};
}

Result<std::string> RoomService::participant(const KeyCaller& caller, Target& target,
                                             const std::string& identity) const {
  auto known = Automation::identity_for(caller.key, identity);
  target.room = meetings_.room_of(target.meeting.id, known);
  TRY(meetings_.server().participant(target.room, known));
  return known;
}

/// Every act of a key is in the audit trail, with the key as its actor.
Task<Result<void>> RoomService::record(KeyCaller caller, Meeting meeting, std::string kind) {
  co_return co_await context_.database.write(
      [caller, meeting, kind](store::Transaction& transaction) -> Result<void> {
        TRY(transaction.publish({.kind = kind,
                                 .actor = MeetingKeys::audit_name(caller.key),
                                 .space = meeting.space.text(),
                                 .subject = meeting.id.text(),
                                 .payload = MeetingKeys::audit_payload(caller.key),
                                 .rule = "automation_key"}));
        return {};
      });
}

RoomService::Answer RoomService::create_room(KeyCaller caller, wire::CreateRoomRequest request) {
  if (!caller.claims.room_create) co_return fail(meeting_reasons::key_scope, "roomCreate");
  auto meeting = CO_TRY(co_await automation_.find_or_make(caller, request.name()));
  CO_TRY(automation_.require(caller, Action::meeting_open, meeting.space));
  meetings_.follow(meeting);
  auto metadata =
      request.metadata().empty() ? "" : room_messages::room_metadata(meeting.locked, request.metadata());
  auto room = CO_TRY(
      meetings_.server().create_room(meeting.id.text(), std::move(metadata), request.max_participants()));
  CO_TRY(co_await record(caller, meeting, "meeting.room_opened"));
  auto out = room_messages::room_info(room, Automation::name_of(caller.key, meeting));
  out.set_empty_timeout(livekit::ServerLimits().never_joined_room_us / 1'000'000);
  out.set_departure_timeout(livekit::ServerLimits().empty_room_us / 1'000'000);
  co_return answer(std::move(out));
}

RoomService::Answer RoomService::list_rooms(KeyCaller caller, wire::ListRoomsRequest request) {
  if (!caller.claims.room_list) co_return fail(meeting_reasons::key_scope, "roomList");
  if (request.names_size() > max_names) co_return fail(reasons::too_large, "names");
  std::set<std::string> wanted(request.names().begin(), request.names().end());
  wire::ListRoomsResponse out;
  for (const auto& room : meetings_.server().rooms()) {
    auto space = meetings_.space_of(room.name);
    if (!space || !automation_.require(caller, Action::meeting_join, *space)) continue;
    auto meeting = co_await automation_.find(caller, room.name);
    if (!meeting) continue;  // no meeting's own room
    auto name = Automation::name_of(caller.key, *meeting);
    if (!wanted.empty() && !wanted.contains(name) && !wanted.contains(room.name)) continue;
    *out.add_rooms() = room_messages::room_info(room, name);
  }
  co_return answer(std::move(out));
}

RoomService::Answer RoomService::delete_room(KeyCaller caller, wire::DeleteRoomRequest request) {
  if (!caller.claims.room_create) co_return fail(meeting_reasons::key_scope, "roomCreate");
  auto meeting = CO_TRY(co_await automation_.find(caller, request.room()));
  CO_TRY(automation_.require(caller, Action::meeting_host, meeting.space));
  if (!meetings_.breakouts().find(meeting.id)) CO_TRY(meetings_.server().delete_room(meeting.id.text()));
  meetings_.close_rooms(meeting.id);
  CO_TRY(co_await record(caller, meeting, "meeting.ended"));
  co_return answer(wire::DeleteRoomResponse());
}

RoomService::Answer RoomService::update_room_metadata(KeyCaller caller,
                                                      wire::UpdateRoomMetadataRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  CO_TRY(meetings_.server().set_room_metadata(
      target.room, room_messages::room_metadata(target.meeting.locked, request.metadata())));
  CO_TRY(co_await record(caller, target.meeting, "meeting.room_changed"));
  for (const auto& room : meetings_.server().rooms()) {
    if (room.name == target.room)
      co_return answer(room_messages::room_info(room, Automation::name_of(caller.key, target.meeting)));
  }
  co_return fail(livekit::reasons::no_such_room);
}

RoomService::Answer RoomService::list_participants(KeyCaller caller, wire::ListParticipantsRequest request) {
  auto target = CO_TRY(co_await administered(std::move(caller), request.room()));
  wire::ListParticipantsResponse out;
  for (const auto& one : meetings_.breakouts().participants(target.meeting.id))
    *out.add_participants() = room_messages::participant_info(one);
  co_return answer(std::move(out));
}

RoomService::Answer RoomService::get_participant(KeyCaller caller, wire::RoomParticipantIdentity request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  co_return answer(
      room_messages::participant_info(CO_TRY(meetings_.server().participant(target.room, identity))));
}

RoomService::Answer RoomService::remove_participant(KeyCaller caller, wire::RoomParticipantIdentity request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  meetings_.send_away(target.meeting.id, identity);
  CO_TRY(co_await record(caller, target.meeting, "meeting.removed"));
  co_return answer(wire::RemoveParticipantResponse());
}

/// Silencing somebody is an order; opening their microphone is theirs alone.
RoomService::Answer RoomService::mute_track(KeyCaller caller, wire::MuteRoomTrackRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  if (!request.muted() && !Automation::is_own_bot(caller.key, identity))
    co_return fail(meeting_reasons::remote_unmute);
  CO_TRY(meetings_.server().mute_track(target.room, identity, request.track_sid(), request.muted()));
  CO_TRY(co_await record(caller, target.meeting, "meeting.muted"));
  auto after = CO_TRY(meetings_.server().participant(target.room, identity));
  wire::MuteRoomTrackResponse out;
  for (const auto& track : after.tracks) {
    if (track.sid == request.track_sid()) *out.mutable_track() = room_messages::track_info(track);
  }
  co_return answer(std::move(out));
}

/// Who somebody is, and whether that is verified, is the house's to say: a key names its own bots only.
RoomService::Answer RoomService::update_participant(KeyCaller caller,
                                                    wire::UpdateParticipantRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  auto before = CO_TRY(meetings_.server().participant(target.room, identity));
  if (!request.metadata().empty()) co_return fail(meeting_reasons::house_metadata);
  livekit::Server::ParticipantChange change{};
  if (!request.name().empty() && request.name() != before.name) {
    if (!Automation::is_own_bot(caller.key, identity) ||
        request.name().size() > Meetings::max_guest_name_bytes)
      co_return fail(meeting_reasons::house_metadata, "name");
    change.name = request.name();
  }
  for (const auto& [key, value] : request.attributes()) change.attributes[key] = value;
  if (request.has_permission())
    change.permission = room_messages::permission_of(request.permission(), before.permission);
  CO_TRY(meetings_.server().update_participant(target.room, identity, change));
  CO_TRY(co_await record(caller, target.meeting, "meeting.participant_changed"));
  co_return answer(
      room_messages::participant_info(CO_TRY(meetings_.server().participant(target.room, identity))));
}

RoomService::Answer RoomService::update_subscriptions(KeyCaller caller,
                                                      wire::UpdateSubscriptionsRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  std::vector<std::string> sids(request.track_sids().begin(), request.track_sids().end());
  for (const auto& one : request.participant_tracks())
    sids.insert(sids.end(), one.track_sids().begin(), one.track_sids().end());
  if (sids.size() > max_names) co_return fail(reasons::too_large, "tracks");
  CO_TRY(meetings_.server().update_subscriptions(target.room, identity, sids, request.subscribe()));
  CO_TRY(co_await record(caller, target.meeting, "meeting.participant_changed"));
  co_return answer(wire::UpdateSubscriptionsResponse());
}

RoomService::Answer RoomService::send_data(KeyCaller caller, wire::SendDataRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  if (request.data().size() > max_data_bytes || request.destination_identities_size() > max_names)
    co_return fail(reasons::too_large, "data");
  // The house's own topics tell hosts things that they believe.
  if (request.topic().starts_with("parvis.")) co_return fail(meeting_reasons::key_scope, "topic");
  std::vector<std::string> identities;
  for (const auto& one : request.destination_identities())
    identities.push_back(Automation::identity_for(caller.key, one));
  for (const auto& one : meetings_.breakouts().participants(target.meeting.id)) {
    for (const auto& sid : request.destination_sids()) {
      if (one.sid == sid) identities.push_back(one.identity);
    }
  }
  // Named, and nobody of them is there: not everybody instead.
  bool named = request.destination_sids_size() > 0 || request.destination_identities_size() > 0;
  if (named && identities.empty()) co_return fail(livekit::reasons::no_such_participant);
  bool sent = false, reliable = request.kind() == wire::DataPacket::RELIABLE;
  for (const auto& room : meetings_.breakouts().rooms_of(target.meeting.id)) {
    if (meetings_.server().send_data(room, as_bytes(request.data()), request.topic(), identities, reliable))
      sent = true;
  }
  if (!sent) co_return fail(livekit::reasons::no_such_room);
  CO_TRY(co_await record(caller, target.meeting, "meeting.data_sent"));
  co_return answer(wire::SendDataResponse());
}

RoomService::Answer RoomService::move_participant(KeyCaller caller, wire::MoveParticipantRequest request) {
  auto target = CO_TRY(co_await administered(caller, request.room()));
  auto identity = CO_TRY(participant(caller, target, request.identity()));
  if (request.destination_room().empty() || caller.claims.destination_room != request.destination_room())
    co_return fail(meeting_reasons::key_scope, "destinationRoom");
  auto destination = CO_TRY(co_await automation_.find(caller, request.destination_room()));
  CO_TRY(automation_.require(caller, Action::meeting_host, destination.space));
  // Nobody is brought where they could not go by themselves.
  auto person =
      identity.starts_with("p:") ? PersonId::parse(std::string_view(identity).substr(2)) : std::nullopt;
  if (person) {
    CO_TRY(
        context_.access.require({*person, false}, Action::meeting_join, Object::of_space(destination.space)));
  } else if (destination.space != target.meeting.space) {
    co_return fail(meeting_reasons::key_scope, "another space");
  }
  meetings_.follow(destination);
  CO_TRY(meetings_.server().move_participant(target.room, identity, destination.id.text()));
  if (destination.id != target.meeting.id) meetings_.breakouts().forget(target.meeting.id, identity);
  CO_TRY(co_await record(caller, target.meeting, "meeting.moved"));
  co_return answer(wire::MoveParticipantResponse());
}

}  // namespace parvis
