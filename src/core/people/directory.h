#pragma once
// The people and administrations in memory, with their indexes. No database, no rules: People keeps those.
// Loop thread only.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/people/person.h"

namespace parvis {

class Directory {
 public:
  const Person* find(PersonId id) const;
  const Person* by_email(std::string_view email) const;  // any case
  const Person* by_handle(std::string_view handle) const;
  const Administration* administration(AdministrationId id) const;
  std::vector<const Administration*> administrations() const;  // by name
  const Administration* administration_of_email(std::string_view email) const;
  /// A scan of folded text: 100,000 people are some 10 MB, a few milliseconds.
  std::vector<const Person*> search(std::string_view text, size_t limit) const;
  std::vector<const Person*> all() const;  // by display name
  size_t count() const { return people_.size(); }
  size_t administrators() const;  // active ones

  /// Adds or replaces; kind and administration are derived from the address here.
  void put(Person person);
  /// Adds or replaces, and derives everybody again; returns those who changed.
  std::vector<PersonId> put(Administration administration);

 private:
  struct Entry {
    Person person;
    std::string words;  // " claire vasseur claire.vasseur@mte.example.fr cheffe de projet", folded, each word
                        // after a blank
    std::string sort_key;
  };
  void derive(Person& person) const;
  std::unordered_map<PersonId, std::unique_ptr<Entry>> people_;
  std::unordered_map<std::string, PersonId> by_email_, by_handle_;
  std::unordered_map<AdministrationId, std::unique_ptr<Administration>> administrations_;
  std::unordered_map<std::string, AdministrationId> by_domain_;
};

}  // namespace parvis
