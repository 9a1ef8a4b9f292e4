#pragma once
// What an instance without anybody needs to be entered: an administrator, and how to sign in.
#include <optional>
#include <string>

#include "core/context.h"

namespace parvis {

struct NewAccount {
  std::string email, password;
};
/// Nullopt when somebody exists already.
Task<Result<std::optional<NewAccount>>> create_first_administrator(Context& context);

/// Four groups of four letters and digits that nobody confuses: some 80 bits.
std::string readable_password(Random& random);

/// An administration for the address's domain, unless one covers it.
Task<Result<void>> cover_domain(Context& context, std::string email, std::string name);

}  // namespace parvis
