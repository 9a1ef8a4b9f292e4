#pragma once
#include "core/context.h"
#include "core/http/request.h"

namespace parvis {

/// /api/v1/admin/people (people_routes.cpp).
void add_admin_people_routes(Context& context);
/// /api/v1/admin/administrations, /admin/community-requests, /admin/audit (house_routes.cpp).
void add_admin_house_routes(Context& context);

inline constexpr size_t admin_page_size = 100;
inline constexpr size_t max_admin_body_bytes = 32 << 10;
inline constexpr http::RouteOptions admin_options{.tool = "administration",
                                                  .max_body_bytes = max_admin_body_bytes};

}  // namespace parvis
