#pragma once
#include "core/context.h"
#include "module/spaces/service.h"

namespace parvis {

/// /api/v1/spaces…: the directory and one space (routes.cpp), its members and requests (member_routes.cpp),
/// what waits for a person (home_routes.cpp).
void add_space_routes(Context& context, SpacesService& service);
void add_member_routes(Context& context, SpacesService& service);
void add_home_routes(Context& context);

/// The body's text field, trimmed; missing_field names it.
Result<std::string> required_text(const json::Value& body, std::string_view field);

inline constexpr size_t page_size = 100;

}  // namespace parvis
