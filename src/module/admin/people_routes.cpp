#include <fmt/format.h>

#include "base/utf8.h"
#include "core/mailer.h"
#include "core/people/person_json.h"
#include "core/people/reasons.h"
#include "module/admin/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view state_names[] = {"invited", "active", "suspended", "deactivated"};
constexpr std::string_view role_names[] = {"none", "administrator", "auditor"};

template <class Enum, size_t count>
Result<std::optional<Enum>> parse_name(const json::Value& body, std::string_view field,
                                       const std::string_view (&names)[count]) {
  auto text = json::text(body, field);
  if (!text) return std::optional<Enum>();
  for (size_t i = 0; i < count; ++i) {
    if (names[i] == *text) return std::optional<Enum>(static_cast<Enum>(i));
  }
  return fail(reasons::malformed, std::string(field));
}

std::string text_or_empty(const json::Value& body, std::string_view field) {
  return std::string(json::text(body, field).value_or(""));
}

std::optional<std::string> optional_text(const json::Value& body, std::string_view field) {
  auto text = json::text(body, field);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

void write_admin_person(json::Writer& out, const Context& context, const Person& person) {
  out.begin_object();
  write_person_fields(out, context.people, person, context.configuration.server_name);
  out.field("state", state_names[static_cast<size_t>(person.state)])
      .field("instance_role", role_names[static_cast<size_t>(person.instance_role)])
      .field("created_at", person.created_at.ms)
      .end_object();
}

Response person_response(const Context& context, PersonId id, int status) {
  std::string body;
  json::Writer out(body);
  write_admin_person(out, context, *context.people.find(id));
  return Response::json(std::move(body), status);
}

bool matches(const Person& person, const std::string& folded) {
  return folded.empty() || utf8::fold(person.display_name).find(folded) != std::string::npos ||
         person.email.find(folded) != std::string::npos ||
         utf8::fold(person.title).find(folded) != std::string::npos;
}

Task<Result<Response>> list_people(Context& context, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::person_manage, Object::instance()));
  auto query = utf8::fold(utf8::trim(request.query_value("q").value_or("")));
  auto after = request.query_value("after").value_or("");
  std::string body, next;
  json::Writer out(body);
  out.begin_object().key("people").begin_array();
  bool skipping = !after.empty();
  size_t shown = 0;
  std::string last;
  for (const Person* person : context.people.all()) {
    if (skipping) {
      skipping = person->id.text() != after;
      continue;
    }
    if (!matches(*person, query)) continue;
    if (shown++ == admin_page_size) {
      next = last;
      break;
    }
    last = person->id.text();
    write_admin_person(out, context, *person);
  }
  out.end_array();
  if (!next.empty()) out.field("next", next);
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<void>> mail_invitation(Context& context, PersonId person, PersonId actor) {
  const Person* invited = context.people.find(person);
  auto invitation = CO_TRY(co_await context.people.invite(invited->email, actor));
  const Person* inviter = context.people.find(actor);
  invited = context.people.find(person);
  const auto& configuration = context.configuration;
  Mail mail{invited->email, fmt::format("Votre compte {}", configuration.instance_name),
            fmt::format("Bonjour {},\n\n{} vous ouvre un compte sur {}.\n\n"
                        "Pour choisir votre mot de passe, ouvrez cette adresse dans les 14 jours :\n"
                        "{}/invitation?token={}\n\nCette adresse est personnelle : ne la transférez pas.\n",
                        invited->display_name, inviter ? inviter->display_name : configuration.instance_name,
                        configuration.instance_name, configuration.public_url, invitation.token)};
  auto* mailer = &context.mailer;
  co_return co_await context.database.write(
      [mailer, mail](store::Transaction& transaction) { return mailer->queue(transaction, mail); });
}

Task<Result<Response>> create_person(Context& context, Request& request) {
  auto actor = actor_of(request);
  CO_TRY(context.access.require(actor, Action::person_manage, Object::instance()));
  auto body = CO_TRY(co_await request.read_json(max_admin_body_bytes));
  auto role = CO_TRY(parse_name<InstanceRole>(body, "instance_role", role_names));
  People::NewPerson wanted{.email = text_or_empty(body, "email"),
                           .display_name = text_or_empty(body, "name"),
                           .given_name = text_or_empty(body, "given_name"),
                           .family_name = text_or_empty(body, "family_name"),
                           .title = text_or_empty(body, "title"),
                           .phone = text_or_empty(body, "phone"),
                           .password = text_or_empty(body, "password"),
                           .instance_role = role.value_or(InstanceRole::none)};
  bool by_mail = wanted.password.empty();
  if (by_mail) wanted.state = PersonState::invited;
  PersonId id = CO_TRY(co_await context.people.create(std::move(wanted), actor.person));
  if (by_mail) CO_TRY(co_await mail_invitation(context, id, actor.person));
  co_return person_response(context, id, 201);
}

Task<Result<Response>> change_person(Context& context, Request& request) {
  auto actor = actor_of(request);
  CO_TRY(context.access.require(actor, Action::person_manage, Object::instance()));
  auto id = request.parameter_id<PersonId>("person");
  if (!id || !context.people.find(*id)) co_return fail(reasons::not_found);
  auto body = CO_TRY(co_await request.read_json(max_admin_body_bytes));
  People::Changes changes{
      .display_name = optional_text(body, "name"),
      .title = optional_text(body, "title"),
      .email = optional_text(body, "email"),
      .state = CO_TRY(parse_name<PersonState>(body, "state", state_names)),
      .instance_role = CO_TRY(parse_name<InstanceRole>(body, "instance_role", role_names))};
  if (changes.state == PersonState::invited) co_return fail(reasons::malformed, "state");
  bool anything =
      changes.display_name || changes.title || changes.email || changes.state || changes.instance_role;
  if (anything) CO_TRY(co_await context.people.change(*id, std::move(changes), actor.person));
  if (auto password = optional_text(body, "password")) {
    CO_TRY(co_await context.people.set_password(*id, std::move(*password), actor.person));
    CO_TRY(co_await context.sessions.end_all(*id, {}, actor.person));
  }
  co_return person_response(context, *id, 200);
}

}  // namespace

void add_admin_people_routes(Context& context) {
  auto& router = context.router;
  router.add("GET", "/api/v1/admin/people", admin_options,
             [&context](Request& request) { return list_people(context, request); });
  router.add("POST", "/api/v1/admin/people", admin_options,
             [&context](Request& request) { return create_person(context, request); });
  router.add("PATCH", "/api/v1/admin/people/{person}", admin_options,
             [&context](Request& request) { return change_person(context, request); });
}

}  // namespace parvis
