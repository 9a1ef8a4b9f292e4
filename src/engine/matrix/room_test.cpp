// Identifiers, tokens, filters, relations, visibility, room creation, stripped state, errors.
#include <doctest/doctest.h>

#include "engine/matrix/errors.h"
#include "engine/matrix/filter.h"
#include "engine/matrix/relations.h"
#include "engine/matrix/room_creation.h"
#include "engine/matrix/stripped_state.h"
#include "engine/matrix/sync_token.h"
#include "engine/matrix/test_room.h"
#include "engine/matrix/visibility.h"

using namespace parvis;
using namespace parvis::matrix;
using namespace parvis::matrix::test;

TEST_CASE("server names follow the grammar") {
  for (auto good :
       {"matrix.org", "matrix.org:8888", "1.2.3.4", "1.2.3.4:1234", "[1234:5678::abcd]",
        "[1234:5678::abcd]:5678", "localhost", "a-b.fr", "[::1]", "[::]", "[::ffff:1.2.3.4]", "MATRIX.org"})
    CHECK_MESSAGE(valid_server_name(good), good);
  for (auto bad : {"", ":80", "a:", "a:123456", "a:8x", "a b", "é.fr", "[1:2]", "[::1", "[::1]x", "[g::]",
                   "a/b", "[1::2::3]", "[:1::]", "[::1.2.3]", "a_b.fr"})
    CHECK_FALSE_MESSAGE(valid_server_name(bad), bad);
}

TEST_CASE("identifiers follow the grammar") {
  auto id = parse_user_id("@marie.durand:agent.fr:8448");
  REQUIRE(id);
  CHECK(id->localpart == "marie.durand");
  CHECK(id->server == "agent.fr:8448");
  CHECK(parse_user_id("@:a.fr"));
  CHECK(parse_user_id("@É à:a.fr"));
  for (auto bad : {"", "@", "@a", "a:b.fr", "@a:", "@a:b c", "!a:b.fr"})
    CHECK_FALSE_MESSAGE(parse_user_id(bad), bad);
  CHECK_FALSE(parse_user_id("@\xff:a.fr"));
  CHECK_FALSE(parse_user_id("@" + std::string(260, 'a') + ":a.fr"));
  CHECK_FALSE(parse_user_id(std::string_view("@a\0b:a.fr", 9)));
  CHECK(valid_new_localpart("marie_d-2.x=/+", "a.fr"));
  CHECK_FALSE(valid_new_localpart("Marie", "a.fr"));
  CHECK_FALSE(valid_new_localpart("", "a.fr"));
  CHECK_FALSE(valid_new_localpart(std::string(250, 'a'), "a.fr"));
  CHECK(parse_room_id("!abc:a.fr"));
  CHECK(parse_room_id("!Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg"));
  CHECK_FALSE(parse_room_id("!Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Z"));
  CHECK_FALSE(parse_room_id("!:a.fr"));
  CHECK(parse_alias("#café:a.fr"));
  CHECK_FALSE(parse_alias("#:a.fr"));
  CHECK(valid_event_id("$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg"));
  CHECK_FALSE(valid_event_id("$Rqnc+F+dvnEYJTyHq/iKxU2bZ1CI92+kuZq3a5lr5Zg"));
  CHECK(parse_mxc("mxc://a.fr/AbC_1-2")->localpart == "AbC_1-2");
  for (auto bad : {"mxc://a.fr/", "mxc:///x", "mxc://a.fr/../x", "http://a.fr/x", "mxc://a.fr/x%2f"})
    CHECK_FALSE_MESSAGE(parse_mxc(bad), bad);
  CHECK(map_to_localpart("Éric Martin#=") == "=c3=89ric=20martin=23=3d");
  CHECK(server_of(alice) == "a.fr");
  CHECK(localpart_of(alice) == "alice");
  CHECK(room_id_of_create("$abc") == "!abc");
  CHECK(valid_namespaced("m.room.name"));
  CHECK_FALSE(valid_namespaced("M.x"));
}

TEST_CASE("sync tokens survive the trip and refuse anything else") {
  SyncToken token;
  token[Stream::events] = 123456789;
  token[Stream::to_device] = 7;
  CHECK(SyncToken::parse(token.text()) == token);
  CHECK(SyncToken{}.text() == "s0");
  token[Stream::presence] = max_integer;
  CHECK(SyncToken::parse(token.text()) == token);
  CHECK(token.text().size() <= max_token_bytes);
  CHECK(token.covers(SyncToken{}));
  CHECK_FALSE(SyncToken{}.covers(token));
  CHECK(PageToken::parse(token.text())->position == 123456789);
  CHECK(PageToken::parse(PageToken{42}.text())->position == 42);
  for (auto bad :
       {"", "s", "x1", "s-1", "s1_", "s_1", "s1_2_3_4_5_6_7_8", "s1 ", "szzzzzzzzzzzzzzzzzz", "t1_2", "s+1"})
    CHECK_FALSE_MESSAGE(SyncToken::parse(bad), bad);
}

TEST_CASE("filters select by type, sender, room, url and relation") {
  auto filter = [](std::string_view text) {
    auto parsed = parse_event_filter(value(text));
    REQUIRE_MESSAGE(parsed.has_value(), text);
    return *parsed;
  };
  FilterEvent event{.type = "m.room.message", .sender = alice, .room_id = "!r:a.fr"};
  CHECK(filter("{}").matches(event));
  CHECK(filter("{}").accepts_everything());
  CHECK(filter(R"({"types":["m.room.*"]})").matches(event));
  CHECK_FALSE(filter(R"({"types":[]})").matches(event));
  CHECK_FALSE(filter(R"({"types":["m.room.*"],"not_types":["*.message"]})").matches(event));
  CHECK_FALSE(filter(R"({"senders":["@bob:a.fr"]})").matches(event));
  CHECK_FALSE(filter(R"({"senders":["@alice:a.fr"],"not_senders":["@alice:a.fr"]})").matches(event));
  CHECK_FALSE(filter(R"({"not_rooms":["!r:a.fr"]})").matches(event));
  CHECK_FALSE(filter(R"({"rooms":[]})").matches(event));
  CHECK_FALSE(filter(R"({"contains_url":true})").matches(event));
  CHECK(filter(R"({"contains_url":false})").matches(event));
  std::vector<FilterEvent::RelatedBy> related{{"m.thread", bob}};
  CHECK_FALSE(filter(R"({"related_by_rel_types":["m.thread"]})").matches(event));
  event.related_by = &related;
  CHECK(filter(R"({"related_by_rel_types":["m.thread"]})").matches(event));
  CHECK(filter(R"({"related_by_rel_types":["m.thread"],"related_by_senders":["@bob:a.fr"]})").matches(event));
  CHECK_FALSE(
      filter(R"({"related_by_rel_types":["m.thread"],"related_by_senders":["@dan:a.fr"]})").matches(event));
  CHECK(filter(R"({"limit":100000})").limit == max_filter_limit);
  CHECK(filter(R"({"lazy_load_members":true})").lazy_load_members);
  CHECK(type_matches("a*b*c", "axxbyybc"));
  CHECK_FALSE(type_matches("a*b", "abc"));

  auto whole = parse_filter(
      value(R"({"event_format":"federation","event_fields":["content.body"],"presence":{"types":[]},
    "room":{"rooms":["!r:a.fr"],"include_leave":true,"timeline":{"limit":5,"unread_thread_notifications":true},
    "state":{"lazy_load_members":true},"ephemeral":{"not_types":["m.typing"]}}})"));
  REQUIRE(whole.has_value());
  CHECK(whole->federation_format);
  CHECK(whole->include_leave);
  CHECK(whole->timeline.limit == 5);
  CHECK(whole->timeline.unread_thread_notifications);
  CHECK(whole->state.lazy_load_members);
  CHECK(whole->matches_room("!r:a.fr"));
  CHECK_FALSE(whole->matches_room("!x:a.fr"));
  for (auto bad :
       {"[]", R"({"room":[]})", R"({"room":{"timeline":{"limit":"5"}}})",
        R"({"room":{"timeline":{"types":"x"}}})", R"({"event_format":"x"})", R"({"room":{"rooms":["r"]}})",
        R"({"presence":{"senders":["x"]}})", R"({"room":{"state":{"limit":-1}}})",
        R"({"account_data":{"types":[1]}})", R"({"room":{"include_leave":1}})"})
    CHECK_MESSAGE(parse_filter(value(bad)).error().is(errors::bad_json), bad);
  auto selected =
      select_fields(value(R"({"type":"t","content":{"body":"b","x":1,"m.y":{"z":2}},"unsigned":{}})"),
                    {"content.body", "content.m\\.y.z"});
  CHECK(boost::json::serialize(selected) == R"({"type":"t","content":{"body":"b","m.y":{"z":2}}})");
}

TEST_CASE("relations are read leniently and checked strictly") {
  auto relation = parse_relation(
      value(R"({"m.relates_to":{"rel_type":"m.thread","event_id":"$root","is_falling_back":true,
    "m.in_reply_to":{"event_id":"$last"}}})"));
  CHECK(relation.kind == RelationKind::thread);
  CHECK(relation.event_id == "$root");
  CHECK(relation.in_reply_to == "$last");
  CHECK(relation.is_falling_back);
  CHECK_FALSE(may_be_thread_root(relation));
  CHECK(parse_relation(value(R"({"m.relates_to":{"m.in_reply_to":{"event_id":"$x"}}})")).in_reply_to == "$x");
  CHECK_FALSE(parse_relation(value(R"({"m.relates_to":[]})")).present());
  CHECK(parse_relation(value(R"({"m.relates_to":{"rel_type":"org.x","event_id":"$x"}})")).kind ==
        RelationKind::other);
  CHECK(check_relation(value(R"({"body":"x"})")).has_value());
  CHECK(check_relation(value(R"({"m.relates_to":{"m.in_reply_to":{"event_id":"$x"}}})")).has_value());
  for (auto bad : {R"({"m.relates_to":1})", R"({"m.relates_to":{"rel_type":"m.thread"}})",
                   R"({"m.relates_to":{"rel_type":"m.annotation","event_id":"$x"}})",
                   R"({"m.relates_to":{"rel_type":1,"event_id":"$x"}})"})
    CHECK_MESSAGE(check_relation(value(bad)).error().is(errors::bad_json), bad);
}

TEST_CASE("only the author edits, and only messages that are no edits") {
  auto room = make_room(RoomVersion::v12, "public");
  auto original = room.send(alice, "m.room.message", std::nullopt, R"({"body":"a"})").event;
  auto edit_text =
      R"({"body":"* b","m.new_content":{"body":"b"},"m.relates_to":{"rel_type":"m.replace","event_id":")" +
      original.event_id + "\"}}";
  auto edit = room.send(alice, "m.room.message", std::nullopt, edit_text).event;
  auto foreign = room.send(bob, "m.room.message", std::nullopt, edit_text).event;
  auto typed = room.send(alice, "m.sticker", std::nullopt, edit_text).event;
  auto bare =
      room.send(alice, "m.room.message", std::nullopt,
                R"({"m.relates_to":{"rel_type":"m.replace","event_id":")" + original.event_id + "\"}}")
          .event;
  auto valid = [](const Event& a, const Event& b) { return is_valid_edit(a, a.content(), b, b.content()); };
  CHECK(valid(original, edit));
  CHECK_FALSE(valid(original, foreign));
  CHECK_FALSE(valid(original, typed));
  CHECK_FALSE(valid(original, bare));
  CHECK_FALSE(valid(edit, edit));
  CHECK(BundledRelations().text().empty());
  auto bundle =
      value(BundledRelations().replace(edit.client.bytes).thread("{}", 3, true).reference({"$a"}).text());
  CHECK(json::text(bundle.at("m.replace"), "event_id") == edit.event_id);
  CHECK(json::integer(bundle.at("m.thread"), "count") == 3);
  CHECK(json::text(bundle.at("m.reference").at("chunk").at(0), "event_id") == "$a");
}

TEST_CASE("history visibility: who sees what") {
  using V = HistoryVisibility;
  struct Row {
    V visibility;
    Membership at_event;
    bool joined_since, expected;
  };
  const Row rows[] = {
      {V::world_readable, Membership::none, false, true}, {V::world_readable, Membership::ban, false, true},
      {V::shared, Membership::none, false, false},        {V::shared, Membership::none, true, true},
      {V::shared, Membership::join, false, true},         {V::shared, Membership::invite, false, false},
      {V::invited, Membership::none, true, false},        {V::invited, Membership::invite, true, true},
      {V::invited, Membership::invite, false, true},      {V::invited, Membership::leave, true, false},
      {V::joined, Membership::invite, true, false},       {V::joined, Membership::join, false, true},
      {V::joined, Membership::leave, true, false},
  };
  for (const auto& row : rows)
    CHECK(may_see({row.visibility, row.at_event, row.joined_since}) == row.expected);
  CHECK(may_see_change({V::joined, Membership::none, false}, {V::joined, Membership::join, false}));
  CHECK(parse_history_visibility("?") == V::shared);
}

TEST_CASE("createRoom: events in the order of the specification, and the rules accept them") {
  auto request = parse_create_room(
      value(R"({"preset":"private_chat","name":"Salon","topic":"Le sujet","room_alias_name":"salon",
    "invite":["@bob:a.fr","@bob:a.fr","@alice:a.fr"],"is_direct":true,"creation_content":{"m.federate":false,"type":"m.space","room_version":"1"},
    "power_level_content_override":{"events_default":10},
    "initial_state":[{"type":"m.room.name","content":{"name":"autre"}},{"type":"m.room.encryption","content":{"algorithm":"m.megolm.v1.aes-sha2"}},
                     {"type":"m.room.join_rules","state_key":"","content":{"join_rule":"knock"}}]})"));
  REQUIRE(request.has_value());
  for (auto version : room_versions) {
    request->version = version;
    auto plan = plan_room(
        *request, {.creator = alice, .server = "a.fr", .creator_profile = {{"displayname", "Alice"}}});
    REQUIRE(plan.has_value());
    std::vector<std::string> types;
    for (const auto& event : *plan) types.push_back(event.type);
    CHECK(types == std::vector<std::string>{"m.room.create", "m.room.member", "m.room.power_levels",
                                            "m.room.canonical_alias", "m.room.history_visibility",
                                            "m.room.guest_access", "m.room.encryption", "m.room.join_rules",
                                            "m.room.name", "m.room.topic", "m.room.member"});
    Room room(version);
    if (!has_hashed_room_id(version)) room.id = "!r:a.fr";
    for (const auto& event : *plan) room.send(alice, event.type, event.state_key, event.content.text());
    CHECK(room.state.joined_count() == 1);
    CHECK(room.state.count(Membership::invite) == 1);
    const auto& create = room.state.find("m.room.create", "")->content;
    CHECK(json::text(create, "room_version") == name_of(version));
    CHECK(json::text(create, "creator").has_value());  // older clients need it in every version
    CHECK(json::text(create, "type") == "m.space");
    CHECK(json::text(room.state.find("m.room.name", "")->content, "name") == "Salon");
    CHECK(json::boolean(room.state.find("m.room.member", bob)->content, "is_direct") == true);
    CHECK(json::text(room.state.find("m.room.member", alice)->content, "displayname") == "Alice");
    CHECK(json::text(room.state.find("m.room.canonical_alias", "")->content, "alias") == "#salon:a.fr");
    CHECK(json::integer(room.state.find("m.room.power_levels", "")->content, "events_default") == 10);
    auto card = describe(room.state, room.id);
    CHECK(card.name == "Salon");
    CHECK(card.topic == "Le sujet");
    CHECK(card.room_type == "m.space");
    CHECK(card.join_rule == "knock");
    std::string members = "{";
    append_card_members(members, card);
    auto shown = value(members + "}");
    CHECK(json::integer(shown, "num_joined_members") == 1);
    CHECK(json::boolean(shown, "guest_can_join") == true);
    auto stripped = value(stripped_state(room.state, &room.state.find("m.room.member", bob)->event));
    CHECK(stripped.as_array().size() == 9);
    CHECK(json::text(stripped.as_array().back(), "state_key") == bob);
    for (const auto& event : stripped.as_array()) CHECK(event.as_object().size() == 4);
    auto summary = summarize(room.state, alice);
    CHECK(summary.heroes == std::vector<std::string>{std::string(bob)});
  }
}

TEST_CASE("createRoom: presets and refusals") {
  auto plan_of = [](std::string_view body) {
    auto request = parse_create_room(value(body));
    REQUIRE(request.has_value());
    auto plan = plan_room(*request, {.creator = alice, .server = "a.fr"});
    REQUIRE(plan.has_value());
    return *plan;
  };
  auto find = [](const std::vector<PlannedEvent>& plan, std::string_view type) {
    for (const auto& event : plan)
      if (event.type == type) return value(event.content.text());
    return json::Value();
  };
  auto open = plan_of(R"({"visibility":"public"})");
  CHECK(json::text(find(open, "m.room.join_rules"), "join_rule") == "public");
  CHECK(json::text(find(open, "m.room.guest_access"), "guest_access") == "forbidden");
  auto trusted = plan_of(
      R"({"preset":"trusted_private_chat","invite":["@bob:a.fr"],"creation_content":{"additional_creators":["@bob:a.fr","@dan:a.fr"]}})");
  CHECK(boost::json::serialize(find(trusted, "m.room.create").at("additional_creators")) ==
        R"(["@bob:a.fr","@dan:a.fr"])");
  auto trusted10 = plan_of(R"({"preset":"trusted_private_chat","invite":["@bob:a.fr"],"room_version":"10"})");
  CHECK(json::integer(find(trusted10, "m.room.power_levels").at("users"), bob) == 100);
  CHECK(json::integer(find(trusted, "m.room.power_levels").at("events"), "m.room.tombstone") == 150);
  auto refused = [](std::string_view body, const Reason& reason) {
    auto request = parse_create_room(value(body));
    REQUIRE_FALSE_MESSAGE(request.has_value(), body);
    CHECK_MESSAGE(request.error().is(reason), body);
  };
  refused(R"({"room_version":"9"})", errors::unsupported_room_version);
  refused(R"({"room_version":9})", errors::bad_json);
  refused(R"({"preset":"x"})", errors::invalid_param);
  refused(R"({"visibility":"x"})", errors::invalid_param);
  refused(R"({"invite":["bob"]})", errors::invalid_param);
  refused(R"({"invite":"@bob:a.fr"})", errors::bad_json);
  refused(R"({"initial_state":[{"type":"x"}]})", errors::bad_json);
  refused(R"({"room_alias_name":"a:b"})", errors::invalid_param);
  refused("[]", errors::bad_json);
  auto request = parse_create_room(value(R"({"initial_state":[{"type":"m.room.create","content":{}}]})"));
  CHECK(plan_room(*request, {.creator = alice, .server = "a.fr"}).error().is(errors::invalid_room_state));
}

TEST_CASE("createRoom: creators of a v12 room have no entry in the power levels") {
  auto plans = [](std::string_view body) {
    auto request = parse_create_room(value(body));
    REQUIRE(request.has_value());
    return plan_room(*request, {.creator = alice, .server = "a.fr"});
  };
  constexpr auto own = R"({"power_level_content_override":{"users":{"@alice:a.fr":100}},"room_version":")";
  CHECK(plans(std::string(own) + "12\"}").error().is(errors::invalid_room_state));
  CHECK(plans(std::string(own) + "11\"}").has_value());
  CHECK_FALSE(plans(R"({"preset":"trusted_private_chat","invite":["@bob:a.fr"],
    "power_level_content_override":{"users":{"@bob:a.fr":100}}})")
                  .has_value());
  CHECK(plans(R"({"power_level_content_override":{"users":{"@bob:a.fr":100}}})").has_value());
}

TEST_CASE("room state counts people and replaces entries") {
  auto room = make_room(RoomVersion::v12, "public");
  CHECK(room.state.joined_count() == 2);
  room.member(dan, dan, "join");
  CHECK(room.state.joined_count() == 3);
  room.member(alice, dan, "ban");
  CHECK(room.state.joined_count() == 2);
  CHECK(room.state.count(Membership::ban) == 1);
  CHECK(membership_of(room.state, dan) == Membership::ban);
  CHECK(membership_of(room.state, carol) == Membership::none);
  size_t size = room.state.size();
  room.send(alice, "m.room.name", "", R"({"name":"a"})");
  auto replaced = room.state.get("m.room.name", "");
  room.send(alice, "m.room.name", "", R"({"name":"b"})");
  CHECK(room.state.size() == size + 1);
  CHECK(json::text(replaced->content, "name") == "a");
  room.state.replace_if_current(replaced);
  CHECK(json::text(room.state.find("m.room.name", "")->content, "name") == "b");
  size_t members = 0;
  room.state.each_of("m.room.member", [&](const StateEventPtr&) { ++members; });
  CHECK(members == 3);
}

TEST_CASE("failures take the form of the Matrix API") {
  CHECK(error_form(Error(reasons::not_found)).errcode == "M_NOT_FOUND");
  CHECK(error_form(Error(reasons::forbidden)).status == 403);
  CHECK(error_form(Error(errors::not_json)).errcode == "M_NOT_JSON");
  CHECK(error_form(Error(errors::power_too_low)).errcode == "M_FORBIDDEN");
  CHECK(error_form(Error(errors::event_too_large)).status == 413);
  CHECK(error_form(Error(errors::unrecognized)).status == 404);
  auto limited = value(error_json(fail(reasons::limited, "", 1500).error(), true));
  CHECK(json::text(limited, "errcode") == "M_LIMIT_EXCEEDED");
  CHECK(json::integer(limited, "retry_after_ms") == 1500);
  CHECK(json::text(limited, "error") == reasons::limited.fr);
}
