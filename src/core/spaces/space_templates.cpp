#include "core/spaces/space_templates.h"

#include <array>

namespace parvis {
namespace {

constexpr std::array<std::string_view, 2> practice_rooms{"Général", "Entraide"};
constexpr std::array<std::string_view, 3> network_rooms{"Général", "Actualités", "Questions"};
constexpr std::array<std::string_view, 1> committee_rooms{"Séances"};
constexpr std::array<std::string_view, 2> project_rooms{"Général", "Points d’équipe"};
constexpr std::array<std::string_view, 1> small_project_rooms{"Général"};

constexpr std::array templates{
    SpaceTemplate{"communaute-de-pratique",
                  SpaceKind::community,
                  {"Communauté de pratique", "Community of practice"},
                  {"Des agents d’un même métier échangent, s’entraident et documentent ce qu’ils savent.",
                   "People of one trade talk, help each other and write down what they know."},
                  Visibility::closed,
                  Joining::approval,
                  practice_rooms},
    SpaceTemplate{
        "reseau",
        SpaceKind::community,
        {"Réseau ouvert", "Open network"},
        {"Un réseau que tout agent peut lire et rejoindre.", "A network that every agent can read and join."},
        Visibility::open,
        Joining::free,
        network_rooms},
    SpaceTemplate{"comite",
                  SpaceKind::community,
                  {"Comité restreint", "Restricted committee"},
                  {"Un groupe sur invitation, qui n’apparaît pas dans l’annuaire.",
                   "A group by invitation, absent from the directory."},
                  Visibility::secret,
                  Joining::invitation,
                  committee_rooms},
    SpaceTemplate{"projet",
                  SpaceKind::project,
                  {"Projet d’équipe", "Team project"},
                  {"Une équipe, un objectif, une échéance.", "A team, an aim, a deadline."},
                  Visibility::closed,
                  Joining::approval,
                  project_rooms},
    SpaceTemplate{"projet-restreint",
                  SpaceKind::project,
                  {"Projet confidentiel", "Confidential project"},
                  {"Un projet que seules les personnes invitées connaissent.",
                   "A project known to invited people only."},
                  Visibility::secret,
                  Joining::invitation,
                  small_project_rooms},
};

}  // namespace

std::span<const SpaceTemplate> space_templates() { return templates; }

const SpaceTemplate& space_template(std::string_view id, SpaceKind kind) {
  for (const auto& candidate : templates)
    if (candidate.id == id && candidate.kind == kind) return candidate;
  return kind == SpaceKind::community ? templates[0] : templates[3];
}

}  // namespace parvis
