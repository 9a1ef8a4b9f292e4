#include <doctest/doctest.h>

#include "engine/crdt/awareness.h"
#include "engine/crdt/hocuspocus.h"
#include "engine/crdt/sync_protocol.h"
#include "engine/crdt/update.h"
#include "engine/crdt/vectors_test_support.h"

namespace parvis::crdt {
namespace {

AnyArray file(const char* name) { return *parse_json(test::file_text(name))->as<AnyArray>(); }

Bytes again(const YMessage& message) {
  switch (message.channel) {
    case YMessage::Channel::sync:
      return encode_sync_message(message.sync.step, message.sync.body);
    case YMessage::Channel::awareness:
      return encode_awareness_message(message.awareness);
    case YMessage::Channel::auth:
      return encode_permission_denied(message.denied);
    default:
      return encode_query_awareness();
  }
}

}  // namespace

TEST_CASE("single messages are read and written back byte for byte") {
  size_t count = 0;
  for (auto& entry : file("protocol")) {
    auto& name = *entry.find("name")->as<std::string>();
    INFO(name);
    Bytes bytes = test::base64(*entry.find("b"));
    if (name.starts_with("hocuspocus-")) {
      auto message = decode_hocuspocus(bytes);
      REQUIRE(message);
      CHECK(encode_hocuspocus(*message) == bytes);
      bool has_session = name.find("-session") != std::string::npos;
      CHECK(message->session().has_value() == has_session);
      if (has_session) CHECK(message->document() == "room");
    } else {
      auto message = decode_y_message(bytes);
      REQUIRE(message);
      CHECK(again(*message) == bytes);
    }
    ++count;
  }
  CHECK(count >= 30);
  Bytes authenticated = hocuspocus_authenticated("d", true);
  CHECK(decode_hocuspocus(authenticated)->text == "readonly");
  CHECK(decode_hocuspocus(hocuspocus_sync_status("d", false))->applied == false);
}

TEST_CASE("recorded sessions of real providers and servers are read in full") {
  size_t count = 0;
  Any transcripts = *parse_json(test::file_text("hocuspocus-transcripts"));
  for (auto& [session, messages] : *transcripts.as<AnyObject>()) {
    if (!messages.as<AnyArray>()) continue;
    for (auto& entry : *messages.as<AnyArray>()) {
      auto* hex = entry.find("b");
      Bytes bytes;
      if (!hex || !hex->as<std::string>() || !from_hex(*hex->as<std::string>(), bytes)) continue;
      std::string about = session + " " + to_json(entry);
      INFO(about);
      auto message = decode_hocuspocus(bytes);
      REQUIRE(message);
      CHECK(encode_hocuspocus(*message) == bytes);
      if (message->type == HocuspocusMessage::Type::sync) {
        if (message->sync.step == SyncStep::state)
          CHECK(StateVector::decode(message->sync.body).has_value());
        else
          CHECK(summarize_update(message->sync.body, Format::v1).has_value());
      }
      ++count;
    }
  }
  CHECK(count > 100);
}

TEST_CASE("awareness states end as y-protocols ends them") {
  for (auto& sequence : file("awareness")) {
    Awareness awareness;
    for (auto& step : *sequence.as<AnyArray>()) {
      auto changes = awareness.apply(test::base64(*step.find("u")));
      REQUIRE(changes);
      auto numbers = [](const std::vector<uint64_t>& clients) {
        AnyArray out;
        for (uint64_t client : clients) out.push_back(Any(static_cast<double>(client)));
        return Any(out);
      };
      auto& event = *step.find("ev");
      CHECK(event.is_null() == changes->empty());
      if (!event.is_null()) {
        CHECK(numbers(changes->added) == *event.find("added"));
        CHECK(numbers(changes->updated) == *event.find("updated"));
        CHECK(numbers(changes->removed) == *event.find("removed"));
      }
      auto& states = *step.find("states")->as<AnyArray>();
      REQUIRE(awareness.present().size() == states.size());
      for (auto& pair : states) {
        auto client = static_cast<uint64_t>(*pair.as<AnyArray>()->at(0).as<double>());
        REQUIRE(awareness.state(client));
        CHECK(*awareness.state(client) == to_json(pair.as<AnyArray>()->at(1)));
      }
      for (auto& pair : *step.find("meta")->as<AnyArray>()) {
        auto client = static_cast<uint64_t>(*pair.as<AnyArray>()->at(0).as<double>());
        CHECK(static_cast<double>(awareness.clock(client)) == *pair.as<AnyArray>()->at(1).as<double>());
      }
    }
  }
}

TEST_CASE("awareness: who leaves is announced with the clock kept, and floods are refused") {
  Awareness awareness(Awareness::Limits{.clients = 4, .state_bytes = 16});
  std::vector<AwarenessEntry> entries{{1, 5, "{}"}, {2, 1, "{\"a\":1}"}};
  CHECK(awareness.apply(encode_awareness(entries))->added.size() == 2);
  uint64_t leaving[] = {1, 9};
  Bytes update = awareness.remove(leaving);
  auto gone = decode_awareness(update).value();
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].client == 1);
  CHECK(gone[0].clock == 5);
  CHECK(gone[0].state == "null");
  CHECK(awareness.present() == std::vector<uint64_t>{2});
  CHECK(awareness.clock(1) == 5);
  CHECK(awareness.remove(leaving).empty());
  std::vector<AwarenessEntry> big{{3, 1, "\"0123456789abcdef\""}};
  CHECK(awareness.apply(encode_awareness(big)).error().is(reasons::too_large));
  std::vector<AwarenessEntry> many;
  for (uint64_t i = 10; i < 20; ++i) many.push_back({i, 1, "{}"});
  CHECK(awareness.apply(encode_awareness(many)).error().is(reasons::too_large));
  std::vector<AwarenessEntry> bad{{3, 1, "{"}};
  CHECK(awareness.apply(encode_awareness(bad)).error().is(reasons::malformed));
}

TEST_CASE("truncated and unknown messages are refused") {
  Bytes sync = encode_sync_message(SyncStep::update, as_bytes("abc"));
  for (size_t size = 0; size < sync.size(); ++size) CHECK(!decode_y_message(ByteView(sync).first(size)));
  CHECK(!decode_y_message(Bytes{7}));
  CHECK(!decode_y_message(Bytes{0, 3, 0}));
  Bytes auth = hocuspocus_denied("room", "no");
  for (size_t size = 0; size < auth.size(); ++size) CHECK(!decode_hocuspocus(ByteView(auth).first(size)));
  CHECK(!decode_hocuspocus(hocuspocus_close(std::string(2000, 'x'), "bye")));
  CHECK(!decode_hocuspocus(hocuspocus_close("\xff", "bye")));
}

}  // namespace parvis::crdt
