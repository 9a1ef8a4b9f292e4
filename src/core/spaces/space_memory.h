#pragma once
// Spaces in memory, with the indexes that requests need. No rules here, no I/O: spaces.cpp decides, this
// remembers.
#include <string>
#include <unordered_map>
#include <vector>

#include "core/spaces/space.h"

namespace parvis {

class SpaceMemory {
 public:
  const Space* find(SpaceId id) const;
  const Space* by_slug(std::string_view slug) const;
  const Membership* membership(SpaceId space, PersonId person) const;
  std::vector<Membership> members(SpaceId space) const;  // oldest first
  size_t member_count(SpaceId space) const;
  size_t animator_count(SpaceId space) const;
  std::vector<Membership> memberships_of(PersonId person) const;
  std::vector<const Space*> all() const;  // by name, folded
  std::vector<JoinRequest> requests(SpaceId space) const;
  const JoinRequest* request(SpaceId space, PersonId person) const;
  bool share_a_space(PersonId a, PersonId b) const;

  void put(Space space);
  void put(Membership membership);
  void put(JoinRequest request);
  void remove_membership(SpaceId space, PersonId person);
  void remove_request(SpaceId space, PersonId person);

 private:
  struct Entry {
    Space space;
    std::string folded_name;
    std::unordered_map<PersonId, Membership> members;
    std::unordered_map<PersonId, JoinRequest> requests;
  };
  const Entry* entry(SpaceId id) const;
  std::unordered_map<SpaceId, Entry> spaces_;
  std::unordered_map<std::string, SpaceId> slugs_;
  std::unordered_map<PersonId, std::vector<SpaceId>> by_person_;
};

}  // namespace parvis
