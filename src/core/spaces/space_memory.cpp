#include "core/spaces/space_memory.h"

#include <algorithm>

#include "base/utf8.h"

namespace parvis {

const SpaceMemory::Entry* SpaceMemory::entry(SpaceId id) const {
  auto found = spaces_.find(id);
  return found == spaces_.end() ? nullptr : &found->second;
}

const Space* SpaceMemory::find(SpaceId id) const {
  auto* found = entry(id);
  return found ? &found->space : nullptr;
}

const Space* SpaceMemory::by_slug(std::string_view slug) const {
  auto found = slugs_.find(std::string(slug));
  return found == slugs_.end() ? nullptr : find(found->second);
}

const Membership* SpaceMemory::membership(SpaceId space, PersonId person) const {
  auto* found = entry(space);
  if (!found) return nullptr;
  auto member = found->members.find(person);
  return member == found->members.end() ? nullptr : &member->second;
}

std::vector<Membership> SpaceMemory::members(SpaceId space) const {
  std::vector<Membership> out;
  if (auto* found = entry(space))
    for (const auto& [person, member] : found->members) out.push_back(member);
  std::ranges::sort(out, [](const Membership& a, const Membership& b) {
    return a.since != b.since ? a.since < b.since : a.person < b.person;
  });
  return out;
}

size_t SpaceMemory::member_count(SpaceId space) const {
  auto* found = entry(space);
  return found ? found->members.size() : 0;
}

size_t SpaceMemory::animator_count(SpaceId space) const {
  auto* found = entry(space);
  if (!found) return 0;
  return static_cast<size_t>(std::ranges::count_if(
      found->members, [](const auto& pair) { return pair.second.role == Role::animator; }));
}

std::vector<Membership> SpaceMemory::memberships_of(PersonId person) const {
  std::vector<Membership> out;
  auto found = by_person_.find(person);
  if (found == by_person_.end()) return out;
  for (SpaceId space : found->second) out.push_back(*membership(space, person));
  return out;
}

std::vector<const Space*> SpaceMemory::all() const {
  std::vector<const Entry*> entries;
  entries.reserve(spaces_.size());
  for (const auto& [id, found] : spaces_) entries.push_back(&found);
  std::ranges::sort(entries, [](const Entry* a, const Entry* b) {
    return a->folded_name != b->folded_name ? a->folded_name < b->folded_name : a->space.id < b->space.id;
  });
  std::vector<const Space*> out;
  out.reserve(entries.size());
  for (auto* found : entries) out.push_back(&found->space);
  return out;
}

std::vector<JoinRequest> SpaceMemory::requests(SpaceId space) const {
  std::vector<JoinRequest> out;
  if (auto* found = entry(space))
    for (const auto& [person, request] : found->requests) out.push_back(request);
  std::ranges::sort(out, [](const JoinRequest& a, const JoinRequest& b) {
    return a.at != b.at ? a.at < b.at : a.person < b.person;
  });
  return out;
}

const JoinRequest* SpaceMemory::request(SpaceId space, PersonId person) const {
  auto* found = entry(space);
  if (!found) return nullptr;
  auto request = found->requests.find(person);
  return request == found->requests.end() ? nullptr : &request->second;
}

bool SpaceMemory::share_a_space(PersonId a, PersonId b) const {
  auto found = by_person_.find(a);
  return found != by_person_.end() &&
         std::ranges::any_of(found->second, [&](SpaceId space) { return membership(space, b) != nullptr; });
}

void SpaceMemory::put(Space space) {
  auto& slot = spaces_[space.id];
  slot.folded_name = utf8::fold(space.name);
  slugs_[space.slug] = space.id;
  slot.space = std::move(space);
}

void SpaceMemory::put(Membership membership) {
  auto& members = spaces_[membership.space].members;
  if (members.insert_or_assign(membership.person, membership).second)
    by_person_[membership.person].push_back(membership.space);
}

void SpaceMemory::put(JoinRequest request) {
  auto& requests = spaces_[request.space].requests;
  auto person = request.person;
  requests.insert_or_assign(person, std::move(request));
}

void SpaceMemory::remove_membership(SpaceId space, PersonId person) {
  if (spaces_[space].members.erase(person)) std::erase(by_person_[person], space);
}

void SpaceMemory::remove_request(SpaceId space, PersonId person) { spaces_[space].requests.erase(person); }

}  // namespace parvis
