#include <doctest/doctest.h>

#include "module/meetings/continuity.h"

#include "module/meetings/division_format.h"
#include "store/testing.h"

namespace parvis {

TEST_CASE("groups are read as they were written, by a process with another clock") {
  Breakouts::Division division;
  division.plan.names = {"Nord", "Sud « é »"};
  division.plan.assigned = {{"p:1", 1}, {"g:2", 2}};
  division.plan.choose = true;
  division.at = {{"p:1", 2}};
  division.asking = {"g:2"};
  division.ends = Monotonic{5'000'000} + seconds_us(600);
  Instant now{1'800'000'000'000};
  auto text = write_division(division, now, Monotonic{5'000'000});

  auto read = read_division(text, now + 60'000, Monotonic{77});
  REQUIRE(read);
  CHECK(read->plan.names == division.plan.names);
  CHECK(read->plan.assigned == division.plan.assigned);
  CHECK(read->plan.choose);
  CHECK(read->at == division.at);
  CHECK(read->asking == division.asking);
  CHECK(read->ends == Monotonic{77} + seconds_us(540));
  CHECK_FALSE(read_division(text, now + 600'000, Monotonic{77}));  // their time is up

  division.ends.reset();
  CHECK_FALSE(read_division(write_division(division, now, {}), now, {})->ends);
}

TEST_CASE("groups that make no sense are no groups, and nobody is put where there is none") {
  for (const char* text : {"", "{", "[]", "{}", R"({"names":[]})", R"({"names":"Nord"})"})
    CHECK_FALSE(read_division(text, {}, {}));
  auto read = read_division(R"({"names":["Nord"],"at":{"a":0,"b":1,"c":2,"d":"1"},"asking":[1]})", {}, {});
  REQUIRE(read);
  CHECK(read->at == std::map<std::string, int>{{"b", 1}});
  CHECK(read->asking.empty());
}

TEST_CASE("what takes place is found again until it is over, with who was there") {
  store::for_each_engine([](store::TestDatabase& at) {
    auto meeting = at.env().new_id<MeetingId>(), over = at.env().new_id<MeetingId>();
    Attendance open{.id = at.env().new_id<AttendanceId>(),
                    .identity = "p:1",
                    .name = "Ada",
                    .verified = true,
                    .joined_at = {1'000},
                    .left_at = {}};
    Attendance closed = open;
    closed.id = at.env().new_id<AttendanceId>();
    closed.identity = "p:2";
    REQUIRE(at.run(at.database().write([&](store::Transaction& transaction) -> Result<void> {
      TRY(meeting_store::note_live(transaction, meeting, {1'000}));
      TRY(meeting_store::keep_division(transaction, meeting, {2'000}, "{}"));
      TRY(meeting_store::note_live(transaction, meeting, {3'000}));
      TRY(meeting_store::keep_division(transaction, over, {1'000}, ""));  // does not take place
      TRY(meeting_store::insert_attendance(transaction, meeting, open));
      TRY(meeting_store::insert_attendance(transaction, meeting, closed));
      TRY(meeting_store::end_attendance(transaction, closed.id, {2'000}));
      return {};
    })));
    auto find = [&] {
      return *at.run(
          at.database().read([](store::Reader& reader) { return meeting_store::interrupted(reader); }));
    };
    auto found = find();
    REQUIRE(found.size() == 1);
    CHECK(found[meeting].seen_at == Instant{3'000});
    CHECK(found[meeting].division == "{}");
    REQUIRE(found[meeting].present.size() == 1);
    CHECK(found[meeting].present["p:1"].id == open.id);

    auto forget_since = [&](Instant seen_at) {
      return *at.run(at.database().write([=](store::Transaction& transaction) {
        return meeting_store::forget_live_since(transaction, meeting, seen_at);
      }));
    };
    CHECK_FALSE(forget_since({2'000}));
    CHECK(forget_since({3'000}));
    CHECK(find().empty());
  });
}

}  // namespace parvis
