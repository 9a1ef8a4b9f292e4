#include <doctest/doctest.h>

#include "core/content_hash.h"
#include "module/documents/document_fixture.h"
#include "module/documents/versions.h"

namespace parvis {
namespace {

using namespace document_fixture;

/// A house whose documents are written over HTTP by one editor.
struct Writing : At {
  explicit Writing(store::TestDatabase& database) : At(database) {
    idriss = house.agent("idriss");
    REQUIRE(house.run(house.spaces->set_member(claire, space, idriss.person, Role::contributor)));
    as_idriss = house.sign_in(idriss);
    id = make("Compte rendu");
    path = "/api/v1/documents/" + id;
  }
  void write(const TestHouse::SignedIn& as, uint64_t client, std::string_view words) {
    std::string update(as_text(typed(doc, client, words)));
    REQUIRE(house.send(as, "POST", "/collaboration/http/" + id, update).status == 204);
  }
  std::string content() { return words_in(as_bytes(house.get(as_claire, "/collaboration/http/" + id).text)); }
  TestHouse::Answer name_version(const TestHouse::SignedIn& as, const std::string& body) {
    return house.send(as, "POST", path + "/versions", body);
  }
  template <class... Parameters>
  bool change(const store::Statement& statement, Parameters... parameters) {
    return house
        .run(house.at.database().write([&statement, parameters...](store::Transaction& transaction) {
          return transaction.execute(statement, parameters...);
        }))
        .has_value();
  }

  Actor idriss;
  TestHouse::SignedIn as_idriss;
  std::string id, path;
  crdt::Doc doc;
};

std::vector<std::string> audited(TestHouse& house, const std::string& kind) {
  static const store::Statement kinds{"test.outbox", "select payload from outbox where kind = $1"};
  auto rows = house.run(
      house.at.database().read([kind](store::Reader& reader) { return reader.query(kinds, kind); }));
  REQUIRE(rows);
  std::vector<std::string> out;
  for (size_t row = 0; row < rows->size(); ++row) out.emplace_back(rows->text(row, 0));
  return out;
}

}  // namespace

TEST_CASE("a version is what the document was, whatever is written later; its hash is that of its bytes") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    at.write(at.as_claire, 7, "Bonjour");
    auto made = at.name_version(at.as_claire, R"({"name":"  Premier jet "})");
    REQUIRE(made.status == 201);
    CHECK(text(made.json, "name") == "Premier jet");
    CHECK_FALSE(made.json.at("frozen").as_bool());
    at.write(at.as_claire, 7, "Au revoir. ");
    CHECK(at.name_version(at.as_claire, R"({"name":"Second jet"})").status == 201);

    auto target = at.path + "/versions/" + text(made.json, "id") + "/update";
    at.house.reload();
    at.house.add(make_documents_module);
    auto seen = at.house.get(at.as_bruno, target);  // who may read the document reads its versions
    REQUIRE(seen.status == 200);
    CHECK(words_in(as_bytes(seen.text)) == "Bonjour");
    CHECK(static_cast<int64_t>(seen.text.size()) == json::integer(made.json, "bytes"));
    ContentHash hash;
    hash.add(as_bytes(seen.text));
    auto hexadecimal = hash.finish();
    CHECK(hexadecimal == text(made.json, "hash"));
    CHECK(seen.header("ETag") == "\"" + hexadecimal + "\"");
    auto again = at.house.call({.target = target,
                                .as = &at.as_bruno,
                                .headers = {{"If-None-Match", std::string(seen.header("ETag"))}}});
    CHECK(again.status == 304);
    CHECK(again.text.empty());

    auto list = at.house.get(at.as_bruno, at.path + "/versions");
    auto& versions = list.json.at("versions").as_array();
    REQUIRE(versions.size() == 2);
    CHECK(text(versions[0], "name") == "Second jet");
    CHECK(text(versions[1].at("author"), "name") == text(made.json.at("author"), "name"));
    auto payloads = audited(at.house, "document.version_made");
    REQUIRE(payloads.size() == 2);
    CHECK(payloads[0].contains(hexadecimal));
  });
}

TEST_CASE("who may not write names no version, who may not freeze freezes none, strangers learn nothing") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    CHECK(at.name_version(at.as_bruno, R"({"name":"x"})").status == 403);
    CHECK(at.name_version(at.as_idriss, R"({"name":"x","frozen":true})").status == 403);
    auto made = at.name_version(at.as_idriss, R"({"name":"x"})");
    CHECK(made.status == 201);
    auto version = at.path + "/versions/" + text(made.json, "id");
    CHECK(at.house.send(at.as_bruno, "POST", version + "/restore").status == 403);
    auto stranger = at.house.sign_in(at.house.agent("paul"));
    CHECK(at.house.get(stranger, at.path + "/versions").status == 404);
    CHECK(at.house.get(stranger, version + "/update").status == 404);
    CHECK(at.house.send(stranger, "POST", version + "/restore").status == 404);
    CHECK(at.house.get(stranger, at.path + "/history").status == 404);
    // A version of one document is none of another.
    auto other = "/api/v1/documents/" + at.make("Autre") + "/versions/" + text(made.json, "id");
    CHECK(at.house.get(at.as_claire, other + "/update").status == 404);
    CHECK(at.house.send(at.as_claire, "POST", other + "/restore").status == 404);
    CHECK(at.house.get(at.as_claire, at.path + "/versions/nonsense/update").status == 404);
  });
}

TEST_CASE("a name says something and has an end; a document has so many versions and no more") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    auto refusal = [&](const std::string& body) {
      return text(at.name_version(at.as_claire, body).json, "code");
    };
    CHECK(refusal(R"({})") == "missing_field");
    CHECK(refusal(R"({"name":"  "})") == "document_version_name");
    CHECK(refusal(R"({"name":")" + std::string(Versions::max_name_bytes + 1, 'x') + "\"}") ==
          "document_version_name");
    CHECK(refusal(R"({"name":"a\u0000b"})") == "malformed");
    CHECK(at.name_version(at.as_claire, R"({"name":")" + std::string(Versions::max_name_bytes, 'x') + "\"}")
              .status == 201);
    static const store::Statement fill{
        "test.fill_versions",
        "insert into document_version(id, document, name, author, at, frozen, hash, size, state) "
        "select id || $2, document, name, author, at, frozen, hash, size, state from document_version "
        "where document = $1"};
    for (int i = 0; i < 9; ++i) at.change(fill, at.id, std::to_string(i));  // doubled nine times: 512
    CHECK(refusal(R"({"name":"une de trop"})") == "document_versions_too_many");
    static const store::Statement keep_one{"test.keep_one",
                                           "delete from document_version where length(id) > 26"};
    at.change(keep_one);
    CHECK(at.name_version(at.as_claire, R"({"name":"de la place"})").status == 201);
    static const store::Statement swell{
        "test.swell", "update document_version set state = zeroblob($1)",
        "update document_version set state = decode(repeat('00', cast($1 as integer)), 'hex')"};
    REQUIRE(at.change(swell, Versions::max_kept_bytes_per_document / 2));
    CHECK(refusal(R"({"name":"trop lourde"})") == "document_versions_too_many");
  });
}

TEST_CASE("a frozen version stays: not by the API nor in the database is it changed or removed") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    at.write(at.as_claire, 7, "Décision no 12");
    auto made = at.name_version(at.as_claire, R"({"name":"Validé","frozen":true})");
    REQUIRE(made.status == 201);
    CHECK(made.json.at("frozen").as_bool());
    auto meta = at.house.get(at.as_claire, at.path);
    CHECK(meta.json.at("frozen").as_bool());
    CHECK(meta.json.at("rights").at("write").as_bool());
    auto refused = at.house.send(at.as_claire, "DELETE", at.path);
    CHECK(refused.status == 409);
    CHECK(text(refused.json, "code") == "document_frozen");
    CHECK(audited(at.house, "document.version_frozen").size() == 1);
    CHECK(audited(at.house, "document.deleted").empty());

    static const store::Statement rewrite{"test.rewrite", "update document_version set name = 'faux'"};
    static const store::Statement remove{"test.remove", "delete from document_version"};
    static const store::Statement remove_document{"test.remove_document", "delete from document"};
    CHECK_FALSE(at.change(rewrite));
    CHECK_FALSE(at.change(remove));
    CHECK_FALSE(at.change(remove_document));

    // The document goes on, under another name, and the version is what it was.
    at.write(at.as_idriss, 8, "Suite. ");
    CHECK(at.house.send(at.as_claire, "PATCH", at.path, R"({"title":"Autre titre"})").status == 200);
    auto version = at.path + "/versions/" + text(made.json, "id");
    CHECK(words_in(as_bytes(at.house.get(at.as_claire, version + "/update").text)) == "Décision no 12");
    CHECK(at.house.send(at.as_idriss, "POST", version + "/restore").status == 204);
    CHECK(at.content() == "Décision no 12");
    CHECK(text(at.house.get(at.as_claire, at.path + "/versions").json.at("versions").at(0), "name") ==
          "Validé");
  });
}

TEST_CASE("a version whose bytes changed on the disk is refused, not shown") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    at.write(at.as_claire, 7, "Bonjour");
    auto first = at.name_version(at.as_claire, R"({"name":"un"})");
    at.write(at.as_claire, 7, "Non. ");
    at.name_version(at.as_claire, R"({"name":"deux"})");
    static const store::Statement swap{
        "test.swap",
        "update document_version set state = (select state from document_version where name = 'deux')"};
    REQUIRE(at.change(swap));
    auto version = at.path + "/versions/" + text(first.json, "id");
    CHECK(at.house.get(at.as_claire, version + "/update").status == 500);
    CHECK(at.house.send(at.as_claire, "POST", version + "/restore").status == 500);
    CHECK(at.content() == "Non. Bonjour");
  });
}

TEST_CASE("a version is restored under the eyes of who is there: an edit like any other, and in the log") {
  store::for_each_engine([](store::TestDatabase& database) {
    Writing at(database);
    at.write(at.as_claire, 7, "Bonjour");
    auto made = at.name_version(at.as_claire, R"({"name":"Bon"})");
    at.write(at.as_claire, 7, "Erreur. ");
    Client one, two;
    REQUIRE(at.open(at.as_claire, "/collaboration/yjs/" + at.id, one));
    REQUIRE(at.open(at.as_bruno, "/collaboration/yjs/" + at.id, two));
    crdt::Doc colleague;
    REQUIRE(colleague.apply_update(at.doc.encode_state(crdt::Format::v1), crdt::Format::v1));
    auto target = at.path + "/versions/" + text(made.json, "id") + "/restore";
    REQUIRE(at.house.send(at.as_idriss, "POST", target).status == 204);
    CHECK(at.content() == "Bonjour");
    // What one who was there wrote meanwhile, not having seen the restoration, is not lost.
    auto late = crdt::encode_sync_message(crdt::SyncStep::update, typed(colleague, 9, "Encore. "));
    at.post(one, late);
    CHECK(at.hears(two, late));
    CHECK(at.content() == "Encore. Bonjour");
    auto apply_heard = [](Client& client, crdt::Doc& doc) {
      for (auto& heard : client.incoming) {
        auto message = crdt::decode_y_message(as_bytes(heard));
        REQUIRE(message);
        bool update =
            message->channel == crdt::YMessage::Channel::sync && message->sync.step == crdt::SyncStep::update;
        if (update) REQUIRE(doc.apply_update(message->sync.body, crdt::Format::v1));
      }
    };
    apply_heard(two, at.doc);
    apply_heard(one, colleague);
    CHECK(words_in(at.doc.encode_state(crdt::Format::v1)) == "Encore. Bonjour");
    CHECK(words_in(colleague.encode_state(crdt::Format::v1)) == "Encore. Bonjour");
    // Twice the same is no edit, and the document survives a restart.
    REQUIRE(at.house.send(at.as_idriss, "POST", target).status == 204);
    REQUIRE(at.house.send(at.as_idriss, "POST", target).status == 204);
    at.leave(one);
    at.leave(two);
    at.house.reload();
    at.house.add(make_documents_module);
    CHECK(at.content() == "Bonjour");
    CHECK(audited(at.house, "document.version_restored").size() == 3);
    auto history = at.house.get(at.as_bruno, at.path + "/history").json;
    bool named = false;
    for (auto& entry : history.at("entries").as_array())
      named |=
          text(entry.at("person"), "id") == at.idriss.person.text() && json::integer(entry, "updates") == 2;
    CHECK(named);
  });
}

}  // namespace parvis
