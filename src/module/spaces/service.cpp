#include "module/spaces/service.h"

#include <fmt/format.h>

#include "module/spaces/addresses.h"

namespace parvis {
namespace {

constexpr Reason address_malformed{Code::invalid, "address_malformed",
                                   "Ce n’est pas une adresse de messagerie.",
                                   "This is not an e-mail address."};

Mail invitation_mail(const Configuration& configuration, const Space& space, const Person& inviter,
                     const std::string& address, const std::string& token) {
  return {
      address, fmt::format("{} vous invite dans « {} »", inviter.display_name, space.name),
      fmt::format("Bonjour,\n\n{} vous invite à rejoindre « {} » sur {}.\n\n"
                  "Pour accepter et choisir votre mot de passe, ouvrez cette adresse dans les 14 jours :\n"
                  "{}/invitation?token={}\n\nCette adresse est personnelle : ne la transférez pas.\n",
                  inviter.display_name, space.name, configuration.instance_name, configuration.public_url,
                  token)};
}

}  // namespace

std::string_view language_of(const Context& context, const Actor& actor) {
  auto* person = context.people.find(actor.person);
  return person && person->language == "en" ? "en" : "fr";
}

Task<std::vector<SpacesService::Line>> SpacesService::add_by_address(Actor actor, SpaceId space,
                                                                     std::string pasted, Role role) {
  std::vector<Line> lines;
  for (auto& address : parse_addresses(pasted))
    lines.push_back(co_await add_one(actor, space, std::move(address), role));
  co_return lines;
}

Task<SpacesService::Line> SpacesService::add_one(Actor actor, SpaceId space_id, std::string address,
                                                 Role role) {
  Line line{.address = address, .outcome = "refused", .person = {}, .error = std::nullopt};
  auto refuse = [&](Error error) {
    line.error = std::move(error);
    return line;
  };
  if (!plausible_address(address)) co_return refuse(Error(address_malformed));
  auto* known = context_.people.by_email(address);
  bool external =
      known ? known->kind == PersonKind::external : !context_.people.administration_of_email(address);
  // Decided before an account is made: a refused invitation leaves nothing behind.
  auto allowed = context_.access.require(
      actor, external ? Action::member_invite_external : Action::member_add, Object::of_space(space_id));
  if (!allowed) co_return refuse(allowed.error());
  auto* space = context_.spaces.find(space_id);
  if (external && !space->open_to_externals) {
    static constexpr Reason closed{
        Code::forbidden, "space_closed_to_externals",
        "Cette adresse est extérieure à l’administration, et cet espace n’est pas ouvert aux personnes "
        "externes.",
        "This address is outside the administration, and this space is not open to external people."};
    co_return refuse(Error(closed));
  }
  if (external && role == Role::animator) role = Role::guest;
  std::optional<Mail> mail;
  if (known) {
    line.person = known->id;
    if (context_.spaces.membership(space_id, known->id)) {
      line.outcome = "already";
      co_return line;
    }
  }
  if (!known || known->state == PersonState::invited) {
    auto invited = co_await context_.people.invite(address, actor.person);
    if (!invited) co_return refuse(invited.error());
    line.person = invited->person;
    auto* inviter = context_.people.find(actor.person);
    space = context_.spaces.find(space_id);
    if (!invited->token.empty() && inviter)
      mail = invitation_mail(context_.configuration, *space, *inviter, address, invited->token);
  }
  bool pending = mail.has_value();
  auto added = co_await context_.spaces.set_member(actor, space_id, line.person, role, std::move(mail));
  if (!added) co_return refuse(added.error());
  line.outcome = pending ? "invited" : "added";
  co_return line;
}

}  // namespace parvis
