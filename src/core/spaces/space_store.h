#pragma once
// The SQL of spaces, named. Called inside transactions only.
#include "core/spaces/space.h"
#include "core/spaces/space_memory.h"
#include "store/database.h"

namespace parvis::space_store {

Result<void> load(store::Reader& reader, SpaceMemory& into);
Result<void> insert(store::Transaction& transaction, const Space& space);
Result<void> update(store::Transaction& transaction, const Space& space);
Result<void> put(store::Transaction& transaction, const Membership& membership);
Result<void> remove_membership(store::Transaction& transaction, SpaceId space, PersonId person);
Result<void> put(store::Transaction& transaction, const JoinRequest& request);
Result<void> remove_request(store::Transaction& transaction, SpaceId space, PersonId person);

}  // namespace parvis::space_store
