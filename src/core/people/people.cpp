#include "core/people/people.h"

#include "base/utf8.h"
#include "core/people/directory.h"
#include "core/people/email.h"
#include "core/people/login_throttle.h"
#include "core/people/people_store.h"
#include "core/people/reasons.h"
#include "core/secret.h"
#include "platform/log.h"

namespace parvis {
namespace {

constexpr size_t max_name_bytes = 200;
constexpr size_t max_email_text_bytes = 320;
constexpr size_t max_domains = 50;
constexpr int max_handle_attempts = 100;
constexpr int64_t invitation_ms = int64_t{14} * 24 * 3600 * 1000;
// What an unknown account is checked against, so that it costs the same.
constexpr std::string_view nobody_password = "parvis: no such account";

std::string optional_id(PersonId id) { return id.empty() ? std::string() : id.text(); }

std::string name_from_email(std::string_view email) {
  std::string name(email.substr(0, email.find('@')));
  bool start = true;
  for (char& c : name) {
    if (c == '.' || c == '_') c = ' ';
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    start = c == ' ' || c == '-';
  }
  return name;
}

Result<void> check_text(std::optional<std::string>& text) {
  if (!text) return {};
  if (!utf8::valid(*text)) return fail(reasons::malformed, "text is not UTF-8");
  text = std::string(utf8::trim(*text));
  if (text->size() > max_name_bytes) return fail(reasons::text_too_long);
  for (char c : *text) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return fail(reasons::malformed, "control character");
  }
  return {};
}

Result<void> check_changes(People::Changes& changes) {
  for (auto* text :
       {&changes.display_name, &changes.given_name, &changes.family_name, &changes.title, &changes.phone}) {
    TRY(check_text(*text));
  }
  if (changes.display_name && changes.display_name->empty()) return fail(reasons::name_missing);
  if (changes.language && changes.language != "fr" && changes.language != "en")
    return fail(reasons::language_unknown);
  if (changes.email) {
    auto email = normalise_email(*changes.email);
    if (!email) return fail(reasons::email_malformed);
    changes.email = *email;
  }
  return {};
}

void apply(const People::Changes& changes, Person& person) {
  if (changes.display_name) person.display_name = *changes.display_name;
  if (changes.given_name) person.given_name = *changes.given_name;
  if (changes.family_name) person.family_name = *changes.family_name;
  if (changes.title) person.title = *changes.title;
  if (changes.phone) person.phone = *changes.phone;
  if (changes.language) person.language = *changes.language;
  if (changes.email) person.email = *changes.email;
  if (changes.hidden) person.hidden = *changes.hidden;
  if (changes.state) person.state = *changes.state;
  if (changes.instance_role) person.instance_role = *changes.instance_role;
}

class StoredPeople final : public People {
 public:
  StoredPeople(Env& env, store::Database& database, Events& events, PasswordCost cost)
      : env_(env), database_(database), events_(events), cost_(cost) {}

  Task<Result<void>> load();

  const Person* find(PersonId id) const override { return directory_.find(id); }
  const Person* by_email(std::string_view email) const override { return directory_.by_email(email); }
  const Person* by_handle(std::string_view handle) const override { return directory_.by_handle(handle); }
  const Administration* administration(AdministrationId id) const override {
    return directory_.administration(id);
  }
  std::vector<const Administration*> administrations() const override { return directory_.administrations(); }
  const Administration* administration_of_email(std::string_view email) const override {
    return directory_.administration_of_email(email);
  }
  std::vector<const Person*> search(std::string_view text, size_t limit) const override {
    return directory_.search(text, limit);
  }
  size_t count() const override { return directory_.count(); }
  std::vector<const Person*> all() const override { return directory_.all(); }

  Task<Result<PersonId>> create(NewPerson person, PersonId actor) override;
  Task<Result<void>> change(PersonId person, Changes changes, PersonId actor) override;
  Task<Result<PersonId>> check_password(std::string email, std::string password,
                                        std::string network) override;
  Task<Result<void>> set_password(PersonId person, std::string password, PersonId actor) override;
  Task<Result<AdministrationId>> create_administration(Administration administration,
                                                       PersonId actor) override;
  Task<Result<void>> change_administration(Administration administration, PersonId actor) override;
  Task<Result<Invitation>> invite(std::string email, PersonId inviter) override;
  Task<Result<InvitationSeen>> invitation(std::string token) override;
  Task<Result<PersonId>> accept_invitation(std::string token, std::string display_name,
                                           std::string password) override;

 private:
  Task<Result<std::string>> hash(std::string password);
  Task<Result<void>> insert(Person person, std::string password_hash, PersonId actor);
  Task<Result<void>> put_administration(Administration administration, PersonId actor, std::string_view kind);
  std::string free_handle(std::string_view email) const;
  Result<void> check_administration(Administration& administration) const;

  Env& env_;
  store::Database& database_;
  Events& events_;
  PasswordCost cost_;
  Directory directory_;
  LoginThrottle throttle_;
  std::string nobody_hash_;
};

Task<Result<void>> StoredPeople::load() {
  struct Everything {
    std::vector<Person> people;
    std::vector<Administration> administrations;
  };
  auto everything = CO_TRY(co_await database_.read([](store::Reader& reader) -> Result<Everything> {
    auto people = TRY(people_store::load_people(reader));
    return Everything{std::move(people), TRY(people_store::load_administrations(reader))};
  }));
  for (auto& administration : everything.administrations) directory_.put(std::move(administration));
  for (auto& person : everything.people) directory_.put(std::move(person));
  nobody_hash_ = CO_TRY(co_await hash(std::string(nobody_password)));
  co_return Result<void>();
}

Task<Result<std::string>> StoredPeople::hash(std::string password) {
  PasswordSalt salt;
  env_.random.fill(salt);
  auto hashed = CO_TRY(co_await env_.cpu.run(
      [password = std::move(password), salt, cost = cost_] { return hash_password(password, salt, cost); }));
  if (hashed.empty()) co_return fail(reasons::unavailable, "no memory for argon2", 1000);
  co_return hashed;
}

std::string StoredPeople::free_handle(std::string_view email) const {
  for (int attempt = 1; attempt < max_handle_attempts; ++attempt) {
    std::string handle = handle_of_email(email, attempt);
    if (!directory_.by_handle(handle)) return handle;
  }
  return handle_of_email(email, 1) + "-" + std::to_string(env_.random.number());
}

Task<Result<void>> StoredPeople::insert(Person person, std::string password_hash, PersonId actor) {
  CO_TRY(co_await database_.write(
      [person, hash = std::move(password_hash), actor](store::Transaction& transaction) -> Result<int64_t> {
        TRY(people_store::insert_person(transaction, person, hash));
        return transaction.publish(
            {.kind = person.state == PersonState::invited ? "person.invited" : "person.created",
             .actor = optional_id(actor),
             .space = "",
             .subject = person.id.text(),
             .payload = "",
             .rule = ""});
      }));
  PersonId id = person.id;
  directory_.put(std::move(person));
  events_.person.tell({id});
  co_return Result<void>();
}

Task<Result<PersonId>> StoredPeople::create(NewPerson wanted, PersonId actor) {
  Changes checked{.display_name = wanted.display_name,
                  .given_name = wanted.given_name,
                  .family_name = wanted.family_name,
                  .title = wanted.title,
                  .phone = wanted.phone,
                  .email = wanted.email,
                  .state = wanted.state,
                  .instance_role = wanted.instance_role};
  CO_TRY(check_changes(checked));
  if (directory_.by_email(*checked.email)) co_return fail(reasons::email_taken);
  std::string password_hash;
  if (!wanted.password.empty()) {
    CO_TRY(check_password_rules(wanted.password, *checked.email));
    password_hash = CO_TRY(co_await hash(std::move(wanted.password)));
  }
  Person person;
  person.id = env_.new_id<PersonId>();
  person.handle = free_handle(*checked.email);
  person.created_at = env_.clock.now();
  apply(checked, person);
  PersonId id = person.id;
  CO_TRY(co_await insert(std::move(person), std::move(password_hash), actor));
  co_return id;
}

Task<Result<void>> StoredPeople::change(PersonId id, Changes changes, PersonId actor) {
  CO_TRY(check_changes(changes));
  const Person* before = directory_.find(id);
  if (!before) co_return fail(reasons::not_found);
  bool was_administrator =
      before->instance_role == InstanceRole::administrator && before->state == PersonState::active;
  bool loses_role = changes.instance_role && *changes.instance_role != InstanceRole::administrator;
  bool loses_state = changes.state && *changes.state != PersonState::active;
  if (was_administrator && (loses_role || loses_state) && directory_.administrators() <= 1) {
    co_return fail(reasons::last_administrator);
  }
  CO_TRY(co_await database_.write([id, changes, actor](store::Transaction& transaction) -> Result<int64_t> {
    TRY(people_store::update_person(transaction, id, changes));
    std::string_view kind = "person.changed";
    if (changes.instance_role) kind = "person.instance_role_changed";
    if (changes.state == PersonState::active) kind = "person.reactivated";
    if (changes.state == PersonState::suspended) kind = "person.suspended";
    if (changes.state == PersonState::deactivated) kind = "person.deactivated";
    return transaction.publish({.kind = kind,
                                .actor = optional_id(actor),
                                .space = "",
                                .subject = id.text(),
                                .payload = "",
                                .rule = ""});
  }));
  // Read again: another change may have been applied meanwhile.
  if (const Person* now = directory_.find(id)) {
    Person person = *now;
    apply(changes, person);
    directory_.put(std::move(person));
    events_.person.tell({id});
  }
  co_return Result<void>();
}

Task<Result<PersonId>> StoredPeople::check_password(std::string email, std::string password,
                                                    std::string network) {
  if (email.size() > max_email_text_bytes || password.size() > max_password_bytes) {
    co_return fail(reasons::credentials_wrong);
  }
  std::string account = normalise_email(email).value_or("");
  std::string prefix = network_prefix(network);
  if (auto begun = throttle_.begin(account, prefix, env_.loop.now()); !begun) {
    log_event(Level::warning, "login.throttled",
              {{"network", prefix}, {"retry_ms", begun.error().retry_after_ms}});
    co_return std::unexpected(begun.error());
  }
  PersonId id;
  if (const Person* person = directory_.by_email(account); person && person->state == PersonState::active)
    id = person->id;
  // The same query and the same hash for nobody.
  std::string stored = CO_TRY(co_await database_.read([id](store::Reader& reader) -> Result<std::string> {
    return people_store::password_hash(reader, id);
  }));
  bool exists = !stored.empty();
  if (!exists) stored = nobody_hash_;
  bool right =
      CO_TRY(co_await env_.cpu.run([password, stored] { return verify_password(password, stored); }));
  const Person* person = directory_.find(id);
  if (!right || !exists || !person || person->state != PersonState::active) {
    log_event(Level::info, "login.refused", {{"network", prefix}});
    co_return fail(reasons::credentials_wrong);
  }
  throttle_.succeeded(account, prefix);
  if (needs_rehash(stored, cost_)) {
    if (auto fresh = co_await hash(std::move(password))) {
      // A failure here only postpones the upgrade to the next sign-in.
      (void)co_await database_.write([id, fresh = *fresh](store::Transaction& transaction) -> Result<void> {
        return people_store::set_password_hash(transaction, id, fresh);
      });
    }
  }
  co_return id;
}

Task<Result<void>> StoredPeople::set_password(PersonId id, std::string password, PersonId actor) {
  const Person* person = directory_.find(id);
  if (!person) co_return fail(reasons::not_found);
  CO_TRY(check_password_rules(password, person->email));
  std::string hashed = CO_TRY(co_await hash(std::move(password)));
  CO_TRY(co_await database_.write([id, hashed, actor](store::Transaction& transaction) -> Result<int64_t> {
    TRY(people_store::set_password_hash(transaction, id, hashed));
    return transaction.publish({.kind = "person.password_changed",
                                .actor = optional_id(actor),
                                .space = "",
                                .subject = id.text(),
                                .payload = "",
                                .rule = ""});
  }));
  co_return Result<void>();
}

Result<void> StoredPeople::check_administration(Administration& administration) const {
  std::optional<std::string> name = administration.name, short_name = administration.short_name;
  TRY(check_text(name));
  TRY(check_text(short_name));
  if (name->empty()) return fail(reasons::name_missing);
  administration.name = *name;
  administration.short_name = short_name->empty() ? *name : *short_name;
  if (administration.domains.size() > max_domains) return fail(reasons::domain_malformed, "too many domains");
  for (auto& domain : administration.domains) {
    auto normal = normalise_domain(domain);
    if (!normal) return fail(reasons::domain_malformed, domain);
    domain = *normal;
    for (auto* other : directory_.administrations()) {
      if (other->id == administration.id) continue;
      for (auto& taken : other->domains) {
        if (taken == domain) return fail(reasons::domain_taken, domain);
      }
    }
  }
  return {};
}

Task<Result<void>> StoredPeople::put_administration(Administration administration, PersonId actor,
                                                    std::string_view kind) {
  CO_TRY(check_administration(administration));
  CO_TRY(co_await database_.write(
      [administration, actor, kind = std::string(kind)](store::Transaction& transaction) -> Result<int64_t> {
        TRY(people_store::put_administration(transaction, administration));
        return transaction.publish({.kind = kind,
                                    .actor = optional_id(actor),
                                    .space = "",
                                    .subject = administration.id.text(),
                                    .payload = "",
                                    .rule = ""});
      }));
  for (PersonId person : directory_.put(std::move(administration))) events_.person.tell({person});
  co_return Result<void>();
}

Task<Result<AdministrationId>> StoredPeople::create_administration(Administration administration,
                                                                   PersonId actor) {
  administration.id = env_.new_id<AdministrationId>();
  AdministrationId id = administration.id;
  CO_TRY(co_await put_administration(std::move(administration), actor, "administration.created"));
  co_return id;
}

Task<Result<void>> StoredPeople::change_administration(Administration administration, PersonId actor) {
  if (!directory_.administration(administration.id)) co_return fail(reasons::not_found);
  co_return co_await put_administration(std::move(administration), actor, "administration.changed");
}

Task<Result<People::Invitation>> StoredPeople::invite(std::string email, PersonId inviter) {
  auto normal = normalise_email(email);
  if (!normal) co_return fail(reasons::email_malformed);
  const Person* known = directory_.by_email(*normal);
  if (known && known->state != PersonState::invited) co_return Invitation{known->id, {}};
  PersonId id = known ? known->id : PersonId();
  if (!known) {
    Person person;
    person.id = id = env_.new_id<PersonId>();
    person.handle = free_handle(*normal);
    person.email = *normal;
    person.display_name = name_from_email(*normal);
    person.state = PersonState::invited;
    person.created_at = env_.clock.now();
    CO_TRY(co_await insert(std::move(person), {}, inviter));
  }
  std::string token = new_secret(env_.random);
  people_store::InvitationRow row{hash_secret(token), id, inviter};
  Instant expires_at = env_.clock.now() + invitation_ms;
  CO_TRY(co_await database_.write([row, expires_at](store::Transaction& transaction) -> Result<void> {
    return people_store::insert_invitation(transaction, row, expires_at);
  }));
  co_return Invitation{id, std::move(token)};
}

Task<Result<People::InvitationSeen>> StoredPeople::invitation(std::string token) {
  auto row = CO_TRY(
      co_await database_.read([hash = hash_secret(token), now = env_.clock.now()](store::Reader& reader) {
        return people_store::find_invitation(reader, hash, now);
      }));
  co_return InvitationSeen{row.person, row.inviter};
}

Task<Result<PersonId>> StoredPeople::accept_invitation(std::string token, std::string display_name,
                                                       std::string password) {
  Changes changes{.display_name = std::move(display_name), .state = PersonState::active};
  CO_TRY(check_changes(changes));
  auto seen = CO_TRY(co_await invitation(token));
  const Person* invited = directory_.find(seen.person);
  if (!invited) co_return fail(reasons::invitation_invalid);
  CO_TRY(check_password_rules(password, invited->email));
  std::string hashed = CO_TRY(co_await hash(std::move(password)));
  CO_TRY(co_await database_.write([hash = hash_secret(token), now = env_.clock.now(), changes,
                                   hashed](store::Transaction& transaction) -> Result<int64_t> {
    auto row = TRY(people_store::find_invitation(transaction, hash, now));
    TRY(people_store::use_invitation(transaction, hash, now));
    TRY(people_store::update_person(transaction, row.person, changes));
    TRY(people_store::set_password_hash(transaction, row.person, hashed));
    return transaction.publish({.kind = "person.joined",
                                .actor = row.person.text(),
                                .space = "",
                                .subject = row.person.text(),
                                .payload = "",
                                .rule = "invitation"});
  }));
  if (const Person* now = directory_.find(seen.person)) {
    Person person = *now;
    apply(changes, person);
    directory_.put(std::move(person));
    events_.person.tell({seen.person});
  }
  co_return seen.person;
}

}  // namespace

Task<Result<std::unique_ptr<People>>> load_people(Env& env, store::Database& database, Events& events,
                                                  PasswordCost cost) {
  auto people = std::make_unique<StoredPeople>(env, database, events, cost);
  CO_TRY(co_await people->load());
  co_return std::unique_ptr<People>(std::move(people));
}

}  // namespace parvis
