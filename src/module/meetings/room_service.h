#pragma once
// LiveKit's RoomService for automation: POST /twirp/livekit.RoomService/<method>, with a token that a key
// signed. What a call may do is what its token grants and what the house allows the key.
#include "module/meetings/automation.h"
#include "module/meetings/room_messages.h"

namespace parvis {

class RoomService {
 public:
  static constexpr uint64_t max_body_bytes = 512 << 10;
  static constexpr size_t max_data_bytes = 60 << 10;  // of SendData: every client takes so much
  static constexpr int max_names = 500;               // in one list of a request

  RoomService(Context& context, Meetings& meetings, Automation& automation)
      : context_(context), meetings_(meetings), automation_(automation) {}

  using Message = room_messages::Message;
  using Answer = Task<Result<std::unique_ptr<Message>>>;
  /// `request` is what room_messages::request_of(method) made, filled.
  Answer call(std::string token, std::string method, std::unique_ptr<Message> request);

 private:
  struct Target {
    Meeting meeting;
    std::string room;  // as the forwarding knows it
  };
  /// The meeting that a call is about; its token must name the same.
  Task<Result<Target>> administered(KeyCaller caller, std::string room);
  Result<std::string> participant(const KeyCaller& caller, Target& target, const std::string& identity) const;
  Task<Result<void>> record(KeyCaller caller, Meeting meeting, std::string kind);

  Answer create_room(KeyCaller caller, livekit::wire::CreateRoomRequest request);
  Answer list_rooms(KeyCaller caller, livekit::wire::ListRoomsRequest request);
  Answer delete_room(KeyCaller caller, livekit::wire::DeleteRoomRequest request);
  Answer update_room_metadata(KeyCaller caller, livekit::wire::UpdateRoomMetadataRequest request);
  Answer list_participants(KeyCaller caller, livekit::wire::ListParticipantsRequest request);
  Answer get_participant(KeyCaller caller, livekit::wire::RoomParticipantIdentity request);
  Answer remove_participant(KeyCaller caller, livekit::wire::RoomParticipantIdentity request);
  Answer mute_track(KeyCaller caller, livekit::wire::MuteRoomTrackRequest request);
  Answer update_participant(KeyCaller caller, livekit::wire::UpdateParticipantRequest request);
  Answer update_subscriptions(KeyCaller caller, livekit::wire::UpdateSubscriptionsRequest request);
  Answer send_data(KeyCaller caller, livekit::wire::SendDataRequest request);
  Answer move_participant(KeyCaller caller, livekit::wire::MoveParticipantRequest request);

  template <class Request>
  Answer with(Answer (RoomService::*method)(KeyCaller, Request), KeyCaller caller, const Message& request) {
    return (this->*method)(std::move(caller), dynamic_cast<const Request&>(request));
  }

  Context& context_;
  Meetings& meetings_;
  Automation& automation_;
};

void add_room_service_routes(Context& context, RoomService& service);

}  // namespace parvis
