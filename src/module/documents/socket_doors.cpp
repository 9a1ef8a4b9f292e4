#include <algorithm>
#include <map>

#include "core/request_state.h"
#include "engine/crdt/hocuspocus.h"
#include "engine/crdt/sync_protocol.h"
#include "module/documents/doors.h"
#include "module/documents/service.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr uint16_t malformed_close = 1007, policy_close = 1008, forbidden_close = 4403;
constexpr size_t max_documents_per_socket = 100;

void send(http::WebSocket& socket, const Bytes& bytes) { socket.send(as_text(bytes), true); }

/// varuint 100, varuint count: how many updates of this connection are durable. Providers ignore channels
/// they do not know.
Bytes durable_message(uint64_t count) {
  Bytes out{100};
  for (; count >= 0x80; count >>= 7) out.push_back(static_cast<uint8_t>(count) | 0x80);
  out.push_back(static_cast<uint8_t>(count));
  return out;
}

/// A status says "not applied" and no more; why comes as a stateless message, which providers hand to their
/// page and otherwise pass over.
Bytes refusal(std::string_view address, const Error& error) {
  std::string payload;
  json::Writer(payload).begin_object().field("refused", error.reason->id).end_object();
  return crdt::hocuspocus_stateless(address, payload);
}

uint16_t close_code(const Error& error) {
  if (error.code() == Code::forbidden) return forbidden_close;
  return error.code() == Code::invalid ? malformed_close : policy_close;
}

/// One socket of the y-websocket door.
class YjsDoor {
 public:
  YjsDoor(Relay& relay, std::shared_ptr<LiveDocument> live, std::shared_ptr<Seat> seat)
      : relay_(relay), live_(std::move(live)), seat_(std::move(seat)) {}

  Task<void> run(std::unique_ptr<http::WebSocket> socket) {
    seat_->socket = socket.get();
    auto joined = relay_.join(*live_, seat_);
    if (!joined) {
      send(*socket, crdt::encode_permission_denied(joined.error().reason->id));
      socket->close(close_code(joined.error()), joined.error().reason->id);
      co_return;
    }
    send(*socket, crdt::encode_sync_message(crdt::SyncStep::state, live_->doc.state_vector().encode()));
    if (!live_->awareness.present().empty())
      send(*socket, crdt::encode_awareness_message(live_->awareness.encode()));
    while (true) {
      auto message = co_await socket->receive();
      if (!message || !seat_->socket) break;
      auto handled = relay_.take_rate(*seat_);
      if (handled) handled = handle(as_bytes(message->data));
      if (!handled) {
        send(*socket, crdt::encode_permission_denied(handled.error().reason->id));
        socket->close(close_code(handled.error()), handled.error().reason->id);
        break;
      }
    }
    relay_.leave(*live_, seat_);
  }

 private:
  Result<void> handle(ByteView bytes) {
    auto message = TRY(crdt::decode_y_message(bytes));
    switch (message.channel) {
      case crdt::YMessage::Channel::awareness:
        return relay_.receive_awareness(*live_, *seat_, message.awareness);
      case crdt::YMessage::Channel::query_awareness:
        send(*seat_->socket, crdt::encode_awareness_message(live_->awareness.encode()));
        return {};
      case crdt::YMessage::Channel::auth:
        return {};
      case crdt::YMessage::Channel::sync:
        break;
    }
    if (message.sync.step == crdt::SyncStep::state) {
      auto known = TRY(crdt::StateVector::decode(message.sync.body));
      auto missing = live_->doc.encode_state(crdt::Format::v1, known);
      relay_.charge_answer(*seat_, missing.size());
      send(*seat_->socket, crdt::encode_sync_message(crdt::SyncStep::answer, missing));
      return {};
    }
    relay_.receive(live_, seat_, seat_->person, seat_->may_write, message.sync.body,
                   [seat = seat_](Result<void> outcome) {
                     if (!seat->socket) return;
                     if (outcome) {
                       ++seat->durable;
                       if (seat->wants_durable) send(*seat->socket, durable_message(seat->durable));
                       return;
                     }
                     send(*seat->socket, crdt::encode_permission_denied(outcome.error().reason->id));
                     seat->socket->close(close_code(outcome.error()), outcome.error().reason->id);
                   });
    return {};
  }

  Relay& relay_;
  std::shared_ptr<LiveDocument> live_;
  std::shared_ptr<Seat> seat_;
};

/// One socket of the Hocuspocus door: many documents, each with its own token.
class HocuspocusDoor {
 public:
  HocuspocusDoor(Context& context, DocumentsService& service, Relay& relay,
                 std::shared_ptr<RequestState> state)
      : context_(context), service_(service), relay_(relay), state_(std::move(state)) {
    if (state_) session_ = state_->session;
    relay_.fill_rate(bucket_);
  }

  Task<void> run(std::unique_ptr<http::WebSocket> socket) {
    socket_ = socket.get();
    while (true) {
      auto message = co_await socket->receive();
      if (!message) break;
      auto handled = co_await handle(std::move(message->data));
      if (!handled) {
        socket->close(close_code(handled.error()), handled.error().reason->id);
        break;
      }
    }
    for (auto& [address, place] : places_) relay_.leave(*place.live, place.seat);
  }

 private:
  struct Place {
    std::shared_ptr<LiveDocument> live;
    std::shared_ptr<Seat> seat;
  };
  using Type = crdt::HocuspocusMessage::Type;

  Task<Result<void>> handle(std::string data) {
    CO_TRY(relay_.take_rate(bucket_));
    auto message = CO_TRY(crdt::decode_hocuspocus(as_bytes(data)));
    if (message.type == Type::ping || message.type == Type::pong) {
      if (message.type == Type::ping) send(*socket_, Bytes{10});
      co_return Result<void>();
    }
    std::string address(message.address);
    if (message.type == Type::auth) {
      auto entered = co_await enter(address, std::string(message.document()), std::string(message.text));
      if (!entered) send(*socket_, crdt::hocuspocus_denied(address, entered.error().reason->id));
      co_return Result<void>();
    }
    auto found = places_.find(address);
    // Before the token, or after a refusal: nothing of this document is done.
    if (found == places_.end() || !found->second.seat->socket) co_return Result<void>();
    co_return act(found->second, message);
  }

  Task<Result<void>> enter(std::string address, std::string document, std::string token) {
    auto session = token.empty() ? nullptr : context_.sessions.by_token(token);
    if (!session) session = session_;
    if (!session) co_return fail(reasons::unauthenticated, "hocuspocus token");
    auto sessions = context_.sessions.of(session->person);
    if (std::ranges::none_of(sessions, [&](auto& one) { return one->id == session->id; }))
      co_return fail(reasons::unauthenticated, "session ended");
    if (auto old = places_.find(address); old != places_.end()) {
      relay_.leave(*old->second.live, old->second.seat);
      places_.erase(old);
    }
    // The bytes of the socket are those of the first person it names.
    if (state_ && !state_->session) state_->session = session;
    if (places_.size() >= max_documents_per_socket) co_return fail(reasons::limited, "documents per socket");
    auto record = CO_TRY(co_await service_.readable({session->person, false}, document));
    auto live = CO_TRY(co_await relay_.open(std::move(record)));
    auto seat = std::make_shared<Seat>();
    seat->socket = socket_;
    seat->hocuspocus = true;
    seat->address = address;
    seat->person = session->person;
    seat->session = session->id;
    CO_TRY(relay_.join(*live, seat));
    send(*socket_, crdt::hocuspocus_authenticated(address, !seat->may_write));
    if (!live->awareness.present().empty())
      send(*socket_, crdt::hocuspocus_awareness(address, live->awareness.encode()));
    places_.emplace(std::move(address), Place{std::move(live), std::move(seat)});
    co_return Result<void>();
  }

  Result<void> act(Place& place, const crdt::HocuspocusMessage& message) {
    auto& live = *place.live;
    auto& address = place.seat->address;
    switch (message.type) {
      case Type::awareness:
        return relay_.receive_awareness(live, *place.seat, message.awareness);
      case Type::query_awareness:
        send(*socket_, crdt::hocuspocus_awareness(address, live.awareness.encode()));
        return {};
      case Type::close: {
        send(*socket_, crdt::hocuspocus_close(address, "provider_initiated"));
        relay_.leave(live, place.seat);
        places_.erase(std::string(message.address));
        return {};
      }
      case Type::broadcast_stateless:
        return fail(reasons::forbidden, "broadcast between servers");
      case Type::sync:
      case Type::sync_reply:
        break;
      default:
        return {};
    }
    if (message.sync.step == crdt::SyncStep::state) {
      auto known = TRY(crdt::StateVector::decode(message.sync.body));
      send(*socket_, crdt::hocuspocus_sync(address, crdt::SyncStep::state, live.doc.state_vector().encode()));
      auto missing = live.doc.encode_state(crdt::Format::v1, known);
      relay_.charge_answer(bucket_, missing.size());
      send(*socket_, crdt::hocuspocus_sync(address, crdt::SyncStep::answer, missing));
      return {};
    }
    relay_.receive(place.live, place.seat, place.seat->person, place.seat->may_write, message.sync.body,
                   [seat = place.seat](Result<void> outcome) {
                     if (!seat->socket) return;
                     send(*seat->socket, crdt::hocuspocus_sync_status(seat->address, outcome.has_value()));
                     if (!outcome) send(*seat->socket, refusal(seat->address, outcome.error()));
                   });
    return {};
  }

  Context& context_;
  DocumentsService& service_;
  Relay& relay_;
  std::shared_ptr<RequestState> state_;     // whom the meter counts for
  std::shared_ptr<const Session> session_;  // by cookie, when the socket came with one
  Seat bucket_;                             // of the whole socket: only its tokens are used
  http::WebSocket* socket_ = nullptr;
  std::map<std::string, Place> places_;
};

Task<void> run_yjs(std::unique_ptr<YjsDoor> door, std::unique_ptr<http::WebSocket> socket) {
  co_await door->run(std::move(socket));
}
Task<void> run_hocuspocus(std::unique_ptr<HocuspocusDoor> door, std::unique_ptr<http::WebSocket> socket) {
  co_await door->run(std::move(socket));
}

// Rights and a load that fails are answered before the upgrade: there is no socket onto an empty document.
Task<Result<Response>> open_yjs(Context& context, DocumentsService& service, Relay& relay, Request& request) {
  auto* session = CO_TRY(collaborator(context, request));
  auto seat = std::make_shared<Seat>();
  seat->person = session->person;
  seat->session = session->id;
  seat->wants_durable = request.query_value("durable") == "1";
  auto record = CO_TRY(co_await service.readable({seat->person, false}, request.parameter("document")));
  auto live = CO_TRY(co_await relay.open(std::move(record)));
  CO_TRY(collaborator(context, request));
  auto door = std::make_unique<YjsDoor>(relay, std::move(live), std::move(seat));
  Response response;
  response.upgrade = [door = std::move(door)](std::unique_ptr<http::WebSocket> socket) mutable {
    return run_yjs(std::move(door), std::move(socket));
  };
  co_return response;
}

Task<Result<Response>> open_hocuspocus(Context& context, DocumentsService& service, Relay& relay,
                                       Request& request) {
  auto state = std::static_pointer_cast<RequestState>(request.session);
  auto door = std::make_unique<HocuspocusDoor>(context, service, relay, std::move(state));
  Response response;
  response.upgrade = [door = std::move(door)](std::unique_ptr<http::WebSocket> socket) mutable {
    return run_hocuspocus(std::move(door), std::move(socket));
  };
  co_return response;
}

}  // namespace

void add_socket_doors(Context& context, DocumentsService& service, Relay& relay) {
  http::RouteOptions options{.access = http::Access::anonymous, .tool = "documents"};
  context.router.add("GET", "/collaboration/yjs/{document}", options,
                     [&](Request& request) { return open_yjs(context, service, relay, request); });
  context.router.add("GET", "/collaboration/hocuspocus", options,
                     [&](Request& request) { return open_hocuspocus(context, service, relay, request); });
}

}  // namespace parvis
