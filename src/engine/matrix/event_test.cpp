#include "engine/matrix/event.h"

#include <doctest/doctest.h>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/crypto.h"
#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"
#include "engine/matrix/redaction.h"
#include "engine/matrix/signing.h"

using namespace parvis;
using namespace parvis::matrix;

namespace {

Canonical canonical(std::string_view text) {
  auto result = Canonical::parse(text);
  REQUIRE(result.has_value());
  return *result;
}

SigningKey appendix_key() {
  Bytes seed;
  // The appendix writes the 32 bytes with stray bits in the last character; the value is what matters.
  REQUIRE(from_base64("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0", Base64::standard_unpadded, seed));
  std::array<uint8_t, 32> bytes{};
  std::copy(seed.begin(), seed.end(), bytes.begin());
  return SigningKey(bytes, "1");
}

std::string signature_in(std::string_view object) {
  return *decode_string(member_of(member_of(member_of(object, "signatures"), "domain"), "ed25519:1"));
}

}  // namespace

TEST_CASE("signing JSON gives the appendix's signatures") {
  auto key = appendix_key();
  auto empty = sign_json("{}", "domain", key);
  CHECK(signature_in(empty) ==
        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ");
  auto two = sign_json(R"({"one":1,"two":"Two"})", "domain", key);
  CHECK(signature_in(two) ==
        "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw");
  CHECK(verify_json(two, "domain", "ed25519:1", key.public_key()));
  CHECK(verify_json(with_member(two, "unsigned", R"({"age":3})"), "domain", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(with_member(two, "one", "2"), "domain", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(two, "other", "ed25519:1", key.public_key()));
  CHECK_FALSE(verify_json(two, "domain", "ed25519:2", key.public_key()));
  auto twice = sign_json(two, "a.example", key);
  CHECK(verify_json(twice, "domain", "ed25519:1", key.public_key()));
  CHECK(verify_json(twice, "a.example", "ed25519:1", key.public_key()));
  CHECK(canonical(twice).text() == twice);
}

TEST_CASE("signing events gives the appendix's hashes and signatures") {
  auto key = appendix_key();
  auto sign = [&](std::string_view text) {
    auto pdu = std::string(canonical(text).text());
    pdu = with_member(pdu, "hashes", "{\"sha256\":\"" + content_hash_of(pdu) + "\"}");
    CHECK(content_hash_matches(pdu));
    return sign_event(RoomVersion::v10, pdu, "domain", key);
  };
  auto minimal =
      sign(R"({"room_id":"!x:domain","sender":"@a:domain","origin":"domain","origin_server_ts":1000000,
    "signatures":{},"hashes":{},"type":"X","content":{},"prev_events":[],"auth_events":[],"depth":3,
    "unsigned":{"age_ts":1000000}})");
  CHECK(member_of(minimal, "hashes") == R"({"sha256":"5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"})");
  CHECK(signature_in(minimal) ==
        "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg");
  auto message =
      sign(R"({"content":{"body":"Here is the message content"},"event_id":"$0:domain","origin":"domain",
    "origin_server_ts":1000000,"type":"m.room.message","room_id":"!r:domain","sender":"@u:domain","signatures":{},
    "unsigned":{"age_ts":1000000}})");
  CHECK(member_of(message, "hashes") == R"({"sha256":"onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g"})");
  CHECK(signature_in(message) ==
        "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA");
  CHECK(verify_event(RoomVersion::v10, redact(RoomVersion::v10, message), "domain", "ed25519:1",
                     key.public_key()));
}

TEST_CASE("a built event reads back, verifies, and keeps its id when redacted") {
  auto content = canonical(R"({"msgtype":"m.text","body":"Bonjour « monde »"})");
  std::string prev[] = {"$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg"};
  for (auto version : room_versions) {
    std::string room =
        has_hashed_room_id(version) ? "!Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg" : "!r:a.fr";
    EventDraft draft{.room_id = room,
                     .type = "m.room.message",
                     .sender = "@a:a.fr",
                     .content = &content,
                     .origin_server_ts = 1'700'000'000'000,
                     .depth = 7,
                     .prev_events = prev,
                     .auth_events = prev};
    auto built = build_event(version, draft);
    REQUIRE(built.has_value());
    CHECK(canonical(built->pdu).text() == built->pdu);
    CHECK(valid_event_id(built->event.event_id));
    CHECK(event_id_of(version, built->pdu) == built->event.event_id);
    CHECK(content_hash_matches(built->pdu));
    auto redacted = redact(version, built->pdu);
    CHECK(redact(version, redacted) == redacted);
    CHECK(event_id_of(version, redacted) == built->event.event_id);
    CHECK_FALSE(content_hash_matches(redacted));
    auto key = appendix_key();
    auto signed_pdu = sign_event(version, built->pdu, "a.fr", key);
    CHECK(event_id_of(version, signed_pdu) == built->event.event_id);
    CHECK(verify_event(version, signed_pdu, "a.fr", "ed25519:1", key.public_key()));
    auto read = read_event(version, signed_pdu);
    REQUIRE(read.has_value());
    CHECK(read->client.bytes == built->event.client.bytes);
    CHECK(read->event_id == built->event.event_id);
    CHECK(read->depth == 7);
    CHECK(json::text(read->content(), "body") == "Bonjour « monde »");
  }
}

TEST_CASE("clients get the fields of their format, with or without room id and unsigned") {
  auto content = canonical(R"({"name":"Salon"})");
  EventDraft draft{.room_id = "!r:a.fr",
                   .type = "m.room.name",
                   .state_key = "",
                   .sender = "@a:a.fr",
                   .content = &content,
                   .origin_server_ts = 5,
                   .depth = 1};
  auto built = build_event(RoomVersion::v11, draft);
  REQUIRE(built.has_value());
  const auto& client = built->event.client;
  std::string id = built->event.event_id;
  std::string out;
  client.append(out, true);
  CHECK(out == R"({"room_id":"!r:a.fr","content":{"name":"Salon"},"event_id":")" + id +
                   R"(","origin_server_ts":5,"sender":"@a:a.fr","state_key":"","type":"m.room.name"})");
  CHECK(out.size() == client.size(true, 0));
  out.clear();
  auto unsigned_json = UnsignedData().age(12).transaction_id("t\"1").text();
  client.append(out, false, unsigned_json);
  CHECK(
      out ==
      R"({"content":{"name":"Salon"},"event_id":")" + id +
          R"(","origin_server_ts":5,"sender":"@a:a.fr","state_key":"","type":"m.room.name","unsigned":{"age":12,"transaction_id":"t\"1"}})");
  CHECK(out.size() == client.size(false, unsigned_json.size()));
  CHECK(UnsignedData().text().empty());
}

TEST_CASE("redactions name their target where clients of any version look") {
  auto content = canonical(R"({"reason":"spam"})");
  std::string target = "$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg";
  for (auto version : {RoomVersion::v10, RoomVersion::v11}) {
    EventDraft draft{.room_id = "!r:a.fr",
                     .type = "m.room.redaction",
                     .sender = "@a:a.fr",
                     .content = &content,
                     .origin_server_ts = 5,
                     .depth = 1,
                     .redacts = target};
    auto built = build_event(version, draft);
    REQUIRE(built.has_value());
    auto client = json::parse(built->event.client.bytes);
    CHECK(json::text(*client, "redacts") == target);
    CHECK(json::text(client->at("content"), "redacts") == target);
    CHECK(member_of(built->pdu, "redacts").empty() == has_v11_redactions(version));
    CHECK(event_id_of(version, built->pdu) == built->event.event_id);
    auto read = read_event(version, built->pdu);
    REQUIRE(read.has_value());
    CHECK(read->redacts == target);
    CHECK(read->client.bytes == built->event.client.bytes);
  }
}

TEST_CASE("redaction keeps what each room version protects") {
  struct Row {
    std::string_view type, content, v10, v11;
  };
  const Row rows[] = {
      {"m.room.message", R"({"body":"x"})", "{}", "{}"},
      {"m.room.member",
       R"({"avatar_url":"mxc://a/b","join_authorised_via_users_server":"@a:b","membership":"join"})",
       R"({"join_authorised_via_users_server":"@a:b","membership":"join"})",
       R"({"join_authorised_via_users_server":"@a:b","membership":"join"})"},
      {"m.room.member",
       R"({"membership":"invite","third_party_invite":{"display_name":"d","signed":{"mxid":"m"}}})",
       R"({"membership":"invite"})",
       R"({"membership":"invite","third_party_invite":{"signed":{"mxid":"m"}}})"},
      {"m.room.create", R"({"creator":"@a:b","type":"m.space"})", R"({"creator":"@a:b"})",
       R"({"creator":"@a:b","type":"m.space"})"},
      {"m.room.join_rules", R"({"allow":[],"join_rule":"restricted","x":1})",
       R"({"allow":[],"join_rule":"restricted"})", R"({"allow":[],"join_rule":"restricted"})"},
      {"m.room.power_levels",
       R"({"ban":1,"events":{"a":1},"invite":3,"notifications":{"room":1},"users":{}})",
       R"({"ban":1,"events":{"a":1},"users":{}})", R"({"ban":1,"events":{"a":1},"invite":3,"users":{}})"},
      {"m.room.history_visibility", R"({"history_visibility":"shared","x":1})",
       R"({"history_visibility":"shared"})", R"({"history_visibility":"shared"})"},
      {"m.room.redaction", R"({"reason":"r","redacts":"$x"})", "{}", R"({"redacts":"$x"})"},
      {"m.room.aliases", R"({"aliases":["#a:b"]})", "{}", "{}"},
  };
  for (const auto& row : rows) {
    CHECK(redact_content(RoomVersion::v10, row.type, row.content) == row.v10);
    CHECK(redact_content(RoomVersion::v11, row.type, row.content) == row.v11);
    CHECK(redact_content(RoomVersion::v12, row.type, row.content) == row.v11);
  }
  std::string_view pdu =
      R"({"content":{},"extra":1,"membership":"join","origin":"a","prev_state":[],"redacts":"$x","type":"t","unsigned":{}})";
  CHECK(redact(RoomVersion::v10, pdu) ==
        R"({"content":{},"membership":"join","origin":"a","prev_state":[],"type":"t"})");
  CHECK(redact(RoomVersion::v11, pdu) == R"({"content":{},"type":"t"})");
  CHECK(redaction_applies("@a:x", "@b:x", 0, 50));
  CHECK(redaction_applies("@a:x", "@b:y", 50, 50));
  CHECK_FALSE(redaction_applies("@a:x", "@b:y", 49, 50));
}

TEST_CASE("an event over its limits is refused") {
  auto content = canonical("{}");
  EventDraft draft{.room_id = "!r:a.fr", .type = "t", .sender = "@a:a.fr", .content = &content};
  auto refused = [&](const EventDraft& d, const Reason& reason) {
    auto built = build_event(RoomVersion::v11, d);
    REQUIRE_FALSE(built.has_value());
    CHECK(built.error().is(reason));
  };
  CHECK(build_event(RoomVersion::v11, draft).has_value());
  std::string long_name(256, 'x');
  auto with = [&](auto change) {
    auto copy = draft;
    change(copy);
    return copy;
  };
  refused(with([&](auto& d) { d.type = long_name; }), errors::event_too_large);
  refused(with([&](auto& d) { d.state_key = long_name; }), errors::event_too_large);
  refused(with([&](auto& d) { d.type = ""; }), errors::bad_json);
  refused(with([&](auto& d) { d.sender = "a"; }), errors::bad_json);
  refused(with([&](auto& d) { d.room_id = ""; }), errors::bad_json);
  auto list = canonical("[]");
  refused(with([&](auto& d) { d.content = &list; }), errors::bad_json);
  auto big = canonical("{\"body\":\"" + std::string(65'000, 'x') + "\"}");
  refused(with([&](auto& d) { d.content = &big; }), errors::event_too_large);
  std::vector<std::string> many(max_prev_events + 1, "$x");
  refused(with([&](auto& d) { d.prev_events = many; }), errors::event_too_large);
}

TEST_CASE("a received PDU without what it needs is refused") {
  for (auto text : {"{}", R"({"content":1,"type":"t","sender":"@a:b","room_id":"!r:b"})",
                    R"({"content":{},"sender":"@a:b","room_id":"!r:b"})",
                    R"({"content":{},"type":"t","sender":"a","room_id":"!r:b"})",
                    R"({"content":{},"type":"t","sender":"@a:b"})",
                    R"({"content":{},"depth":"1","type":"t","sender":"@a:b","room_id":"!r:b"})"})
    CHECK_FALSE(read_event(RoomVersion::v11, canonical(text).text()).has_value());
}

TEST_CASE("events that other servers made have the id and content hash they were given") {
  // A create event of a public room (2019); its redaction is that of room versions 4 to 10.
  auto create = canonical(
      R"({"auth_events":[],"prev_events":[],"type":"m.room.create","room_id":"!uXDCzlYgCTHtiWCkEx:jki.re",
    "sender":"@erikj:jki.re","content":{"room_version":"5","predecessor":{"room_id":"!gdRMqOrTFdOCYHNwOo:half-shot.uk",
    "event_id":"$LP7ROBc4b+cMc1UE9haIz8q5AK2AIW4eJ90FfKLvyZI"},"creator":"@erikj:jki.re"},"depth":1,"prev_state":[],
    "state_key":"","origin":"jki.re","origin_server_ts":1560284621137,
    "hashes":{"sha256":"IX6zuNiJpJPNf70BLleL3HSCpjKeq9Uhu7uUpyDjBmc"},"signatures":{"jki.re":{"ed25519:auto":
    "O4IyFfF2PPtGp5uaDm8t57dZbdh8vc8Q64LgCwvzYRVItAMI0uisfiAFaxkVT7MRpzh6N2QNN5NMRXZKmgPYDA"}},"unsigned":{"age":1321650}})");
  CHECK(event_id_of(RoomVersion::v10, create.text()) == "$RrGxF28UrHLmoASHndYb9Jb_1SFww2ptmtur9INS438");
  CHECK(content_hash_matches(create.text()));
  // A create event of room version 10, by another server.
  auto v10 = canonical(R"({"auth_events":[],"prev_events":[],"type":"m.room.create",
    "sender":"@anon-20260225_142731-20:localhost:8800","content":{"room_version":"10",
    "creator":"@anon-20260225_142731-20:localhost:8800"},"depth":1,"room_id":"!qVoJSympOqdUQRUfiC:localhost:8800",
    "state_key":"","origin_server_ts":1772029657149,"hashes":{"sha256":"RIDkn4CrExGMOfRZlHl//1weAro5QC/q2D76YcyAUqk"},
    "unsigned":{"age_ts":1772029657149}})");
  CHECK(content_hash_of(v10.text()) == "RIDkn4CrExGMOfRZlHl//1weAro5QC/q2D76YcyAUqk");
}
