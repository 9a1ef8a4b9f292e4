#include "module/people/live.h"

#include <algorithm>

#include "core/meter.h"
#include "core/notifications.h"

namespace parvis {

struct Live::Connection {
  http::WebSocket* socket;
  SessionId session;
  uint64_t metered = 0;  // bytes of the day as last sent
};

namespace {

constexpr uint16_t policy_violation = 1008;
constexpr size_t max_message_bytes = 1024;  // clients have nothing to say here

std::string space_frame(std::string_view type, std::string_view field, SpaceId space) {
  std::string frame;
  json::Writer(frame).begin_object().field("t", type).field(field, space.text()).end_object();
  return frame;
}

}  // namespace

Live::Live(Context& context)
    : context_(context), metering_(context.env.loop, meter_every_us, [this] { send_meters(); }) {
  auto& events = context_.events;
  events.session_ended.listen([this](const SessionEnded& ended) { session_ended(ended); });
  events.membership.listen([this](const MembershipChanged& changed) { membership_changed(changed); });
  events.space.listen([this](const SpaceChanged& changed) { space_changed(changed); });
  events.documents.listen([this](const DocumentsChanged& changed) { documents_changed(changed); });
  events.notified.listen([this](const Notified& notified) {
    if (by_person_.contains(notified.person)) spawn(send_unread(notified.person));
  });
}

Live::~Live() = default;

size_t Live::count() const {
  size_t total = 0;
  for (auto& [person, connections] : by_person_) total += connections.size();
  return total;
}

Task<Result<http::Response>> Live::open(http::Request& request) {
  const Session* session = session_of(request);
  http::Response response;
  response.upgrade = [this, id = session->id,
                      person = session->person](std::unique_ptr<http::WebSocket> socket) {
    return run(std::move(socket), id, person);
  };
  co_return response;
}

Task<void> Live::run(std::unique_ptr<http::WebSocket> socket, SessionId session, PersonId person) {
  // The session may have ended between the answer and the first turn of the socket.
  auto sessions = context_.sessions.of(person);
  if (std::ranges::none_of(sessions, [&](auto& one) { return one->id == session; })) {
    socket->close(policy_violation, "signed out");
    co_return;
  }
  sessions.clear();
  auto& connections = by_person_[person];
  if (connections.size() >= max_per_person)
    connections.front()->socket->close(policy_violation, "too many windows");
  Connection connection{socket.get(), session};
  connections.push_back(&connection);
  std::string hello;
  json::Writer(hello)
      .begin_object()
      .field("t", "hello")
      .field("build", context_.configuration.build)
      .end_object();
  socket->send(hello, false);
  co_await send_unread(person);
  while (true) {
    auto message = co_await socket->receive();
    if (!message) break;
    if (message->data.size() > max_message_bytes) break;
  }
  auto& mine = by_person_[person];
  std::erase(mine, &connection);
  if (mine.empty()) by_person_.erase(person);
}

void Live::send_to(PersonId person, const std::string& frame) {
  auto found = by_person_.find(person);
  if (found == by_person_.end()) return;
  for (auto* connection : found->second) connection->socket->send(frame, false);
}

void Live::session_ended(const SessionEnded& ended) {
  auto found = by_person_.find(ended.person);
  if (found == by_person_.end()) return;
  for (auto* connection : found->second) {
    if (connection->session != ended.session) continue;
    connection->socket->send(R"({"t":"signed_out"})", false);
    connection->socket->close(policy_violation, "signed out");
  }
}

void Live::membership_changed(const MembershipChanged& changed) {
  send_to(changed.person, space_frame("membership", "space", changed.space));
  space_changed({changed.space, SpaceChanged::What::updated, changed.actor});
}

void Live::space_changed(const SpaceChanged& changed) {
  auto frame = space_frame("space", "id", changed.space);
  Object object = Object::of_space(changed.space);
  for (auto& [person, connections] : by_person_) {
    if (context_.access.may({person, false}, Action::space_see, object).allowed) send_to(person, frame);
  }
}

void Live::documents_changed(const DocumentsChanged& changed) {
  std::string frame;
  if (changed.threads_of.empty()) {
    frame = space_frame("documents", "space", changed.space);
  } else {
    json::Writer out(frame);
    out.begin_object().field("t", "threads").field("document", changed.threads_of).end_object();
  }
  Object object = Object::of_space(changed.space);
  for (auto& [person, connections] : by_person_) {
    if (context_.access.may({person, false}, Action::document_read, object).allowed) send_to(person, frame);
  }
}

Task<void> Live::send_unread(PersonId person) {
  auto unread = co_await context_.notifications.unread(person);
  if (!unread) co_return;  // a hint less; the page asks again when it is next shown
  std::string frame;
  json::Writer(frame).begin_object().field("t", "notifications").field("unread", *unread).end_object();
  send_to(person, frame);
}

void Live::send_meters() {
  for (auto& [person, connections] : by_person_) {
    auto sum = context_.meter.today(person);
    uint64_t total = sum.bytes_in + sum.bytes_out;
    // The counter's own frames must not keep it turning: below 50 kB nothing is said.
    constexpr uint64_t step = 50'000;
    std::string frame;
    json::Writer(frame)
        .begin_object()
        .field("t", "meter")
        .field("bytes_in", sum.bytes_in)
        .field("bytes_out", sum.bytes_out)
        .end_object();
    for (auto* connection : connections) {
      if (total >= connection->metered && total < connection->metered + step) continue;
      connection->metered = total;
      connection->socket->send(frame, false);
    }
  }
}

void Live::close_all(uint16_t code, std::string_view reason) {
  for (auto& [person, connections] : by_person_) {
    for (auto* connection : connections) connection->socket->close(code, reason);
  }
}

}  // namespace parvis
