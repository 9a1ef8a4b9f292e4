#pragma once
// Everybody a room may name: one User per person of the house, made the first time the chat meets them, and
// the house itself, a hidden user that creates the rooms of spaces and acts in them.
#include <deque>
#include <string_view>
#include <unordered_map>

#include "core/context.h"
#include "module/chat/log.h"
#include "module/chat/model.h"
#include "module/chat/store.h"

namespace parvis::chat {

inline constexpr std::string_view house_localpart = "parvis";

class Users {
 public:
  Users(const Context& context, Log& log);

  void load(const event_store::Loaded& loaded);
  User& house() { return *house_; }
  /// The User of a person, made on the spot (its row goes to the log).
  User& of(PersonId person);
  /// By Matrix user id; makes the User of a known person. nullptr: nobody of this house.
  User* find(std::string_view user_id);
  User& at(UserNumber number) { return users_[static_cast<size_t>(number - 1)]; }
  size_t count() const { return users_.size(); }
  std::deque<User>& all() { return users_; }

  const Person* person(const User& user) const;
  std::string display_name(const User& user) const;
  bool is_external(const User& user) const;
  Actor actor(const User& user) const;
  std::string user_id(const Person& person) const;

  /// Rules of a person; changes are interned so that equal rulesets share an evaluation.
  void set_rules(User& user, std::unique_ptr<mx::PushRuleset> ruleset);

 private:
  User& add(std::string user_id, PersonId person);
  const Context& context_;
  Log& log_;
  std::deque<User> users_;                             // stable addresses; number = index + 1
  std::unordered_map<std::string_view, User*> by_id_;  // keys point into the users
  std::unordered_map<PersonId, User*> by_person_;
  mx::RulesInterner interner_;
  User* house_ = nullptr;
};

}  // namespace parvis::chat
