#include "engine/livekit/signal.h"

#include <algorithm>

#include "engine/livekit/describe.h"
#include "engine/livekit/dual.h"
#include "engine/livekit/negotiate.h"
#include "engine/livekit/publish.h"
#include "engine/livekit/subscribe.h"

namespace parvis::livekit {
namespace {

constexpr int max_permissions = 1'000;
constexpr int max_sids = 4'000;  // named in one message; each is searched for

int count_sids(const wire::UpdateSubscription& change) {
  int out = change.track_sids_size();
  for (const auto& one : change.participant_tracks()) out += one.track_sids_size();
  return out;
}

int64_t civil_ms(Parts& parts) { return parts.env.clock.now().ms; }

void answer_pings(Parts& parts, Participant& participant, const wire::SignalRequest& request) {
  wire::SignalResponse out;
  if (request.message_case() == wire::SignalRequest::kPing) {
    out.set_pong(civil_ms(parts));
  } else {
    out.mutable_pong_resp()->set_last_ping_timestamp(request.ping_req().timestamp());
    out.mutable_pong_resp()->set_timestamp(civil_ms(parts));
  }
  participant.send(out);
}

wire::RequestResponse::Reason update_metadata(Parts& parts, Participant& participant,
                                              const wire::UpdateParticipantMetadata& change) {
  Grant& grant = participant.grant;
  const Permission& permission = grant.permission;
  bool names = (!change.name().empty() && change.name() != grant.name) ||
               (!change.metadata().empty() && change.metadata() != grant.metadata);
  if (names && !permission.update_own_metadata) return wire::RequestResponse::NOT_ALLOWED;
  if (!change.attributes().empty() && !permission.update_own_metadata && !permission.update_own_attributes) {
    return wire::RequestResponse::NOT_ALLOWED;
  }
  auto attributes = grant.attributes;
  for (const auto& [key, value] : change.attributes()) {
    if (value.empty()) {
      attributes.erase(key);
    } else {
      attributes[key] = value;
    }
  }
  if (!attributes_fit(attributes, parts.limits) || change.name().size() > parts.limits.name_bytes ||
      change.metadata().size() > parts.limits.metadata_bytes) {
    return wire::RequestResponse::LIMIT_EXCEEDED;
  }
  grant.attributes = std::move(attributes);
  if (names && !change.name().empty()) grant.name = change.name();
  if (names && !change.metadata().empty()) grant.metadata = change.metadata();
  tell_others(participant);
  parts.observer.on_participant_changed(participant.room->name, describe(participant));
  return wire::RequestResponse::OK;
}

void handle_metadata(Parts& parts, Participant& participant, const wire::UpdateParticipantMetadata& change) {
  auto reason = update_metadata(parts, participant, change);
  wire::SignalResponse out;
  auto* response = out.mutable_request_response();
  response->set_request_id(change.request_id());
  response->set_reason(reason);
  *response->mutable_update_metadata() = change;
  participant.send(out);
}

void handle_permission(Parts& parts, Participant& participant,
                       const wire::SubscriptionPermission& permission) {
  if (permission.track_permissions_size() > max_permissions) return;
  participant.allowed = permission;
  for (auto& [identity, one] : participant.room->participants) {
    if (one.get() != &participant) review(parts, *one);
  }
}

/// The client's view after a resume. False when it publishes what is not known here.
bool handle_sync(Parts& parts, Participant& participant, const wire::SyncState& state) {
  for (const auto& published : state.publish_tracks()) {
    if (!participant.track(published.track().sid())) return false;
  }
  const auto& subscription = state.subscription();
  if (count_sids(subscription) > max_sids || state.track_sids_disabled_size() > max_sids) return true;
  if (!subscription.track_sids().empty() || !subscription.participant_tracks().empty()) {
    update_subscription(parts, participant, subscription);
  }
  for (const auto& sid : state.track_sids_disabled()) {
    wire::UpdateTrackSettings off;
    off.add_track_sids(sid);
    off.set_disabled(true);
    update_settings(parts, participant, off);
  }
  return true;
}

void handle_mute(Parts& parts, Participant& participant, const wire::MuteTrackRequest& mute) {
  Track* track = participant.track(mute.sid());
  if (track) set_muted(parts, *track, mute.muted());
}

}  // namespace

bool attributes_fit(const std::map<std::string, std::string>& attributes, const ServerLimits& limits) {
  size_t bytes = 0;
  for (const auto& [key, value] : attributes) bytes += key.size() + value.size();
  return bytes <= limits.attributes_bytes;
}

void send_leave(Participant& participant, wire::DisconnectReason reason, wire::LeaveRequest::Action action) {
  wire::SignalResponse out;
  out.mutable_leave()->set_reason(reason);
  out.mutable_leave()->set_action(action);
  out.mutable_leave()->set_can_reconnect(action != wire::LeaveRequest::DISCONNECT);
  participant.send(out);
}

double cost_of(const wire::SignalRequest& request, size_t bytes) {
  constexpr double told_to_all = 5, negotiation = 10;
  constexpr double bytes_of_one = 1'024, description_bytes_of_one = 16'384;
  using Case = wire::SignalRequest;
  double weight = static_cast<double>(bytes) / bytes_of_one;
  switch (request.message_case()) {
    case Case::kOffer:
    case Case::kAnswer:
    case Case::kSyncState:
      return static_cast<double>(bytes) / description_bytes_of_one + negotiation;
    case Case::kSubscriptionPermission:
      return weight + negotiation;
    case Case::kAddTrack:
    case Case::kMute:
    case Case::kUpdateMetadata:
      return weight + told_to_all;
    default:
      return weight + 1;
  }
}

Outcome handle_signal(Parts& parts, Participant& participant, const wire::SignalRequest& request) {
  using Case = wire::SignalRequest;
  switch (request.message_case()) {
    case Case::kPing:
    case Case::kPingReq:
      answer_pings(parts, participant, request);
      break;
    case Case::kOffer:
      // One that cannot be read changes nothing; the client gives up waiting and joins anew.
      if (!handle_offer(parts, participant, request.offer())) return Outcome::start_again;
      break;
    case Case::kAnswer:
      if (!handle_answer(parts, participant, request.answer())) return Outcome::start_again;
      break;
    case Case::kAddTrack:
      add_track(parts, participant, request.add_track());
      break;
    case Case::kMute:
      handle_mute(parts, participant, request.mute());
      break;
    case Case::kSubscription:
      if (count_sids(request.subscription()) > max_sids) break;
      update_subscription(parts, participant, request.subscription());
      break;
    case Case::kTrackSetting:
      if (request.track_setting().track_sids_size() > max_sids) break;
      update_settings(parts, participant, request.track_setting());
      break;
    case Case::kSubscriptionPermission:
      handle_permission(parts, participant, request.subscription_permission());
      break;
    case Case::kSyncState:
      return handle_sync(parts, participant, request.sync_state()) ? Outcome::done : Outcome::start_again;
    case Case::kUpdateMetadata:
      handle_metadata(parts, participant, request.update_metadata());
      break;
    case Case::kSimulate:
      // The client's own trial of a network without UDP ("force-tcp"): it joins anew after this.
      if (request.simulate().switch_candidate_protocol() == wire::TCP) {
        participant.without_udp = false;
        parts.change_protocol(participant);
      }
      break;
    case Case::kLeave:
      return Outcome::left;
    default:
      // trickle: the server is ICE-lite and learns addresses from checks. Others are hints, tests, or newer
      // than this server.
      break;
  }
  return Outcome::done;
}

}  // namespace parvis::livekit
