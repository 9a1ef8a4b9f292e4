#include <doctest/doctest.h>

#include "core/spaces/spaces.h"

#include "core/testing.h"

using namespace parvis;

namespace {
void in_a_house(const std::function<void(TestHouse&)>& test) {
  store::for_each_engine([&](store::TestDatabase& at) {
    TestHouse house(at);
    test(house);
  });
}
std::string reason_of(const auto& result) { return result ? "done" : std::string(result.error().reason->id); }
}  // namespace

TEST_CASE("a project belongs to who makes it, and survives a restart") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire");
    auto id = house.run(house.spaces->create(claire, {.kind = SpaceKind::project,
                                                      .name = "  Guichet unique ",
                                                      .description = "",
                                                      .purpose_template = "projet"}));
    REQUIRE(!!id);
    house.reload();
    auto* space = house.spaces->find(*id);
    REQUIRE(space);
    CHECK_EQ(space->name, "Guichet unique");
    CHECK_EQ(space->slug, "guichet-unique");
    CHECK_EQ(house.spaces->membership(*id, claire.person)->role, Role::animator);
  });
}

TEST_CASE("a community asked by an agent waits for an administrator, unseen by others") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto admin = house.administrator("admin");
    auto id = house.run(house.spaces->create(claire, {.kind = SpaceKind::community,
                                                      .name = "Télétravail",
                                                      .visibility = Visibility::open,
                                                      .joining = Joining::free}));
    REQUIRE(!!id);
    auto object = Object::of_space(*id);
    CHECK_EQ(house.spaces->find(*id)->state, SpaceState::requested);
    CHECK_FALSE(house.access->may(idriss, Action::space_see, object).allowed);
    CHECK_EQ(reason_of(house.run(house.spaces->join(idriss, *id, ""))), "not_found");
    CHECK_EQ(reason_of(house.run(house.spaces->decide_creation(claire, *id, true, ""))),
             "administrators_only");
    CHECK(!!house.run(house.spaces->decide_creation(admin, *id, true, "")));
    CHECK_EQ(reason_of(house.run(house.spaces->decide_creation(admin, *id, true, ""))), "already_decided");
    CHECK(house.access->may(idriss, Action::space_read, object).allowed);
    CHECK_EQ(house.run(house.notifications->unread(claire.person)).value_or(0), 1);
  });
}

TEST_CASE("joining: freely, on approval, or only by invitation") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto open = house.space(claire, SpaceKind::community, Visibility::open, Joining::free);
    auto asked = house.space(claire, SpaceKind::community, Visibility::closed, Joining::approval);
    auto invited = house.space(claire, SpaceKind::community, Visibility::closed, Joining::invitation);
    CHECK_EQ(house.run(house.spaces->join(idriss, open, "")).value(), Spaces::JoinOutcome::joined);
    CHECK_EQ(house.run(house.spaces->join(idriss, asked, "Bonjour")).value(), Spaces::JoinOutcome::requested);
    CHECK_EQ(reason_of(house.run(house.spaces->join(idriss, invited, ""))), "joining_by_invitation");
    CHECK_FALSE(house.spaces->membership(asked, idriss.person));
    CHECK_EQ(reason_of(house.run(house.spaces->decide_request(idriss, asked, idriss.person, true))),
             "not_a_member");
    house.reload();
    CHECK_EQ(house.spaces->requests(asked).size(), 1);
    CHECK(!!house.run(house.spaces->decide_request(claire, asked, idriss.person, true)));
    CHECK_EQ(house.spaces->membership(asked, idriss.person)->role, Role::contributor);
    CHECK(house.spaces->requests(asked).empty());
  });
}

TEST_CASE("a removed member is told of in the same turn, and loses everything") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto space = house.space(claire);
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, idriss.person, Role::contributor)));
    std::vector<MembershipChanged> told;
    house.events.membership.listen([&](const MembershipChanged& change) { told.push_back(change); });
    CHECK(house.access->may(idriss, Action::message_read, Object::of_space(space)).allowed);
    REQUIRE(!!house.run(house.spaces->remove_member(claire, space, idriss.person)));
    REQUIRE_EQ(told.size(), 1);
    CHECK_EQ(told[0].before, Role::contributor);
    CHECK_FALSE(told[0].after);
    CHECK_FALSE(house.access->may(idriss, Action::message_read, Object::of_space(space)).allowed);
    house.reload();
    CHECK_FALSE(house.spaces->membership(space, idriss.person));
  });
}

TEST_CASE("a space keeps an animator until it is handed over") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto space = house.space(claire);
    CHECK_EQ(reason_of(house.run(house.spaces->remove_member(claire, space, claire.person))),
             "last_animator");
    CHECK_EQ(reason_of(house.run(house.spaces->set_member(claire, space, claire.person, Role::visitor))),
             "last_animator");
    REQUIRE(!!house.run(house.spaces->set_member(claire, space, idriss.person, Role::visitor)));
    REQUIRE(!!house.run(house.spaces->hand_over(claire, space, idriss.person)));
    CHECK_EQ(house.spaces->membership(space, idriss.person)->role, Role::animator);
    CHECK(!!house.run(house.spaces->remove_member(claire, space, claire.person)));
  });
}

TEST_CASE("externals enter only where the space was opened to them, which cannot be undone") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire");
    auto paul = house.external("paul");
    auto space = house.space(claire);
    CHECK_EQ(reason_of(house.run(house.spaces->set_member(claire, space, paul.person, Role::guest))),
             "space_closed_to_externals");
    REQUIRE(!!house.run(house.spaces->open_to_externals(claire, space)));
    CHECK_EQ(reason_of(house.run(house.spaces->open_to_externals(claire, space))),
             "already_open_to_externals");
    CHECK_EQ(reason_of(house.run(house.spaces->change(claire, space, {.visibility = Visibility::open}))),
             "open_space_externals");
    CHECK_EQ(reason_of(house.run(house.spaces->set_member(claire, space, paul.person, Role::animator))),
             "external_role");
    CHECK(!!house.run(house.spaces->set_member(claire, space, paul.person, Role::guest)));
    auto other = house.space(claire, SpaceKind::community, Visibility::open, Joining::free);
    CHECK_EQ(house.access->may(paul, Action::space_see, Object::of_space(other)).error().code(),
             Code::not_found);
    CHECK_EQ(reason_of(house.run(house.spaces->create(paul, {.kind = SpaceKind::project, .name = "x"}))),
             "external_refused");
  });
}

TEST_CASE("names are bounded, cleaned, and give distinct addresses") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire");
    auto create = [&](std::string name) {
      return house.run(house.spaces->create(claire, {.kind = SpaceKind::project, .name = std::move(name)}));
    };
    CHECK_EQ(reason_of(create("  ")), "space_name_missing");
    CHECK_EQ(reason_of(create(std::string(81, 'x'))), "space_name_too_long");
    CHECK_EQ(reason_of(create("\xFF")), "malformed");
    auto first = create("Été 2027"), second = create("ete 2027"), third = create("🎄");
    CHECK_EQ(house.spaces->find(*first)->slug, "ete-2027");
    CHECK_EQ(house.spaces->find(*second)->slug, "ete-2027-2");
    CHECK_EQ(house.spaces->find(*third)->slug, "espace");
  });
}

TEST_CASE("an archived space is read, not changed, until restored") {
  in_a_house([](TestHouse& house) {
    auto claire = house.agent("claire"), idriss = house.agent("idriss");
    auto space = house.space(claire);
    REQUIRE(!!house.run(house.spaces->archive(claire, space, true)));
    CHECK_EQ(reason_of(house.run(house.spaces->set_member(claire, space, idriss.person, Role::visitor))),
             "space_archived");
    CHECK(house.access->may(claire, Action::message_read, Object::of_space(space)).allowed);
    CHECK_FALSE(house.access->may(claire, Action::message_send, Object::of_space(space)).allowed);
    REQUIRE(!!house.run(house.spaces->archive(claire, space, false)));
    CHECK(!!house.run(house.spaces->set_member(claire, space, idriss.person, Role::visitor)));
  });
}
