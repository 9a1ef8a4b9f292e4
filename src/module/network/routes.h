#pragma once
#include "core/context.h"
#include "core/network_policy/network_policy.h"

namespace parvis {

/// /.well-known/parvis-network-policy, /api/v1/admin/network-policy (policy_routes.cpp).
void add_policy_routes(Context& context, NetworkPolicy& policy);
/// /api/v1/network, /api/v1/me/network-exemption (own_routes.cpp).
void add_own_routes(Context& context, NetworkPolicy& policy);

}  // namespace parvis
