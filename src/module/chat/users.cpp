#include "module/chat/users.h"

#include "engine/matrix/identifiers.h"

namespace parvis::chat {

Users::Users(const Context& context, Log& log) : context_(context), log_(log) {}

void Users::load(const event_store::Loaded& loaded) {
  for (auto& row : loaded.users) {
    CHECK(row.number == static_cast<int64_t>(users_.size()) + 1);
    User& user = users_.emplace_back();
    user.number = row.number;
    user.user_id = row.user_id;
    user.person = row.person;
    user.avatar_url = row.avatar_url;
    user.rules = interner_.default_rules();
    by_id_.emplace(user.user_id, &user);
    if (!user.person.empty()) by_person_.emplace(user.person, &user);
  }
  for (auto& [number, text] : loaded.push_rules) {
    auto ruleset = mx::PushRuleset::from_storage(text);
    if (ruleset) set_rules(at(number), std::make_unique<mx::PushRuleset>(std::move(*ruleset)));
  }
  for (auto& [number, position] : loaded.account_data) at(number).account_data_position = position;
  for (auto& [number, position] : loaded.to_device) at(number).to_device_position = position;
  for (auto& [number, position] : loaded.device_lists) at(number).device_list_position = position;
  auto house_id = mx::make_user_id(house_localpart, context_.configuration.server_name);
  auto found = by_id_.find(house_id);
  house_ = found == by_id_.end() ? &add(house_id, {}) : found->second;
}

User& Users::add(std::string user_id, PersonId person) {
  User& user = users_.emplace_back();
  user.number = static_cast<int64_t>(users_.size());
  user.user_id = std::move(user_id);
  user.person = person;
  user.rules = interner_.default_rules();
  by_id_.emplace(user.user_id, &user);
  if (!person.empty()) by_person_.emplace(person, &user);
  log_.add([number = user.number, id = user.user_id,
            text = person.empty() ? std::string() : person.text()](store::Transaction& transaction) {
    return event_store::insert_user(transaction, number, id, text);
  });
  return user;
}

User& Users::of(PersonId person) {
  auto found = by_person_.find(person);
  if (found != by_person_.end()) return *found->second;
  const Person* known = context_.people.find(person);
  CHECK(known);
  return add(user_id(*known), person);
}

User* Users::find(std::string_view user_id) {
  auto found = by_id_.find(user_id);
  if (found != by_id_.end()) return found->second;
  auto parts = mx::parse_user_id(user_id);
  if (!parts || parts->server != context_.configuration.server_name) return nullptr;
  const Person* known = context_.people.by_handle(parts->localpart);
  return known ? &of(known->id) : nullptr;
}

const Person* Users::person(const User& user) const {
  return user.person.empty() ? nullptr : context_.people.find(user.person);
}

std::string Users::display_name(const User& user) const {
  if (&user == house_) return context_.configuration.instance_name;
  const Person* known = person(user);
  return known ? known->display_name : std::string(mx::localpart_of(user.user_id));
}

bool Users::is_external(const User& user) const {
  const Person* known = person(user);
  return known && known->kind == PersonKind::external;
}

Actor Users::actor(const User& user) const {
  return user.person.empty() ? Actor::system() : Actor{user.person};
}

std::string Users::user_id(const Person& person) const {
  return mx::make_user_id(person.handle, context_.configuration.server_name);
}

void Users::set_rules(User& user, std::unique_ptr<mx::PushRuleset> ruleset) {
  if (!ruleset || ruleset->is_default()) {
    user.ruleset.reset();
    user.rules = interner_.default_rules();
    return;
  }
  user.rules = interner_.intern(*ruleset);
  user.ruleset = std::move(ruleset);
}

}  // namespace parvis::chat
