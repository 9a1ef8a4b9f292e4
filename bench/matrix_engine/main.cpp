// CPU time of the Matrix engine's hot paths, in microseconds per operation:  bench_matrix_engine [seconds per
// line]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "engine/matrix/auth_rules.h"
#include "engine/matrix/event.h"
#include "engine/matrix/push_evaluation.h"
#include "engine/matrix/relations.h"
#include "engine/matrix/signing.h"

using namespace parvis;
using namespace parvis::matrix;

namespace {

double seconds_per_line = 0.5;
size_t sink = 0;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Work>
void measure(const char* name, size_t per_call, Work&& work) {
  for (int i = 0; i < 100; ++i) work();
  size_t calls = 0;
  double start = cpu_seconds(), spent = 0;
  while (spent < seconds_per_line) {
    for (int i = 0; i < 50; ++i) work();
    calls += 50;
    spent = cpu_seconds() - start;
  }
  std::printf("%-62s %9.3f us/op\n", name, spent * 1e6 / static_cast<double>(calls * per_call));
}

const std::string body =
    R"({"msgtype":"m.text","body":"Bonjour à tous, la réunion commence à 14 h dans la salle du premier étage.","m.mentions":{}})";

StateEventPtr state_event(RoomVersion version, EventDraft draft, std::string_view text) {
  auto content = *Canonical::parse(text);
  draft.content = &content;
  return StateEvent::make(build_event(version, draft)->event);
}

struct Fixture {
  RoomVersion version = RoomVersion::v12;
  RoomState state;
  std::string room_id;
  std::vector<std::string> prev, auth;
  std::string sender = "@marie.durand:agent.interieur.fr";

  Fixture() {
    auto create = state_event(version, {.type = "m.room.create", .state_key = "", .sender = sender},
                              R"({"room_version":"12"})");
    room_id = create->event.room_id;
    prev = {create->event.event_id};
    state.apply(create);
    auto put = [&](std::string_view type, std::string_view key, std::string_view text) {
      state.apply(
          state_event(version, {.room_id = room_id, .type = type, .state_key = key, .sender = sender}, text));
    };
    put("m.room.power_levels", "", R"({"users":{},"events":{"m.room.name":50}})");
    put("m.room.join_rules", "", R"({"join_rule":"public"})");
    put("m.room.member", sender, R"({"membership":"join","displayname":"Marie Durand"})");
    for (int i = 0; i < 99; ++i)
      put("m.room.member", "@u" + std::to_string(i) + ":agent.interieur.fr", R"({"membership":"join"})");
  }
  EventDraft draft(const Canonical& content) const {
    return {.room_id = room_id,
            .type = "m.room.message",
            .sender = sender,
            .content = &content,
            .origin_server_ts = 1'700'000'000'000,
            .depth = 1234,
            .prev_events = prev,
            .auth_events = auth};
  }
};

void events(Fixture& room) {
  auto content = *Canonical::parse(body);
  auto tree = *json::parse(body);
  measure("canonical JSON from text, 130 bytes", 1, [] { sink += Canonical::parse(body)->text().size(); });
  measure("canonical JSON from a tree, 130 bytes", 1, [&] { sink += Canonical::of(tree)->text().size(); });
  measure("authorize a message (state of 103 events)", 1, [&] {
    AuthInput input{.room_id = room.room_id,
                    .type = "m.room.message",
                    .sender = room.sender,
                    .content = &tree,
                    .prev_event_count = 1};
    sink += authorize(room.version, input, room.state).has_value();
  });
  measure("select auth events", 1, [&] {
    AuthInput input{.room_id = room.room_id,
                    .type = "m.room.message",
                    .sender = room.sender,
                    .content = &tree,
                    .prev_event_count = 1};
    room.auth = select_auth_events(room.version, input, room.state);
    sink += room.auth.size();
  });
  measure("build an event: PDU, two hashes, id, client bytes", 1,
          [&] { sink += build_event(room.version, room.draft(content))->pdu.size(); });
  measure("whole send: canonical, authorize, select, build", 1, [&] {
    auto canonical = *Canonical::parse(body);
    AuthInput input{.room_id = room.room_id,
                    .type = "m.room.message",
                    .sender = room.sender,
                    .content = &tree,
                    .prev_event_count = 1};
    sink += authorize(room.version, input, room.state).has_value();
    room.auth = select_auth_events(room.version, input, room.state);
    sink += build_event(room.version, room.draft(canonical))->pdu.size();
  });
  auto built = *build_event(room.version, room.draft(content));
  std::printf("%-62s %9zu bytes\n", "  stored PDU", built.pdu.size());
  std::printf("%-62s %9zu bytes\n", "  client event with room id", built.event.client.bytes.size());
  measure("deliver to one client: append cached bytes with unsigned", 1, [&, out = std::string()]() mutable {
    out.clear();
    built.event.client.append(out, false, R"({"age":12,"membership":"join"})");
    sink += out.size();
  });
  measure("read a stored PDU", 1,
          [&] { sink += read_event(room.version, built.pdu, built.event.event_id)->sender.size(); });
  std::array<uint8_t, 32> seed{};
  SigningKey key(seed, "1");
  measure("sign an event (lazy, federation only)", 1,
          [&] { sink += sign_event(room.version, built.pdu, "agent.interieur.fr", key).size(); });
  auto signed_pdu = sign_event(room.version, built.pdu, "agent.interieur.fr", key);
  measure("verify an event", 1, [&] {
    sink += verify_event(room.version, signed_pdu, "agent.interieur.fr", key.key_id(), key.public_key());
  });
}

void push(Fixture& room) {
  auto content = *Canonical::parse(body);
  auto event = build_event(room.version, room.draft(content))->event;
  auto tree = event.content();
  auto levels = PowerLevels::of(room.version, room.state);
  RulesInterner interner;
  PushRuleset changed;
  auto mute = *json::parse(R"({"actions":[]})");
  (void)changed.put(RuleKind::room, "!other:agent.interieur.fr", mute);
  auto own = interner.intern(changed);
  std::vector<std::string> people;
  for (int i = 0; i < 1000; ++i) people.push_back("@u" + std::to_string(i) + ":agent.interieur.fr");
  measure("push: one ruleset walked", 1, [&] {
    PushEvent pushed(event, tree, 100, levels);
    sink += pushed.evaluate(*own, people[0]).notify;
  });
  measure("push: per person, 1,000 people with the default rules", people.size(), [&] {
    PushEvent pushed(event, tree, 1000, levels);
    for (const auto& person : people) sink += pushed.evaluate(*interner.default_rules(), person).notify;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds_per_line = std::atof(argv[1]);
  Fixture room;
  events(room);
  push(room);
  std::printf("(%zu)\n", sink % 10);
}
