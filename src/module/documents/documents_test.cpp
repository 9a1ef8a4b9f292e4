#include <doctest/doctest.h>

#include "module/documents/document_fixture.h"

namespace parvis {
namespace {

using namespace document_fixture;

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
    at.leave(two);
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

TEST_CASE("another tool adds a passage at the end, beside what is written meanwhile, and it is kept") {
  store::for_each_engine([](store::TestDatabase& database) {
    Passage passage{.heading = "Sondage", .line = "3 votants.", .items = {"Lundi : 2", "Mardi : 1"}};
    At at(database);
    auto add = [&] {
      return &static_cast<DocumentsModule&>(at.house.add(make_documents_module)).documents();
    };
    at.house.reload();
    Documents* documents = add();
    auto id = at.make("Compte rendu");
    auto append = [&](Actor actor, Passage content) {
      return at.house.run(documents->append(actor, *DocumentId::parse(id), std::move(content)));
    };
    crdt::Doc doc;
    std::string written(as_text(typed(doc, 7, "Bonjour")));
    REQUIRE(at.house.send(at.as_claire, "POST", "/collaboration/http/" + id, written).status == 204);
    CHECK(append(at.claire, passage));
    CHECK_FALSE(append(at.bruno, passage));  // reads only
    at.house.reload();
    documents = add();
    auto text = at.house.get(at.as_bruno, "/api/v1/documents/" + id + "/html").text;
    // Behind what was there, in its order.
    size_t at_last = 0;
    for (const char* words : {"Bonjour", "Sondage", "3 votants.", "Lundi : 2", "Mardi : 1"}) {
      CAPTURE(text);
      auto found = text.find(words);
      REQUIRE(found != std::string::npos);
      CHECK(found >= at_last);
      at_last = found;
    }
    passage.items.resize(Documents::max_passage_items + 1);
    CHECK_FALSE(append(at.claire, passage));
    passage.items.assign(1, std::string(Documents::max_passage_bytes, 'a'));
    CHECK_FALSE(append(at.claire, passage));
    at.house.send(at.as_claire, "DELETE", "/api/v1/documents/" + id);
    CHECK_FALSE(append(at.claire, {.heading = "Sondage", .line = {}, .items = {}}));
  });
}

}  // namespace parvis
