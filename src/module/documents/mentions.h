#pragma once
// People named in a comment. A comment is plain text in which a person is written @[Name](person id).
#include <string>
#include <vector>

#include "base/id.h"

namespace parvis {

class People;

/// The persons named, each once, in their order.
std::vector<PersonId> mentioned_people(std::string_view comment);
/// What people read: "@Name" where somebody is named.
std::string plain_comment(std::string_view comment);
/// The same comment with everybody named as the house knows them; unknown people become plain text.
std::string with_known_names(std::string_view comment, const People& people);

}  // namespace parvis
