#pragma once
#include "module/meetings/meeting_keys.h"
#include "module/meetings/meetings.h"

namespace parvis {

void add_meeting_routes(Context& context, Meetings& meetings);
void add_guest_routes(Context& context, Meetings& meetings);
void add_meeting_key_routes(Context& context, MeetingKeys& keys);
class Polls;
void add_poll_routes(Context& context, Meetings& meetings, Polls& polls);
void add_breakout_routes(Context& context, Meetings& meetings);
/// What Authorization bears; a guest's requests show their meeting's token so.
std::string bearer_token(const http::Request& request);
/// What an Entry answers: the token, or the ticket of one who waits.
http::Response entry_response(const Context& context, const Meetings::Entry& entry, Language language);
http::Response check_response(const Context& context, const Meetings::Check& check);
/// The sockets and what clients ask when one fails: /rtc, /rtc/v1 and their /validate.
void add_livekit_doors(Context& context, Meetings& meetings);

}  // namespace parvis
