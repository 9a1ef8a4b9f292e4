#pragma once
// GET /api/v1/live: one WebSocket per browser, carrying hints (schema.ts: LiveFrame) that something a person
// shows has changed. It ends in the same turn as its session. Loop thread only.
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/context.h"
#include "core/http/request.h"
#include "core/periodic.h"

namespace parvis {

class Live {
 public:
  explicit Live(Context& context);
  ~Live();
  Task<Result<http::Response>> open(http::Request& request);
  void close_all(uint16_t code, std::string_view reason);
  size_t count() const;

  static constexpr size_t max_per_person = 20;
  static constexpr int64_t meter_every_us = seconds_us(30);

 private:
  struct Connection;
  Task<void> run(std::unique_ptr<http::WebSocket> socket, SessionId session, PersonId person);
  void send_to(PersonId person, const std::string& frame);
  void session_ended(const SessionEnded& ended);
  void membership_changed(const MembershipChanged& changed);
  void space_changed(const SpaceChanged& changed);
  void documents_changed(const DocumentsChanged& changed);
  Task<void> send_unread(PersonId person);
  void send_meters();

  Context& context_;
  std::unordered_map<PersonId, std::vector<Connection*>> by_person_;
  Periodic metering_;
};

}  // namespace parvis
