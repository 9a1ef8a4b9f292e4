#include <doctest/doctest.h>

#include "module/documents/document_fixture.h"
#include "module/documents/document_store.h"
#include "module/documents/relay.h"

// Bad input on the collaboration doors: a named error on that connection, the document untouched, everyone
// else undisturbed.
namespace parvis {
namespace {

using namespace document_fixture;

struct Refusing : At {
  explicit Refusing(store::TestDatabase& database) : At(database) {
    idriss = house.agent("idriss");
    REQUIRE(house.run(house.spaces->set_member(claire, space, idriss.person, Role::contributor)));
    as_idriss = house.sign_in(idriss);
    id = make("Note");
    std::string update(as_text(typed(doc, 7, "Bonjour")));
    REQUIRE(house.send(as_claire, "POST", "/collaboration/http/" + id, update).status == 204);
    before = content();
    REQUIRE(open(as_claire, "/collaboration/yjs/" + id, bystander));
    REQUIRE(open(as_claire, "/collaboration/hocuspocus", other_bystander));
    enter(other_bystander, as_claire.token);
  }
  ~Refusing() {
    leave(bystander);
    leave(other_bystander);
  }
  void enter(Client& client, const std::string& token, std::string address = "") {
    crdt::HocuspocusMessage message;
    if (address.empty()) address = id;
    message.address = address;
    message.type = crdt::HocuspocusMessage::Type::auth;
    message.text = token;
    message.has_text = true;
    post(client, crdt::encode_hocuspocus(message));
    REQUIRE(house.wait_until([&] { return !client.incoming.empty(); }));
  }
  std::string content() { return house.get(as_claire, "/collaboration/http/" + id).text; }

  /// What a y-websocket connection gets that sends this, once and before its door closes.
  std::string refused_yjs(const TestHouse::SignedIn& as, const Bytes& message, uint16_t code) {
    Client client;
    REQUIRE(open(as, "/collaboration/yjs/" + id, client));
    post(client, message);
    REQUIRE(house.wait_until([&] { return client.closed != 0; }));
    CHECK(client.closed == code);
    CHECK(client.incoming.back() == as_text(crdt::encode_permission_denied(client.why)));
    leave(client);
    CHECK(undisturbed());
    return client.why;
  }
  /// What a Hocuspocus connection gets whose update is refused: it goes on.
  std::string refused_hocuspocus(const TestHouse::SignedIn& as, ByteView update) {
    Client client;
    REQUIRE(open(as, "/collaboration/hocuspocus", client));
    enter(client, as.token);
    client.incoming.clear();
    post(client, crdt::hocuspocus_sync(id, crdt::SyncStep::update, update));
    CHECK(hears(client, crdt::hocuspocus_sync_status(id, false)));
    REQUIRE(house.wait_until([&] { return client.incoming.size() == 2; }));
    auto why = crdt::decode_hocuspocus(as_bytes(client.incoming.back()));
    REQUIRE(why);
    CHECK(why->type == crdt::HocuspocusMessage::Type::stateless);
    auto reason = json::parse(why->text);
    REQUIRE(reason);
    auto out = text(*reason, "refused");
    CHECK(client.closed == 0);
    post(client, Bytes{9});
    CHECK(hears(client, Bytes{10}));
    leave(client);
    CHECK(undisturbed());
    return out;
  }
  bool undisturbed() {
    bool said = std::ranges::any_of(bystander.incoming, [](auto& heard) { return heard[0] == 2; });
    return content() == before && bystander.closed == 0 && other_bystander.closed == 0 && !said;
  }
  /// Both can still hear, and be heard.
  void still_works() {
    auto message = crdt::encode_sync_message(crdt::SyncStep::update, typed(doc, 7, "Encore. "));
    post(bystander, message);
    CHECK(hears(other_bystander, crdt::hocuspocus_sync(id, crdt::SyncStep::update,
                                                       crdt::decode_y_message(message)->sync.body)));
    leave(bystander);
    leave(other_bystander);
  }

  Actor idriss;
  TestHouse::SignedIn as_idriss;
  std::string id, before;
  crdt::Doc doc;
  Client bystander, other_bystander;
};

Bytes bytes(std::string_view text) {
  auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE(
    "y-websocket: messages that are cut, unknown or lie about their length end that connection, by name") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    auto good = crdt::encode_sync_message(crdt::SyncStep::update, typed(at.doc, 7, "x"));
    std::vector<Bytes> bad{{},
                           {0},
                           {0, 9, 1, 0},
                           {77, 1},
                           bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
                           {0, 2, 200, 1, 1},
                           {0, 2, 1, 7},
                           {0, 0, 2, 255, 255},
                           {1, 3, 1, 2, 3},
                           {1, 0x80}};
    for (size_t cut : {size_t{1}, size_t{2}, good.size() / 2, good.size() - 1})
      bad.emplace_back(good.begin(), good.begin() + static_cast<ptrdiff_t>(cut));
    for (auto& message : bad) {
      auto why = at.refused_yjs(at.as_idriss, message, 1007);
      CHECK_MESSAGE(why.contains("malformed"), why);
    }
    at.still_works();
  });
}

TEST_CASE("Hocuspocus: a message that cannot be read ends that connection; a bad update is refused by name") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    std::string address(1, static_cast<char>(at.id.size()));
    address += at.id;
    for (auto& rest :
         {std::string(), std::string("\x2a"), std::string("\x00\x09\x01\x00", 4), std::string("\x01\x80")}) {
      Client client;
      REQUIRE(at.open(at.as_idriss, "/collaboration/hocuspocus", client));
      at.enter(client, at.as_idriss.token);
      at.post(client, bytes(address + rest));
      REQUIRE(at.house.wait_until([&] { return client.closed != 0; }));
      CHECK(client.closed == 1007);
      CHECK(client.why.contains("malformed"));
      at.leave(client);
      CHECK(at.undisturbed());
    }
    CHECK(at.refused_hocuspocus(at.as_idriss, as_bytes("\x05garbage")) == "crdt_malformed");
    at.still_works();
  });
}

TEST_CASE("what is beyond a person's right is refused by name on every door") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    crdt::Doc other;
    auto update = typed(other, 8, "Non");
    CHECK(at.refused_yjs(at.as_bruno, crdt::encode_sync_message(crdt::SyncStep::update, update), 4403) ==
          "forbidden");
    CHECK(at.refused_yjs(at.as_bruno, crdt::encode_sync_message(crdt::SyncStep::answer, update), 4403) ==
          "forbidden");
    CHECK(at.refused_hocuspocus(at.as_bruno, update) == "forbidden");
    std::string body(as_text(update));
    CHECK(text(at.house.send(at.as_bruno, "POST", "/collaboration/http/" + at.id, body).json, "code") ==
          "forbidden");
    CHECK(at.undisturbed());
    at.still_works();
  });
}

TEST_CASE("a client number belongs to who writes with it: nobody else may, until all have left") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    crdt::Doc forged;
    REQUIRE(forged.apply_update(at.doc.encode_state(crdt::Format::v1), crdt::Format::v1));
    auto update = typed(forged, 7, "Faux. ");
    CHECK(at.refused_yjs(at.as_idriss, crdt::encode_sync_message(crdt::SyncStep::update, update), 1008) ==
          "document_client_taken");
    CHECK(at.refused_hocuspocus(at.as_idriss, update) == "document_client_taken");
    std::string body(as_text(update));
    CHECK(at.house.send(at.as_idriss, "POST", "/collaboration/http/" + at.id, body).status == 409);
    CHECK(at.undisturbed());
    at.leave(at.bystander);
    at.leave(at.other_bystander);
    CHECK(at.house.send(at.as_idriss, "POST", "/collaboration/http/" + at.id, body).status == 204);
  });
}

TEST_CASE("an update has a largest size, on every door") {
  store::TestDatabase database;
  Refusing at(database);
  auto update = typed(at.doc, 7, std::string(Relay::max_update_bytes, 'x'));
  CHECK(at.refused_yjs(at.as_claire, crdt::encode_sync_message(crdt::SyncStep::update, update), 1008) ==
        "too_large");
  CHECK(at.refused_hocuspocus(at.as_claire, update) == "too_large");
  std::string body(as_text(update));
  CHECK(at.house.send(at.as_claire, "POST", "/collaboration/http/" + at.id, body).status == 413);
  CHECK(at.undisturbed());
}

TEST_CASE("a document has a largest weight: it is full, is read, and can be made smaller") {
  store::TestDatabase database;
  Refusing at(database);
  std::string page(Relay::max_update_bytes - 1'000, 'x');
  int status = 204;
  int written = 0;
  for (; status == 204 && written < 40; ++written) {
    std::string update(as_text(typed(at.doc, 7, page)));
    auto answer = at.house.send(at.as_claire, "POST", "/collaboration/http/" + at.id, update);
    status = answer.status;
    if (status != 204) CHECK(text(answer.json, "code") == "document_too_large");
  }
  CHECK(status == 413);
  CHECK(written > 5);
  auto kept = at.content();
  CHECK(kept.size() > 20'000'000);
  crdt::Doc there;
  REQUIRE(there.apply_update(as_bytes(kept), crdt::Format::v1));
  crdt::Editor editor(there, 9);
  REQUIRE(editor.remove(editor.root("default"), 0, 3));
  std::string shorter(as_text(editor.commit(crdt::Format::v1)));
  CHECK(at.house.send(at.as_claire, "POST", "/collaboration/http/" + at.id, shorter).status == 204);
  std::string small(as_text(typed(there, 10, "de nouveau")));
  CHECK(at.house.send(at.as_claire, "POST", "/collaboration/http/" + at.id, small).status == 204);
  CHECK(at.content().size() < kept.size() - 2 * page.size());
}

TEST_CASE("so many connections are in a document, so many of one person, and then no more") {
  store::TestDatabase database;
  Refusing at(database);
  Relay relay(*at.house.context);
  auto record = at.house.run(at.house.at.database().read(
      [&](store::Reader& reader) { return document_store::find(reader, *DocumentId::parse(at.id)); }));
  REQUIRE(record);
  auto live = at.house.run(relay.open(**record));
  REQUIRE(live);
  auto seat_of = [](PersonId person) {
    auto seat = std::make_shared<Seat>();
    seat->person = person;
    return seat;
  };
  size_t people = Relay::max_seats / Relay::max_seats_per_person;
  for (size_t i = 0; i < people; ++i) {
    auto person = at.house.agent("agent" + std::to_string(i));
    REQUIRE(at.house.run(at.house.spaces->set_member(at.claire, at.space, person.person, Role::visitor)));
    for (size_t j = 0; j < Relay::max_seats_per_person; ++j)
      REQUIRE(relay.join(**live, seat_of(person.person)));
    auto again = relay.join(**live, seat_of(person.person));
    REQUIRE_FALSE(again);
    CHECK(again.error().reason->id == "document_crowded");
  }
  CHECK_FALSE(relay.join(**live, seat_of(at.claire.person)));
  relay.leave(**live, (*live)->seats.front());
  CHECK(relay.join(**live, seat_of(at.claire.person)));
  (*live)->seats.clear();
}

TEST_CASE("one person's twenty-first connection is told so, on its own door") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    std::vector<std::unique_ptr<Client>> clients;
    for (size_t i = 0; i < Relay::max_seats_per_person; ++i) {
      clients.push_back(std::make_unique<Client>());
      REQUIRE(at.open(at.as_bruno, "/collaboration/yjs/" + at.id, *clients.back()));
    }
    Client late, later;
    REQUIRE(at.open(at.as_bruno, "/collaboration/yjs/" + at.id, late));
    CHECK(late.closed == 1008);
    CHECK(late.why == "document_crowded");
    REQUIRE(at.open(at.as_bruno, "/collaboration/hocuspocus", later));
    at.enter(later, at.as_bruno.token);
    CHECK(later.incoming.front() == as_text(crdt::hocuspocus_denied(at.id, "document_crowded")));
    CHECK(later.closed == 0);
    at.leave(late);
    at.leave(later);
    for (auto& client : clients) {
      CHECK(client->closed == 0);
      at.leave(*client);
    }
    CHECK(at.undisturbed());
    at.still_works();
  });
}

TEST_CASE("a flood ends the connection it comes from; the others are heard") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    Client client, other;
    REQUIRE(at.open(at.as_idriss, "/collaboration/yjs/" + at.id, client));
    for (int i = 0; i < 2 * Relay::message_burst; ++i) client.outgoing.emplace_back("\x03");
    REQUIRE(at.house.wait_until([&] { return client.closed != 0; }));
    CHECK(client.closed == 1008);
    CHECK(client.why == "document_flood");
    REQUIRE(at.open(at.as_idriss, "/collaboration/hocuspocus", other));
    for (int i = 0; i < 2 * Relay::message_burst; ++i) other.outgoing.emplace_back("\x09");
    REQUIRE(at.house.wait_until([&] { return other.closed != 0; }));
    CHECK(other.why == "document_flood");
    client.outgoing.clear();
    other.outgoing.clear();
    at.leave(client);
    at.leave(other);
    CHECK(at.undisturbed());
    at.still_works();
  });
}

TEST_CASE("asking again and again for a large document is a flood after a few times") {
  store::TestDatabase database;
  Refusing at(database);
  std::string update(as_text(typed(at.doc, 7, std::string(3 << 20, 'x'))));
  REQUIRE(at.house.send(at.as_claire, "POST", "/collaboration/http/" + at.id, update).status == 204);
  at.before = at.content();
  auto everything = crdt::encode_sync_message(crdt::SyncStep::state, Bytes{0});
  Client client;
  REQUIRE(at.open(at.as_idriss, "/collaboration/yjs/" + at.id, client));
  for (int i = 0; i < 100; ++i) at.post(client, everything);
  REQUIRE(at.house.wait_until([&] { return client.closed != 0; }));
  CHECK(client.why == "document_flood");
  CHECK(client.incoming.size() < 20);
  CHECK(client.incoming.size() > 5);
  client.outgoing.clear();
  at.leave(client);
  at.still_works();
}

TEST_CASE("awareness: of a bounded size, readable, of few clients, and never in another's name") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    auto said = [](std::string_view state, uint64_t client = 9) {
      crdt::AwarenessEntry entry{client, 1, state};
      return crdt::encode_awareness_message(crdt::encode_awareness({&entry, 1}));
    };
    std::string large =
        R"({"user":{"name":"La ministre"},"x":")" + std::string(Relay::max_awareness_bytes, 'x') + "\"}";
    CHECK(at.refused_yjs(at.as_idriss, said(large), 1008) == "too_large");
    // Deeper than the house reads: what cannot be read cannot be given its person's name.
    std::string deep =
        R"({"user":{"name":"La ministre"},"x":)" + std::string(60, '[') + std::string(60, ']') + "}";
    CHECK(at.refused_yjs(at.as_idriss, said(deep), 1007) == "malformed");
    Client client;
    REQUIRE(at.open(at.as_idriss, "/collaboration/yjs/" + at.id, client));
    for (uint64_t i = 0; i < 3 * Relay::max_seats_per_person; ++i)
      at.post(client, said(R"({"user":{"name":"La ministre"}})", 100 + i));
    at.post(client, Bytes{3});
    std::string everybody;
    REQUIRE(at.house.wait_until([&] {
      everybody = client.incoming.empty() ? "" : client.incoming.back();
      return client.outgoing.empty() && !everybody.empty() && everybody[0] == 1;
    }));
    auto message = crdt::decode_y_message(as_bytes(everybody));
    REQUIRE(message);
    auto entries = crdt::decode_awareness(message->awareness);
    REQUIRE(entries);
    CHECK(entries->size() == Relay::max_seats_per_person);
    for (auto& heard : at.bystander.incoming) CHECK_FALSE(heard.contains("ministre"));
    at.leave(client);
    at.still_works();
  });
}

TEST_CASE(
    "Hocuspocus: a token that is none, a document that is none, and more documents than a socket holds") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    Client client;
    auto socket = at.house.call({.target = "/collaboration/hocuspocus"});  // nobody signed in
    REQUIRE(socket.response.upgrade);
    spawn([](http::WebSocketHandler handler, std::unique_ptr<http::WebSocket> end) -> Task<void> {
      co_await handler(std::move(end));
    }(std::move(socket.response.upgrade), std::make_unique<FakeSocket>(client, at.house.at.env().loop)));
    auto denied = [&](const std::string& token, const std::string& address, std::string_view reason) {
      client.incoming.clear();
      at.enter(client, token, address);
      return at.hears(client, crdt::hocuspocus_denied(address, reason));
    };
    CHECK(denied("", at.id, "unauthenticated"));
    CHECK(denied("nonsense", at.id, "unauthenticated"));
    CHECK(denied(at.as_idriss.token, "nonsense", "not_found"));
    auto stranger = at.house.sign_in(at.house.agent("paul"));
    CHECK(denied(stranger.token, at.id, "not_found"));
    // What is said of a document before its token is not heard.
    at.post(client, crdt::hocuspocus_sync(at.id, crdt::SyncStep::update, typed(at.doc, 7, "Non")));
    for (int i = 0; i < 100; ++i) {
      client.incoming.clear();
      at.enter(
          client, i < 20 ? at.as_idriss.token : at.as_claire.token,
          (i < 20 ? at.id : at.make("n" + std::to_string(i))) + std::string("\0", 1) + std::to_string(i));
      CHECK(client.incoming.front().contains("read-write"));
    }
    CHECK(denied(at.as_claire.token, at.id, "limited"));
    CHECK(client.closed == 0);
    at.leave(client);
    CHECK(at.undisturbed());
  });
}

TEST_CASE("the bytes of a socket opened with a token count for whom the token is") {
  store::TestDatabase database;
  Refusing at(database);
  for (bool hocuspocus : {true, false}) {
    auto& as = hocuspocus ? at.as_idriss : at.as_bruno;
    auto person = hocuspocus ? at.idriss.person : at.bruno.person;
    http::Request request;
    std::string target = hocuspocus ? "/collaboration/hocuspocus" : "/collaboration/yjs/" + at.id;
    std::string query = hocuspocus ? "" : "token=" + as.token;
    request.method = "GET";
    request.target = request.path = target;
    request.query = query;
    request.peer = {"192.0.2.7", 40'000};
    auto answer = at.house.run(at.house.application->handle(request));
    REQUIRE(answer.upgrade);
    Client client;
    spawn([](http::WebSocketHandler handler, std::unique_ptr<http::WebSocket> end) -> Task<void> {
      co_await handler(std::move(end));
    }(std::move(answer.upgrade), std::make_unique<FakeSocket>(client, at.house.at.env().loop)));
    if (hocuspocus) at.enter(client, as.token);
    auto before = at.house.meter->today(person).bytes_out;
    at.house.application->account(request, {10, 1'234});
    CHECK(at.house.meter->today(person).bytes_out == before + 1'234);
    at.leave(client);
  }
}

TEST_CASE("HTTP: a state vector and an update that cannot be read are refused, a wait ends when asked") {
  store::for_each_engine([](store::TestDatabase& database) {
    Refusing at(database);
    auto path = "/collaboration/http/" + at.id;
    for (auto* bad : {"?sv=***", "?sv=AQ", "?sv=_____w"})
      CHECK(at.house.get(at.as_claire, path + bad).status == 400);
    for (auto& bad : {std::string(), std::string("\x01"), std::string("\x01\x01\x07", 3)})
      CHECK(at.house.send(at.as_claire, "POST", path, bad).status == 400);
    CHECK(at.house.call({.target = path}).status == 401);
    CHECK(at.house.get(at.as_claire, "/collaboration/http/nonsense").status == 404);
    CHECK(at.undisturbed());
    at.still_works();
  });
}

}  // namespace parvis
