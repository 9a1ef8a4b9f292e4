#include <doctest/doctest.h>

#include "core/people/email.h"
#include "core/people/login_throttle.h"
#include "core/people/reasons.h"
#include "core/testing.h"

namespace parvis {
namespace {

constexpr std::string_view good_password = "trois chevaux lents";

std::string reason_of(const Result<void>& result) {
  return result ? "" : std::string(result.error().reason->id);
}
template <class T>
std::string reason_of(const Result<T>& result) {
  return result ? "" : std::string(result.error().reason->id);
}

PersonId create(TestHouse& house, const std::string& email, std::string_view password = good_password) {
  auto id = house.run(
      house.people->create({.email = email, .display_name = "Essai", .password = std::string(password)}, {}));
  CHECK(id);
  return *id;
}

}  // namespace

TEST_CASE("addresses are compared in one normal form") {
  CHECK(normalise_email("  Claire.Vasseur@MTE.example.FR ") == "claire.vasseur@mte.example.fr");
  for (std::string_view bad : {"", "claire", "@mte.fr", "a@b", "a b@c.fr", "a@@c.fr", ".a@c.fr", "a..b@c.fr",
                               "a@-c.fr", "a@c..fr", "a@c.fr\nBcc: x@y.fr", "é@c.fr", "<a@c.fr>"}) {
    CAPTURE(bad);
    CHECK_FALSE(normalise_email(bad));
  }
  CHECK(domain_covers("gouv.fr", "beta.gouv.fr"));
  CHECK_FALSE(domain_covers("gouv.fr", "notgouv.fr"));
  CHECK(handle_of_email("claire.vasseur@mte.example.fr", 1) == "claire.vasseur-mte.example.fr");
  CHECK(handle_of_email("o'neil+x@a.fr", 2) == "o_neil_x-a.fr-2");
}

TEST_CASE("weak passwords are refused with the reason") {
  auto refused = [](std::string_view password) {
    return reason_of(check_password_rules(password, "claire.vasseur@mte.example.fr"));
  };
  CHECK(refused(good_password) == "");
  CHECK(refused("court") == "password_weak");
  CHECK(refused("onze lettre") == "password_weak");
  CHECK(refused("aaaaaaaaaaaaaaaa") == "password_weak");
  CHECK(refused("1234567890123456") == "password_weak");
  CHECK(refused("Mot-de-passe 2026!") == "password_weak");
  CHECK(refused("AZERTYUIOP1234") == "password_weak");
  CHECK(refused("claire.vasseur@mte.example.fr") == "password_weak");
  CHECK(refused("Claire.Vasseur75") == "password_weak");
  CHECK(refused(std::string(600, 'x') + "abcdefg") == "password_long");
}

TEST_CASE("a hash verifies its password alone and says when it is outdated") {
  PasswordCost cost{.memory_kib = 64, .passes = 1};
  auto hash = hash_password("trois chevaux lents", {1, 2, 3}, cost);
  CHECK(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  CHECK(verify_password("trois chevaux lents", hash));
  CHECK_FALSE(verify_password("trois chevaux lent", hash));
  CHECK_FALSE(verify_password("trois chevaux lents", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA"));
  CHECK_FALSE(needs_rehash(hash, cost));
  CHECK(needs_rehash(hash, {.memory_kib = 128, .passes = 1}));
}

TEST_CASE(
    "guessing a password is slowed per account and network, and the owner elsewhere is not locked out") {
  LoginThrottle throttle;
  Monotonic now{0};
  for (int i = 0; i < LoginThrottle::pair_policy.free_attempts; ++i) {
    CHECK(throttle.begin("claire@mte.fr", "203.0.113.0/24", now));
  }
  auto refused = throttle.begin("claire@mte.fr", "203.0.113.0/24", now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(reasons::login_throttled));
  CHECK(refused.error().retry_after_ms == LoginThrottle::pair_policy.first_delay_ms);
  CHECK(throttle.begin("claire@mte.fr", "198.51.100.0/24", now));
  CHECK(throttle.begin("karim@mte.fr", "203.0.113.0/24", now));

  now = now + millis_us(refused.error().retry_after_ms);
  CHECK(throttle.begin("claire@mte.fr", "203.0.113.0/24", now));
  auto doubled = throttle.begin("claire@mte.fr", "203.0.113.0/24", now);
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error().retry_after_ms == 2 * LoginThrottle::pair_policy.first_delay_ms);

  // Success forgets; so does an hour of silence.
  now = now + millis_us(doubled.error().retry_after_ms);
  CHECK(throttle.begin("claire@mte.fr", "203.0.113.0/24", now));
  throttle.succeeded("claire@mte.fr", "203.0.113.0/24");
  CHECK(throttle.begin("claire@mte.fr", "203.0.113.0/24", now));
}

TEST_CASE(
    "one network guessing at many accounts is slowed, and a valid account of its own does not reset it") {
  LoginThrottle throttle;
  Monotonic now{0};
  for (int i = 0; i < LoginThrottle::network_policy.free_attempts; ++i) {
    CHECK(throttle.begin("person" + std::to_string(i), "203.0.113.0/24", now));
  }
  throttle.succeeded("person1", "203.0.113.0/24");
  CHECK(throttle.begin("someone", "203.0.113.0/24", now + seconds_us(1)));
  CHECK_FALSE(throttle.begin("other", "203.0.113.0/24", now + seconds_us(1)));
  CHECK(throttle.begin("other", "192.0.2.0/24", now + seconds_us(1)));
}

TEST_CASE("networks are shortened before they are remembered") {
  CHECK(network_prefix("203.0.113.7") == "203.0.113.0/24");
  CHECK(network_prefix("::ffff:203.0.113.7") == "203.0.113.0/24");
  CHECK(network_prefix("2001:db8:1:2:3:4:5:6") == "2001:db8:1::/48");
  CHECK(network_prefix("2001:db8::1") == "2001:db8::/48");
  CHECK(network_prefix("::1") == "::/48");
}

TEST_CASE("kind and administration follow from the address, and from the administrations' domains") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto agent = create(house, "claire.vasseur@dreal.mte.example.fr");
    auto outside = create(house, "jeanne@cabinet.example");
    CHECK(house.people->find(agent)->kind == PersonKind::agent);
    CHECK(house.people->find(outside)->kind == PersonKind::external);
    CHECK(house.people->find(agent)->handle == "claire.vasseur-dreal.mte.example.fr");
    Administration added;
    added.name = "Cabinet";
    added.domains = {"cabinet.example"};
    CHECK(house.run(house.people->create_administration(added, {})));
    CHECK(house.people->find(outside)->kind == PersonKind::agent);
    CHECK(reason_of(house.run(house.people->create_administration(added, {}))) == "domain_taken");
    house.reload();
    CHECK(house.people->find(outside)->kind == PersonKind::agent);
    CHECK(house.people->by_email("JEANNE@cabinet.example")->id == outside);
    CHECK(house.people->by_handle("jeanne-cabinet.example")->id == outside);
  });
}

TEST_CASE("two accounts never share an address, nor a handle") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto first = create(house, "a+b@mte.example.fr");
    auto second = create(house, "a_b@mte.example.fr");
    CHECK(house.people->find(first)->handle == "a_b-mte.example.fr");
    CHECK(house.people->find(second)->handle == "a_b-mte.example.fr-2");
    CHECK(reason_of(house.run(house.people->create({.email = "A+B@mte.example.fr", .display_name = "X"},
                                                   {}))) == "email_taken");
    CHECK(reason_of(house.run(house.people->change(second, {.email = "a+b@mte.example.fr"}, {}))) ==
          "email_taken");
    CHECK(house.people->find(second)->email == "a_b@mte.example.fr");
  });
}

TEST_CASE("a wrong password, an unknown account and a suspended one say the same") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto id = create(house, "claire@mte.example.fr");
    auto check = [&](std::string email, std::string_view password) {
      return reason_of(
          house.run(house.people->check_password(std::move(email), std::string(password), "192.0.2.1")));
    };
    CHECK(check("Claire@mte.example.fr", good_password) == "");
    CHECK(check("claire@mte.example.fr", "faux") == "credentials_wrong");
    CHECK(check("personne@mte.example.fr", good_password) == "credentials_wrong");
    CHECK(check("pas une adresse", good_password) == "credentials_wrong");
    CHECK(house.run(house.people->change(id, {.state = PersonState::suspended}, {})));
    CHECK(check("claire@mte.example.fr", good_password) == "credentials_wrong");
  });
}

TEST_CASE("a password hash of an older cost is renewed at sign-in") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    create(house, "claire@mte.example.fr");
    Events events;
    auto dearer = house.run(load_people(at.env(), at.database(), events, {.memory_kib = 128, .passes = 1}));
    REQUIRE(dearer);
    CHECK(house.run(
        (*dearer)->check_password("claire@mte.example.fr", std::string(good_password), "192.0.2.1")));
    static const store::Statement hash{"test.hash", "select password_hash from person where email = $1"};
    auto rows = house.run(at.database().read(
        [](store::Reader& reader) { return reader.query(hash, "claire@mte.example.fr"); }));
    CHECK(rows->text(0, 0).find("m=128,") != std::string_view::npos);
    CHECK(house.run(
        (*dearer)->check_password("claire@mte.example.fr", std::string(good_password), "192.0.2.1")));
  });
}

TEST_CASE("an invitation opens one account, once, within fourteen days") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto inviter = create(house, "claire@mte.example.fr");
    auto invited = house.run(house.people->invite("Jeanne@Cabinet.example", inviter));
    REQUIRE(invited);
    CHECK_FALSE(invited->token.empty());
    CHECK(house.people->find(invited->person)->state == PersonState::invited);
    auto again = house.run(house.people->invite("jeanne@cabinet.example", inviter));
    CHECK(again->person == invited->person);

    auto seen = house.run(house.people->invitation(invited->token));
    REQUIRE(seen);
    CHECK(seen->inviter == inviter);
    auto accept = [&](const std::string& token, std::string_view password) {
      return reason_of(
          house.run(house.people->accept_invitation(token, "Jeanne Martel", std::string(password))));
    };
    CHECK(accept("x" + invited->token, good_password) == "invitation_invalid");
    CHECK(accept(invited->token, "court") == "password_weak");
    CHECK(accept(invited->token, good_password) == "");
    CHECK(house.people->find(invited->person)->state == PersonState::active);
    CHECK(house.people->find(invited->person)->display_name == "Jeanne Martel");
    CHECK(accept(invited->token, good_password) == "invitation_invalid");
    CHECK(accept(again->token, good_password) == "invitation_invalid");
    CHECK(house.run(house.people->invite("jeanne@cabinet.example", inviter))->token.empty());
    CHECK(reason_of(house.run(house.people->check_password("jeanne@cabinet.example",
                                                           std::string(good_password), "192.0.2.1"))) == "");
  });
}

TEST_CASE("the directory finds by the start of any word, without accents, and hides who asked for it") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto helene = create(house, "helene.moreau@mte.example.fr");
    CHECK(house.run(house.people->change(
        helene, {.display_name = "Hélène Moreau-Petit", .title = "Directrice de projet"}, helene)));
    auto found = [&](std::string_view text) { return house.people->search(text, 10).size(); };
    CHECK(found("hel") == 1);
    CHECK(found("petit HÉL") == 1);
    CHECK(found("direc mor") == 1);
    CHECK(found("oreau") == 0);
    CHECK(found("  ") == 0);
    CHECK(house.run(house.people->change(helene, {.hidden = true}, helene)));
    CHECK(found("hel") == 0);
  });
}

TEST_CASE("the last active administrator can be neither demoted nor suspended") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto first = house.administrator("claire").person;
    CHECK(reason_of(house.run(house.people->change(first, {.state = PersonState::suspended}, first))) ==
          "last_administrator");
    house.administrator("karim");
    CHECK(house.run(house.people->change(first, {.instance_role = InstanceRole::none}, first)));
  });
}

}  // namespace parvis
