#pragma once
// How people are written in the JSON API (web/src/lib/api/schema.ts: PersonBrief, Person).
#include "base/json.h"
#include "core/people/people.h"

namespace parvis {

/// "@handle:server"
std::string matrix_id(const Person& person, std::string_view server_name);
/// The whole object, braces included. An unknown id is written as a person who left ("Ancien membre").
void write_person_brief(json::Writer& out, const People& people, PersonId id, std::string_view server_name);
void write_person(json::Writer& out, const People& people, const Person& person,
                  std::string_view server_name);
/// The same without braces, so that a caller may add its own fields.
void write_person_fields(json::Writer& out, const People& people, const Person& person,
                         std::string_view server_name);

}  // namespace parvis
