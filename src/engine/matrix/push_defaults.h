#pragma once
// The server-default push rules (module "Push Notifications", "Predefined Rules", specification 1.17 and
// later).
#include <vector>

#include "engine/matrix/push_rules.h"

namespace parvis::matrix {

/// In order of priority; only override_ and underride have any.
const std::vector<PushRule>& default_push_rules(RuleKind kind);

}  // namespace parvis::matrix
