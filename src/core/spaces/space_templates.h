#pragma once
// What a new space starts with. Texts in both languages; rooms are made by the chat module from the
// template's id.
#include <span>
#include <string_view>

#include "core/spaces/space.h"

namespace parvis {

struct TextPair {
  std::string_view fr, en;
  std::string_view in(std::string_view language) const { return language == "en" ? en : fr; }
};

struct SpaceTemplate {
  std::string_view id;
  SpaceKind kind;
  TextPair name, description;
  Visibility visibility;
  Joining joining;
  std::span<const std::string_view> rooms;  // French names, as rooms are named once for everybody
};

std::span<const SpaceTemplate> space_templates();
/// The template of that id, or the first of the kind.
const SpaceTemplate& space_template(std::string_view id, SpaceKind kind);

}  // namespace parvis
