#include <doctest/doctest.h>

#include <algorithm>

#include "core/testing.h"
#include "engine/crdt/awareness.h"
#include "engine/crdt/edit.h"
#include "engine/crdt/hocuspocus.h"
#include "engine/crdt/sync_protocol.h"
#include "module/documents/module.h"

namespace parvis {
namespace {

std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// What an editor with this client number sends when it writes `words` at the front.
Bytes typed(crdt::Doc& doc, uint64_t client, std::string_view words) {
  crdt::Editor editor(doc, client);
  auto root = editor.root("default");
  auto line = editor.insert_node(root, 0, crdt::NodeKind::xml_text);
  REQUIRE(line);
  REQUIRE(editor.insert_text(*line, 0, words));
  return editor.commit(crdt::Format::v1);
}

std::string words_in(ByteView update) {
  crdt::Doc doc;
  REQUIRE(doc.apply_update(update, crdt::Format::v1));
  auto root = crdt::find_root(doc, "default");
  return root ? crdt::read_xml(doc, *root) : "";
}

/// A browser's end of a collaboration socket.
struct Client {
  std::vector<std::string> outgoing, incoming;
  uint16_t closed = 0;
  bool gone = false;
};

class FakeSocket final : public http::WebSocket {
 public:
  FakeSocket(Client& client, Loop& loop) : client_(client), loop_(loop) {}
  Task<Result<Message>> receive() override {
    while (client_.outgoing.empty()) {
      if (client_.closed || client_.gone) co_return fail(Stream::closed);
      co_await loop_.sleep_for_us(millis_us(1));
    }
    Message message{true, client_.outgoing.front()};
    client_.outgoing.erase(client_.outgoing.begin());
    co_return message;
  }
  bool send(std::string_view data, bool) override {
    client_.incoming.emplace_back(data);
    return true;
  }
  bool send(http::SharedBytes data, bool binary) override { return send(*data, binary); }
  void cork() override {}
  void uncork() override {}
  void close(uint16_t code, std::string_view) override { client_.closed = code; }
  size_t queued_bytes() const override { return 0; }

 private:
  Client& client_;
  Loop& loop_;
};

struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::visitor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    house.add(make_documents_module);
  }
  std::string make(const std::string& title) {
    auto made = house.send(as_claire, "POST", "/api/v1/spaces/" + space.text() + "/documents",
                           R"({"title":")" + title + R"("})");
    REQUIRE(made.status == 201);
    return text(made.json, "id");
  }
  bool open(const TestHouse::SignedIn& as, const std::string& target, Client& client) {
    auto answer = house.get(as, target);
    if (!answer.response.upgrade) return false;
    spawn([](http::WebSocketHandler handler, std::unique_ptr<http::WebSocket> socket) -> Task<void> {
      co_await handler(std::move(socket));
    }(std::move(answer.response.upgrade), std::make_unique<FakeSocket>(client, house.at.env().loop)));
    return true;
  }
  void post(Client& client, const Bytes& message) { client.outgoing.emplace_back(as_text(message)); }
  bool hears(Client& client, const Bytes& message) {
    std::string wanted(as_text(message));
    return house.wait_until(
        [&] { return std::ranges::find(client.incoming, wanted) != client.incoming.end(); });
  }
  void leave(Client& client) {
    client.gone = true;
    house.wait_until([&] { return client.outgoing.empty(); });
    house.run([](Loop& loop) -> Task<int> {
      co_await loop.sleep_for_us(millis_us(5));
      co_return 0;
    }(house.at.env().loop));
  }

  TestHouse house;
  Actor claire, bruno;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno;
};

}  // namespace

TEST_CASE("a document is made, named, moved, put in the trash and taken back, by those who may") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto first = at.make("Note"), second = at.make("Annexe");
    CHECK(at.house.send(at.as_bruno, "PATCH", "/api/v1/documents/" + first, R"({"title":"x"})").status ==
          403);
    CHECK(at.house
              .send(at.as_claire, "PATCH", "/api/v1/documents/" + second, R"({"parent_id":")" + first + "\"}")
              .status == 200);
    auto circle = at.house.send(at.as_claire, "PATCH", "/api/v1/documents/" + first,
                                R"({"parent_id":")" + second + "\"}");
    CHECK(text(circle.json, "code") == "document_parent_refused");
    auto seen = at.house.get(at.as_bruno, "/api/v1/documents/" + first);
    CHECK(text(seen.json.at("children").at(0), "title") == "Annexe");
    CHECK(seen.json.at("rights").at("read").as_bool());
    CHECK_FALSE(seen.json.at("rights").at("write").as_bool());
    CHECK(at.house.send(at.as_claire, "DELETE", "/api/v1/documents/" + first).status == 204);
    CHECK(at.house.get(at.as_claire, "/api/v1/documents/" + first).status == 404);
    CHECK(at.house.send(at.as_claire, "POST", "/api/v1/documents/" + first + "/restore").status == 200);
    CHECK(at.house.get(at.as_claire, "/api/v1/documents/" + first).status == 200);
    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.get(stranger, "/api/v1/documents/" + first).status == 404);
  });
}

TEST_CASE("what is acknowledged over HTTP is there after a restart; a reader may not write") {
  store::for_each_engine([](store::TestDatabase& database) {
    std::string id;
    crdt::Doc doc;
    auto update = typed(doc, 7, "Bonjour à toutes");
    {
      At at(database);
      id = at.make("Note");
      std::string body(as_text(update));
      CHECK(at.house.send(at.as_claire, "POST", "/collaboration/http/" + id, body).status == 204);
      crdt::Doc other;
      std::string intrusion(as_text(typed(other, 8, "Non")));
      CHECK(at.house.send(at.as_bruno, "POST", "/collaboration/http/" + id, intrusion).status == 403);
      CHECK(at.house.send(at.as_bruno, "POST", "/collaboration/http/" + id, body).status == 204);
      CHECK(at.house.send(at.as_claire, "POST", "/collaboration/http/" + id, "\x05garbage").status == 400);
      CHECK(at.house.send(at.as_claire, "PATCH", "/api/v1/documents/" + id, R"({"title":"Vœux"})").status ==
            200);
      store::SearchQuery query{.text = "toutes", .scopes = {at.space.text()}, .before_ms = std::nullopt};
      auto hits = at.house.run(at.house.search->query(query));
      REQUIRE(hits);
      REQUIRE(hits->size() == 1);
      CHECK(hits->front().title == "Vœux");
      at.house.reload();
      at.house.add(make_documents_module);
      auto kept = at.house.get(at.as_claire, "/collaboration/http/" + id);
      CHECK(kept.status == 200);
      CHECK(words_in(as_bytes(kept.text)) == "Bonjour à toutes");
      // A log that cannot be read refuses; it never shows an empty document.
      static const store::Statement spoil{"test.spoil", "update document_update set payload = $1"};
      REQUIRE(at.house.run(at.house.at.database().write([](store::Transaction& transaction) {
        return transaction.execute(spoil, as_bytes("\x05rubbish"));
      })));
      at.house.reload();
      at.house.add(make_documents_module);
      CHECK(at.house.get(at.as_claire, "/collaboration/http/" + id).status == 500);
      CHECK(at.house.get(at.as_claire, "/collaboration/yjs/" + id).status == 500);
    }
  });
}

TEST_CASE("two people write over y-websocket: bytes untouched, acknowledged, names bound, removal ends it") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.make("Note");
    Client one, two;
    REQUIRE(at.open(at.as_claire, "/collaboration/yjs/" + id + "?durable=1", one));
    REQUIRE(at.open(at.as_bruno, "/collaboration/yjs/" + id, two));
    crdt::Doc doc;
    auto update = typed(doc, 7, "Bonjour");
    auto message = crdt::encode_sync_message(crdt::SyncStep::update, update);
    at.post(one, message);
    CHECK(at.hears(two, message));
    CHECK(at.hears(one, Bytes{100, 1}));

    crdt::AwarenessEntry entry{7, 1, R"({"user":{"name":"La ministre","color":"#000"}})"};
    at.post(one, crdt::encode_awareness_message(crdt::encode_awareness({&entry, 1})));
    CHECK(at.house.wait_until([&] {
      return std::ranges::any_of(two.incoming,
                                 [](auto& heard) { return heard.find("\"color\"") != heard.npos; });
    }));
    for (auto& heard : two.incoming) CHECK(heard.find("La ministre") == heard.npos);

    REQUIRE(at.house.run(at.house.spaces->remove_member(at.claire, at.space, at.bruno.person)));
    CHECK(two.closed == 4403);
    CHECK(one.closed == 0);
    auto content = at.house.get(at.as_claire, "/collaboration/http/" + id);
    CHECK(words_in(as_bytes(content.text)) == "Bonjour");
    at.leave(one);
  });
}

TEST_CASE("Hocuspocus: a token opens a document, each update has one status, a reader's is refused") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.make("Note");
    Client one, two;
    REQUIRE(at.open(at.as_claire, "/collaboration/hocuspocus", one));
    REQUIRE(at.open(at.as_bruno, "/collaboration/hocuspocus", two));
    auto token = [&](const std::string& value) {
      crdt::HocuspocusMessage message;
      message.address = id;
      message.type = crdt::HocuspocusMessage::Type::auth;
      message.text = value;
      message.has_text = true;
      return crdt::encode_hocuspocus(message);
    };
    at.post(one, token(""));
    at.post(two, token(at.as_bruno.token));
    CHECK(at.hears(one, crdt::hocuspocus_authenticated(id, false)));
    CHECK(at.hears(two, crdt::hocuspocus_authenticated(id, true)));
    crdt::Doc doc, other;
    auto message = crdt::hocuspocus_sync(id, crdt::SyncStep::update, typed(doc, 7, "Bonjour"));
    at.post(one, message);
    CHECK(at.hears(one, crdt::hocuspocus_sync_status(id, true)));
    CHECK(at.hears(two, message));
    at.post(two, crdt::hocuspocus_sync(id, crdt::SyncStep::update, typed(other, 8, "Non")));
    CHECK(at.hears(two, crdt::hocuspocus_sync_status(id, false)));
    at.leave(one);
    at.leave(two);
  });
}

}  // namespace parvis
