#pragma once
// For the tests of documents: a house with a space, a writer and a reader of it, and browsers' ends of the
// collaboration doors. Include doctest before it. Not part of the product.
#include <algorithm>

#include "core/testing.h"
#include "engine/crdt/awareness.h"
#include "engine/crdt/edit.h"
#include "engine/crdt/hocuspocus.h"
#include "engine/crdt/sync_protocol.h"
#include "module/documents/module.h"

namespace parvis::document_fixture {

inline std::string text(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

/// What an editor with this client number sends when it writes `words` at the front.
inline Bytes typed(crdt::Doc& doc, uint64_t client, std::string_view words) {
  crdt::Editor editor(doc, client);
  auto root = editor.root("default");
  auto line = editor.insert_node(root, 0, crdt::NodeKind::xml_text);
  REQUIRE(line);
  REQUIRE(editor.insert_text(*line, 0, words));
  return editor.commit(crdt::Format::v1);
}

inline std::string words_in(ByteView update) {
  crdt::Doc doc;
  REQUIRE(doc.apply_update(update, crdt::Format::v1));
  auto root = crdt::find_root(doc, "default");
  return root ? crdt::read_xml(doc, *root) : "";
}

/// A browser's end of a collaboration socket.
struct Client {
  std::vector<std::string> outgoing, incoming;
  uint16_t closed = 0;
  std::string why;
  bool gone = false;
  bool ended = true;  // the server's end is destroyed, or there was none
};

class FakeSocket final : public http::WebSocket {
 public:
  FakeSocket(Client& client, Loop& loop) : client_(client), loop_(loop) { client_.ended = false; }
  ~FakeSocket() override { client_.ended = true; }
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
  void close(uint16_t code, std::string_view reason) override {
    if (client_.closed) return;
    client_.closed = code;
    client_.why = reason;
  }
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
  /// Before the client goes out of scope.
  void leave(Client& client) {
    client.gone = true;
    client.outgoing.clear();
    CHECK(house.wait_until([&] { return client.ended; }));
  }

  TestHouse house;
  Actor claire, bruno;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno;
};

}  // namespace parvis::document_fixture
