#include "core/people/directory.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "core/people/email.h"

namespace parvis {
namespace {

std::string searchable(const Person& person) {
  std::string words = " " + utf8::fold(person.display_name) + " " + utf8::fold(person.given_name) + " " +
                      utf8::fold(person.family_name) + " " + person.email + " " + utf8::fold(person.title);
  for (char& c : words) {
    if (c == '-' || c == '\'' || c == '.' || c == '(' || c == '/') c = ' ';
  }
  return words;
}

std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms;
  std::string folded = utf8::fold(text) + " ";
  std::string term = " ";
  for (char c : folded) {
    bool separator = c == ' ' || c == '-' || c == '\'' || c == '.' || c == '(' || c == '/' || c == ',';
    if (!separator) {
      term += c;
    } else if (term.size() > 1) {
      terms.push_back(std::exchange(term, " "));
    }
  }
  return terms;
}

}  // namespace

const Person* Directory::find(PersonId id) const {
  auto found = people_.find(id);
  return found == people_.end() ? nullptr : &found->second->person;
}

const Person* Directory::by_email(std::string_view email) const {
  auto normal = normalise_email(email);
  if (!normal) return nullptr;
  auto found = by_email_.find(*normal);
  return found == by_email_.end() ? nullptr : find(found->second);
}

const Person* Directory::by_handle(std::string_view handle) const {
  auto found = by_handle_.find(std::string(handle));
  return found == by_handle_.end() ? nullptr : find(found->second);
}

const Administration* Directory::administration(AdministrationId id) const {
  auto found = administrations_.find(id);
  return found == administrations_.end() ? nullptr : found->second.get();
}

std::vector<const Administration*> Directory::administrations() const {
  std::vector<const Administration*> out;
  for (auto& [id, administration] : administrations_) out.push_back(administration.get());
  std::ranges::sort(out, {}, [](auto* one) { return utf8::fold(one->name); });
  return out;
}

const Administration* Directory::administration_of_email(std::string_view email) const {
  auto normal = normalise_email(email);
  if (!normal) return nullptr;
  std::string_view domain = email_domain(*normal);
  while (!domain.empty()) {  // the most precise domain wins
    auto found = by_domain_.find(std::string(domain));
    if (found != by_domain_.end()) return administration(found->second);
    size_t dot = domain.find('.');
    if (dot == std::string_view::npos) return nullptr;
    domain.remove_prefix(dot + 1);
  }
  return nullptr;
}

std::vector<const Person*> Directory::search(std::string_view text, size_t limit) const {
  auto terms = terms_of(text);
  struct Hit {
    bool name_starts;
    const Entry* entry;
  };
  std::vector<Hit> hits;
  if (terms.empty() || limit == 0) return {};
  for (auto& [id, entry] : people_) {
    const Person& person = entry->person;
    if (person.state != PersonState::active || person.hidden) continue;
    bool all =
        std::ranges::all_of(terms, [&](auto& term) { return entry->words.find(term) != std::string::npos; });
    if (all) hits.push_back({entry->words.starts_with(terms[0]), entry.get()});
  }
  auto better = [](const Hit& a, const Hit& b) {
    if (a.name_starts != b.name_starts) return a.name_starts;
    return a.entry->sort_key < b.entry->sort_key;
  };
  size_t keep = std::min(limit, hits.size());
  std::ranges::partial_sort(hits, hits.begin() + static_cast<ptrdiff_t>(keep), better);
  std::vector<const Person*> out;
  for (size_t i = 0; i < keep; ++i) out.push_back(&hits[i].entry->person);
  return out;
}

std::vector<const Person*> Directory::all() const {
  std::vector<const Entry*> entries;
  entries.reserve(people_.size());
  for (auto& [id, entry] : people_) entries.push_back(entry.get());
  std::ranges::sort(entries, {}, [](auto* entry) -> const std::string& { return entry->sort_key; });
  std::vector<const Person*> out;
  out.reserve(entries.size());
  for (auto* entry : entries) out.push_back(&entry->person);
  return out;
}

size_t Directory::administrators() const {
  return static_cast<size_t>(std::ranges::count_if(people_, [](auto& item) {
    const Person& person = item.second->person;
    return person.state == PersonState::active && person.instance_role == InstanceRole::administrator;
  }));
}

void Directory::derive(Person& person) const {
  const Administration* administration = administration_of_email(person.email);
  person.kind = administration ? PersonKind::agent : PersonKind::external;
  person.administration = administration ? administration->id : AdministrationId();
}

void Directory::put(Person person) {
  derive(person);
  auto& slot = people_[person.id];
  if (slot) {
    by_email_.erase(slot->person.email);
    by_handle_.erase(slot->person.handle);
  } else {
    slot = std::make_unique<Entry>();
  }
  slot->words = searchable(person);
  slot->sort_key = utf8::fold(person.display_name) + "\n" + person.id.text();
  slot->person = std::move(person);
  by_email_[slot->person.email] = slot->person.id;
  by_handle_[slot->person.handle] = slot->person.id;
}

std::vector<PersonId> Directory::put(Administration administration) {
  auto& slot = administrations_[administration.id];
  if (!slot) slot = std::make_unique<Administration>();
  for (auto& domain : slot->domains) by_domain_.erase(domain);
  *slot = std::move(administration);
  for (auto& domain : slot->domains) by_domain_[domain] = slot->id;
  std::vector<PersonId> changed;
  for (auto& [id, entry] : people_) {
    auto before = entry->person.administration;
    derive(entry->person);
    if (entry->person.administration != before || before == slot->id) changed.push_back(id);
  }
  return changed;
}

}  // namespace parvis
