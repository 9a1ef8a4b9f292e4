#pragma once
// LiveKit's messages, generated (see protocol/). `wire` because `proto` is a folder of ours. Heavy: for this
// folder's files and module/meetings' Twirp door only.
#include "livekit_models.pb.h"
#include "livekit_room.pb.h"
#include "livekit_rtc.pb.h"

namespace parvis::livekit {

namespace wire = ::livekit;

}  // namespace parvis::livekit
