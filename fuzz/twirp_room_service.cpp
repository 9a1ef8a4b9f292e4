// What automation sends to RoomService: the first byte chooses the method and the form, the rest is the body.
// And the replies of its webhooks, and the addresses that people give for them.
#include <array>

#include "module/meetings/room_messages.h"
#include "module/meetings/token_claims.h"
#include "proto/http1_reply.h"
#include "proto/web_address.h"

using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr std::array methods{"CreateRoom",         "ListRooms",           "DeleteRoom",
                                      "ListParticipants",   "GetParticipant",      "MutePublishedTrack",
                                      "UpdateParticipant",  "UpdateSubscriptions", "SendData",
                                      "UpdateRoomMetadata", "MoveParticipant",     "PerformRpc"};
  if (size == 0) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto format = data[0] & 1 ? room_messages::Format::json : room_messages::Format::protobuf;
  auto message = room_messages::request_of(methods[(data[0] >> 1) % methods.size()]);
  if (room_messages::parse(format, body, *message)) {
    // What was understood is said again in both forms, and understood again.
    for (auto again : {room_messages::Format::json, room_messages::Format::protobuf}) {
      auto text = room_messages::render(again, *message);
      auto copy = std::unique_ptr<room_messages::Message>(message->New());
      (void)room_messages::parse(again, text, *copy);
    }
  }
  (void)room_messages::automation_metadata(body);
  (void)token_issuer_of(body);
  (void)read_token(body, "secret", Instant{1'800'000'000'000});
  (void)proto::parse_reply_status(body);
  if (auto address = proto::parse_web_address(body)) (void)address->authority();
  return 0;
}
