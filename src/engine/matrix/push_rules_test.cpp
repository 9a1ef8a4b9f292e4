#include "engine/matrix/push_rules.h"

#include <doctest/doctest.h>

#include "engine/matrix/errors.h"
#include "engine/matrix/glob.h"
#include "engine/matrix/push_evaluation.h"
#include "engine/matrix/test_room.h"

using namespace parvis;
using namespace parvis::matrix;
using namespace parvis::matrix::test;

namespace {

std::vector<std::string> ids(const PushRuleset& rules, RuleKind kind) {
  std::vector<std::string> out;
  for (const auto& rule : rules.rules(kind)) out.push_back(rule.rule_id);
  return out;
}

struct Message {
  Room room = make_room(RoomVersion::v11, "public");
  PowerLevels levels = PowerLevels::of(room.version, room.state);
  Event event;
  json::Value content;
  Message(std::string_view sender, std::string_view text, std::string_view type = "m.room.message",
          std::optional<std::string_view> state_key = std::nullopt)
      : event(room.send(sender, type, state_key, text).event), content(event.content()) {
    levels = PowerLevels::of(room.version, room.state);
  }
  PushOutcome push(const PushRuleset& rules, std::string_view user, size_t members = 5,
                   std::string_view name = {}, PushOptions options = {}) {
    compiled.push_back(compile(rules, options));
    return PushEvent(event, content, members, levels).evaluate(*compiled.back(), user, name);
  }
  std::vector<CompiledRulesPtr> compiled;
};

}  // namespace

TEST_CASE("globs match whole values or words, without case") {
  CHECK(Glob("lunc?*").matches("Lunch plans"));
  CHECK(Glob("lunc?*").matches("LUNCH"));
  CHECK_FALSE(Glob("lunc?*").matches(" lunch"));
  CHECK_FALSE(Glob("lunc?*").matches("lunc"));
  CHECK(Glob("ex*ple").matches_word("An example event."));
  CHECK(Glob("ex*ple").matches_word("exple"));
  CHECK(Glob("ex*ple").matches_word("An exciting triple-whammy"));
  CHECK_FALSE(Glob("cake").matches_word("pancakes"));
  CHECK(Glob("cake").matches_word("pan-cake!"));
  CHECK(Glob("réunion").matches_word("la RÉUNION de midi"));
  CHECK(Glob("?").matches("é"));
  CHECK(Glob("*").matches(""));
  CHECK(Glob("").matches(""));
  CHECK_FALSE(Glob("").matches("x"));
  CHECK(Glob("a**b").matches("a-b"));
  CHECK(Glob::literal("a*b").matches("A*B"));
  CHECK_FALSE(Glob::literal("a*b").matches("axb"));
  CHECK(Glob(std::string(63, 'a') + "*" + std::string(70, 'b'))
            .matches(std::string(63, 'a') + "x" + std::string(70, 'b')));
  CHECK_FALSE(Glob(std::string(300, 'a')).matches(std::string(300, 'a')));
}

TEST_CASE("the default ruleset decides as the specification says") {
  PushRuleset rules;
  auto decide = [&](Message message, std::string_view user, size_t members = 5) {
    return message.push(rules, user, members);
  };
  auto plain = decide(Message(alice, R"({"msgtype":"m.text","body":"x"})"), bob);
  CHECK(plain.notify);
  CHECK_FALSE(plain.highlight);
  CHECK(plain.sound.empty());
  CHECK_FALSE(decide(Message(alice, R"({"msgtype":"m.text","body":"x"})"), alice).notify);
  {
    Message message(alice, R"({"msgtype":"m.text","body":"x"})");
    CHECK(message.push(rules, bob, 2).sound == "default");
  }
  {
    Message message(alice, R"({"msgtype":"m.text","body":"x","m.mentions":{"user_ids":["@bob:a.fr"]}})");
    auto mentioned = message.push(rules, bob);
    CHECK(mentioned.highlight);
    CHECK(mentioned.sound == "default");
    CHECK_FALSE(message.push(rules, dan).highlight);
  }
  CHECK_FALSE(decide(Message(alice, R"({"msgtype":"m.notice","body":"x"})"), bob).notify);
  CHECK(decide(Message(alice, R"({"msgtype":"m.text","m.mentions":{"room":true}})"), bob).highlight);
  CHECK(decide(Message(bob, R"({"msgtype":"m.text","m.mentions":{"room":true}})"), alice).highlight);
  {
    Message message(alice, R"({"name":"n"})", "m.room.name", "");
    CHECK_FALSE(message.push(rules, bob).notify);
  }
  CHECK(decide(Message(alice, R"({"membership":"invite"})", "m.room.member", dan), dan).sound == "default");
  CHECK_FALSE(decide(Message(alice, R"({"membership":"invite"})", "m.room.member", dan), bob).notify);
  CHECK(decide(Message(alice, "{}", "m.room.tombstone", ""), bob).highlight);
  CHECK_FALSE(
      decide(Message(alice, R"({"m.relates_to":{"rel_type":"m.annotation","event_id":"$x","key":"+"}})",
                     "m.reaction"),
             bob)
          .notify);
  CHECK_FALSE(
      decide(
          Message(
              alice,
              R"({"msgtype":"m.text","m.new_content":{},"m.relates_to":{"rel_type":"m.replace","event_id":"$x"}})"),
          bob)
          .notify);
  CHECK(decide(Message(alice, "{}", "m.room.encrypted"), bob, 2).sound == "default");
  CHECK(decide(Message(alice, "{}", "m.call.invite"), bob, 2).sound == "ring");
}

TEST_CASE("people without power cannot notify the room") {
  auto room = make_room(RoomVersion::v11, "public");
  room.member(dan, dan, "join");
  auto event = room.send(dan, "m.room.message", std::nullopt, R"({"m.mentions":{"room":true}})").event;
  auto content = event.content();
  auto levels = PowerLevels::of(room.version, room.state);
  auto rules = compile(PushRuleset{});
  CHECK_FALSE(PushEvent(event, content, 3, levels).evaluate(*rules, bob).highlight);
}

TEST_CASE("a person's rules come before the defaults, in the order they chose") {
  PushRuleset rules;
  auto body = value(R"({"actions":["notify",{"set_tweak":"sound","value":"cake.wav"}],"pattern":"cake*"})");
  CHECK(rules.put(RuleKind::content, "a", body).has_value());
  CHECK(rules.put(RuleKind::content, "b", body).has_value());
  CHECK(rules.put(RuleKind::content, "c", body, {}, "b").has_value());
  CHECK(rules.put(RuleKind::content, "d", body, "a").has_value());
  CHECK(ids(rules, RuleKind::content) == std::vector<std::string>{"b", "c", "d", "a"});
  CHECK(rules.put(RuleKind::content, "a", body, "b").has_value());
  CHECK(ids(rules, RuleKind::content) == std::vector<std::string>{"a", "b", "c", "d"});
  auto silent = value(R"({"actions":["dont_notify"]})");
  CHECK(rules.put(RuleKind::override_, "first", silent).has_value());
  CHECK(ids(rules, RuleKind::override_)[0] == ".m.rule.master");
  CHECK(ids(rules, RuleKind::override_)[1] == "first");
  CHECK(rules.find(RuleKind::override_, "first")->actions.empty());
  CHECK(rules.remove(RuleKind::override_, "first").has_value());
  CHECK(rules.remove(RuleKind::override_, "first").error().is(reasons::not_found));

  Message message(alice, R"({"msgtype":"m.text","body":"un cheese-cake ?"})");
  CHECK(message.push(rules, bob).sound == "cake.wav");
  CHECK(rules.set_enabled(RuleKind::content, "a", false).has_value());
  CHECK(rules.set_actions(RuleKind::content, "b", value(R"(["notify"])")).has_value());
  CHECK(message.push(rules, bob).sound.empty());
  std::string room_id = message.event.room_id;
  CHECK(rules.put(RuleKind::room, room_id, silent).has_value());
  CHECK(message.push(rules, bob).notify);  // content outranks room
  for (auto id : {"a", "b", "c", "d"}) CHECK(rules.remove(RuleKind::content, id).has_value());
  CHECK_FALSE(message.push(rules, bob).notify);
  CHECK(rules.remove(RuleKind::room, room_id).has_value());
  CHECK(rules.put(RuleKind::sender, alice, silent).has_value());
  CHECK_FALSE(message.push(rules, bob).notify);
  CHECK(rules.set_enabled(RuleKind::override_, ".m.rule.master", true).has_value());
  CHECK_FALSE(message.push(rules, carol).notify);
}

TEST_CASE("conditions: counts, properties, unknown kinds") {
  auto holds = [](std::string_view condition, std::string_view content, size_t members = 5) {
    PushRuleset rules;
    auto body = value("{\"actions\":[{\"set_tweak\":\"sound\",\"value\":\"hit\"}],\"conditions\":[" +
                      std::string(condition) + "]}");
    REQUIRE(rules.put(RuleKind::override_, "x", body).has_value());
    Message message(alice, content);
    return message.push(rules, bob, members, "Bob").sound == "hit";
  };
  CHECK(holds(R"({"kind":"room_member_count","is":"5"})", "{}"));
  CHECK(holds(R"({"kind":"room_member_count","is":"==5"})", "{}"));
  CHECK(holds(R"({"kind":"room_member_count","is":">4"})", "{}"));
  CHECK_FALSE(holds(R"({"kind":"room_member_count","is":">5"})", "{}"));
  CHECK(holds(R"({"kind":"room_member_count","is":"<=5"})", "{}"));
  CHECK(holds(R"({"kind":"room_member_count","is":">=5"})", "{}"));
  CHECK_FALSE(holds(R"({"kind":"room_member_count","is":"<5"})", "{}"));
  CHECK(holds(R"({"kind":"event_property_is","key":"content.a\\.b.c","value":3})", R"({"a.b":{"c":3}})"));
  CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.a","value":1})", R"({"a":true})"));
  CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.a","value":"1"})", R"({"a":1})"));
  CHECK(holds(R"({"kind":"event_property_is","key":"content.a","value":null})", R"({"a":null})"));
  CHECK(holds(R"({"kind":"event_property_contains","key":"content.a","value":"x"})", R"({"a":[1,"x"]})"));
  CHECK_FALSE(holds(R"({"kind":"event_property_contains","key":"content.a","value":"x"})", R"({"a":"x"})"));
  CHECK(holds(R"({"kind":"contains_display_name"})", R"({"body":"salut bob !"})"));
  CHECK_FALSE(holds(R"({"kind":"contains_display_name"})", R"({"body":"salut bobby !"})"));
  CHECK(holds(R"({"kind":"event_match","key":"sender","pattern":"@ali*"})", "{}"));
  CHECK_FALSE(holds(R"({"kind":"event_match","key":"state_key","pattern":"*"})", "{}"));
  CHECK_FALSE(holds(R"({"kind":"moon_phase"})", "{}"));
}

TEST_CASE("bad rules are refused") {
  PushRuleset rules;
  auto ok = value(R"({"actions":[]})");
  CHECK(rules.put(RuleKind::override_, ".m.x", ok).error().is(errors::invalid_param));
  CHECK(rules.put(RuleKind::override_, "a/b", ok).error().is(errors::invalid_param));
  CHECK(rules.put(RuleKind::override_, "", ok).error().is(errors::invalid_param));
  CHECK(rules.put(RuleKind::room, "x", ok).error().is(errors::invalid_param));
  CHECK(rules.put(RuleKind::content, "x", ok).error().is(errors::missing_param));
  CHECK(rules.put(RuleKind::override_, "x", value("{}")).error().is(errors::missing_param));
  CHECK(
      rules.put(RuleKind::override_, "x", value(R"({"actions":["explode"]})")).error().is(errors::bad_json));
  CHECK(rules.put(RuleKind::override_, "x", value(R"({"actions":[],"conditions":[{"kind":"event_match"}]})"))
            .error()
            .is(errors::bad_json));
  CHECK(rules.put(RuleKind::override_, "x", ok, "nobody").error().is(errors::invalid_param));
  CHECK(rules.put(RuleKind::override_, "x", ok, ".m.rule.master").error().is(errors::invalid_param));
  CHECK(rules.remove(RuleKind::override_, ".m.rule.master").error().is(errors::invalid_param));
  auto pattern = value(R"({"actions":[],"pattern":"p"})");
  for (size_t i = 0; i < max_push_patterns; ++i)
    CHECK(rules.put(RuleKind::content, "r" + std::to_string(i), pattern).has_value());
  CHECK(rules.put(RuleKind::content, "more", pattern).error().is(reasons::limited));
  CHECK(rules.put(RuleKind::content, "r0", pattern).has_value());
}

TEST_CASE("rules survive storage, and clients see them with the person's own id") {
  PushRuleset rules;
  CHECK(rules.is_default());
  CHECK(rules.to_storage() == "{}");
  REQUIRE(rules
              .put(RuleKind::override_, "mine",
                   value(R"({"actions":["notify"],"conditions":[{"kind":"room_member_count","is":"<3"}]})"))
              .has_value());
  REQUIRE(rules.put(RuleKind::sender, bob, value(R"({"actions":[]})")).has_value());
  REQUIRE(rules.set_enabled(RuleKind::sender, bob, false).has_value());
  REQUIRE(rules.set_enabled(RuleKind::underride, ".m.rule.message", false).has_value());
  REQUIRE(rules.set_actions(RuleKind::underride, ".m.rule.call", value("[]")).has_value());
  auto back = PushRuleset::from_storage(rules.to_storage());
  REQUIRE(back.has_value());
  CHECK(back->to_json(alice) == rules.to_json(alice));
  CHECK(PushRuleset::from_storage("{}")->is_default());
  CHECK(PushRuleset::from_storage("x").error().is(reasons::corrupt));
  auto shown = value(rules.to_json(alice));
  const auto& mention = shown.at("override").at(5 + 1);
  CHECK(json::text(mention, "rule_id") == ".m.rule.is_room_mention");
  CHECK(json::text(shown.at("override").at(5).at("conditions").at(0), "value") == alice);
  CHECK(json::text(shown.at("override").at(3).at("conditions").at(2), "pattern") == alice);
  CHECK(shown.at("content").as_array().empty());
  CHECK(shown.at("underride").as_array().size() == 5);
}

TEST_CASE("equal rules share one evaluation per event, except for those it concerns") {
  RulesInterner interner;
  PushRuleset changed;
  REQUIRE(changed.put(RuleKind::override_, "mine", value(R"({"actions":[]})")).has_value());
  auto same = changed;
  CHECK(interner.intern(changed) == interner.intern(same));
  CHECK(interner.intern(PushRuleset{}) == interner.default_rules());
  PushRuleset undone = changed;
  REQUIRE(undone.remove(RuleKind::override_, "mine").has_value());
  CHECK(interner.intern(undone) == interner.default_rules());
  CHECK(group_of(*interner.intern(changed)) != group_of(*interner.default_rules()));

  Message message(alice,
                  R"({"msgtype":"m.text","body":"x","m.mentions":{"user_ids":["@u7:a.fr","@u3:a.fr"]}})");
  PushEvent push(message.event, message.content, 1000, message.levels);
  size_t highlights = 0;
  for (int i = 0; i < 1000; ++i)
    highlights += push.evaluate(*interner.default_rules(), "@u" + std::to_string(i) + ":a.fr").highlight;
  CHECK(highlights == 2);
  CHECK(push.evaluations() == 2);
  CHECK(push.mentions("@u7:a.fr"));
  CHECK_FALSE(push.mentions("@u8:a.fr"));
}

TEST_CASE("names in the body count only when asked for, and only without m.mentions") {
  PushRuleset rules;
  Message plain(alice, R"({"msgtype":"m.text","body":"Bonjour Léa Durand"})");
  CHECK_FALSE(plain.push(rules, bob, 5, "Léa Durand").highlight);
  CHECK(plain.push(rules, bob, 5, "léa durand", {.legacy_mentions = true}).highlight);
  CHECK_FALSE(plain.push(rules, bob, 5, "Léa", {.legacy_mentions = true}).highlight == false);
  CHECK_FALSE(plain.push(rules, bob, 5, "Dur", {.legacy_mentions = true}).highlight);
  Message localpart(alice, R"({"msgtype":"m.text","body":"ping bob"})");
  CHECK(localpart.push(rules, bob, 5, "", {.legacy_mentions = true}).highlight);
  CHECK_FALSE(localpart.push(rules, dan, 5, "", {.legacy_mentions = true}).highlight);
  Message room(alice, R"({"msgtype":"m.text","body":"@room réunion"})");
  CHECK(room.push(rules, dan, 5, "", {.legacy_mentions = true}).highlight);
  CHECK_FALSE(room.push(rules, dan).highlight);
  Message stated(alice, R"({"msgtype":"m.text","body":"ping bob @room","m.mentions":{}})");
  CHECK_FALSE(stated.push(rules, bob, 5, "bob", {.legacy_mentions = true}).highlight);
}
