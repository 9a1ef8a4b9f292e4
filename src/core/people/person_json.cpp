#include "core/people/person_json.h"

namespace parvis {
namespace {

void write_brief_fields(json::Writer& out, const People& people, const Person& person,
                        std::string_view server_name) {
  out.field("id", person.id.text())
      .field("name", person.display_name)
      .field("matrix_id", matrix_id(person, server_name))
      .field("kind", person.kind == PersonKind::agent ? "agent" : "external");
  if (auto* administration = people.administration(person.administration))
    out.field("administration", administration->short_name);
  if (!person.title.empty()) out.field("title", person.title);
}

}  // namespace

std::string matrix_id(const Person& person, std::string_view server_name) {
  return "@" + person.handle + ":" + std::string(server_name);
}

void write_person_brief(json::Writer& out, const People& people, PersonId id, std::string_view server_name) {
  out.begin_object();
  if (auto* person = people.find(id))
    write_brief_fields(out, people, *person, server_name);
  else
    out.field("id", id.text()).field("name", "Ancien membre").field("matrix_id", "").field("kind", "agent");
  out.end_object();
}

void write_person(json::Writer& out, const People& people, const Person& person,
                  std::string_view server_name) {
  out.begin_object();
  write_person_fields(out, people, person, server_name);
  out.end_object();
}

void write_person_fields(json::Writer& out, const People& people, const Person& person,
                         std::string_view server_name) {
  write_brief_fields(out, people, person, server_name);
  out.field("email", person.email)
      .field("given_name", person.given_name)
      .field("family_name", person.family_name);
  if (!person.phone.empty()) out.field("phone", person.phone);
}

}  // namespace parvis
