#pragma once
// The data of the demonstration, in French as its people would have written it.
#include <span>
#include <string_view>

#include "core/spaces/space.h"

namespace parvis::demo {

struct DemoAdministration {
  std::string_view name, short_name, domain;
};
inline constexpr DemoAdministration administrations[] = {
    {"Ministère de la Transition écologique", "Transition écologique", "transition.example"},
    {"Préfecture de la Loire-Atlantique", "Préfecture 44", "pref44.example"},
    {"Agence nationale du logement public", "ANLP", "anlp.example"},
};

struct DemoPerson {
  std::string_view given_name, family_name, email, title, phone;
};
// The first is the administrator; the last two come from outside.
inline constexpr DemoPerson people[] = {
    {"Claire", "Vasseur", "claire.vasseur@transition.example", "Cheffe du bureau de la simplification",
     "01 99 00 12 01"},
    {"Karim", "Benali", "karim.benali@transition.example", "Chargé de mission démarches en ligne",
     "01 99 00 12 02"},
    {"Hélène", "Moreau", "helene.moreau@transition.example", "Directrice de projet", "01 99 00 12 03"},
    {"Thomas", "Le Gall", "thomas.legall@transition.example", "Juriste", "01 99 00 12 04"},
    {"Aïssatou", "Diallo", "aissatou.diallo@transition.example", "Référente accessibilité numérique",
     "01 99 00 12 05"},
    {"Paul", "Girard", "paul.girard@transition.example", "Responsable des systèmes d’information",
     "01 99 00 12 06"},
    {"Inès", "Caron", "ines.caron@transition.example", "Chargée de communication interne", "01 99 00 12 07"},
    {"Marc", "Lefèvre", "marc.lefevre@transition.example", "Conseiller mobilité durable", ""},
    {"Sophie", "Nguyen", "sophie.nguyen@transition.example", "Data analyste", "01 99 00 12 09"},
    {"Julien", "Roche", "julien.roche@transition.example", "Chargé d’études climat", ""},
    {"Élodie", "Petit", "elodie.petit@transition.example", "Assistante de direction", "01 99 00 12 11"},
    {"Nadia", "Haddad", "nadia.haddad@pref44.example", "Secrétaire générale adjointe", "02 99 00 44 01"},
    {"Yann", "Kervella", "yann.kervella@pref44.example", "Chef du service de la coordination",
     "02 99 00 44 02"},
    {"Lucie", "Fontaine", "lucie.fontaine@pref44.example", "Gestionnaire des titres", "02 99 00 44 03"},
    {"Benoît", "Chauvin", "benoit.chauvin@pref44.example", "Conseiller numérique", "02 99 00 44 04"},
    {"Mireille", "Asselin", "mireille.asselin@pref44.example", "Responsable de l’accueil du public",
     "02 99 00 44 05"},
    {"Olivier", "Tessier", "olivier.tessier@pref44.example", "Chargé de la sécurité civile", ""},
    {"Fatou", "Sarr", "fatou.sarr@pref44.example", "Instructrice", ""},
    {"Antoine", "Delmas", "antoine.delmas@anlp.example", "Directeur de l’innovation", "01 99 00 75 01"},
    {"Camille", "Royer", "camille.royer@anlp.example", "Cheffe de produit", "01 99 00 75 02"},
    {"Samir", "Oukacha", "samir.oukacha@anlp.example", "Développeur", ""},
    {"Margaux", "Lambert", "margaux.lambert@anlp.example", "Designer de services", "01 99 00 75 04"},
    {"Victor", "Aubry", "victor.aubry@anlp.example", "Chargé de déploiement", ""},
    {"Jeanne", "Martel", "jeanne.martel@cabinet-alba.example", "Consultante en accessibilité",
     "06 99 00 10 01"},
    {"Hugo", "Besson", "hugo.besson@association-lien.example", "Coordinateur associatif", ""},
};
inline constexpr size_t first_external = 23;

struct DemoMember {
  size_t person;  // index in `people`
  Role role;
};
struct DemoSpace {
  SpaceKind kind;
  std::string_view template_id, name, description;
  Visibility visibility;
  Joining joining;
  bool externals;
  size_t owner;
  std::span<const DemoMember> members;
  std::span<const size_t> asking;  // requests to join
};

inline constexpr DemoMember simplification[] = {
    {1, Role::contributor},  {2, Role::contributor}, {3, Role::contributor},
    {4, Role::contributor},  {6, Role::contributor}, {11, Role::animator},
    {13, Role::contributor}, {15, Role::visitor},    {19, Role::contributor}};
inline constexpr size_t simplification_asking[] = {8, 17};
inline constexpr DemoMember telework[] = {
    {0, Role::contributor},  {1, Role::contributor},  {4, Role::contributor},  {5, Role::contributor},
    {7, Role::contributor},  {8, Role::contributor},  {9, Role::contributor},  {10, Role::contributor},
    {12, Role::contributor}, {14, Role::contributor}, {18, Role::contributor}, {21, Role::contributor}};
inline constexpr DemoMember accessibility[] = {{0, Role::contributor}, {5, Role::contributor},
                                               {14, Role::visitor},    {20, Role::contributor},
                                               {21, Role::animator},   {23, Role::contributor}};
inline constexpr size_t accessibility_asking[] = {15};
inline constexpr DemoMember data_network[] = {{5, Role::contributor},
                                              {9, Role::contributor},
                                              {12, Role::visitor},
                                              {18, Role::contributor},
                                              {20, Role::contributor}};
inline constexpr DemoMember crisis[] = {{12, Role::contributor}, {16, Role::contributor}, {2, Role::visitor}};
inline constexpr DemoMember counter[] = {{13, Role::contributor}, {14, Role::contributor},
                                         {15, Role::contributor}, {1, Role::contributor},
                                         {19, Role::visitor},     {24, Role::guest}};
inline constexpr DemoMember renovation[] = {{19, Role::animator},    {20, Role::contributor},
                                            {21, Role::contributor}, {22, Role::contributor},
                                            {9, Role::visitor},      {1, Role::contributor}};
inline constexpr DemoMember seminar[] = {
    {0, Role::contributor}, {6, Role::contributor}, {10, Role::animator}};

inline constexpr DemoSpace spaces[] = {
    {SpaceKind::community, "communaute-de-pratique", "Simplification des démarches",
     "Rendre les formulaires plus courts et les courriers plus clairs. Partage de méthodes, relectures "
     "croisées, retours des guichets.",
     Visibility::closed, Joining::approval, false, 0, simplification, simplification_asking},
    {SpaceKind::community,
     "reseau",
     "Télétravail et bureaux partagés",
     "Bonnes pratiques, matériel, lieux de passage : toutes les questions du travail à distance.",
     Visibility::open,
     Joining::free,
     false,
     6,
     telework,
     {}},
    {SpaceKind::community, "communaute-de-pratique", "Accessibilité numérique",
     "Audits, formations et entraide pour des services utilisables par tout le monde.", Visibility::closed,
     Joining::approval, true, 4, accessibility, accessibility_asking},
    {SpaceKind::community,
     "reseau",
     "Réseau données",
     "Catalogues, jeux de données ouverts, outils d’analyse.",
     Visibility::open,
     Joining::free,
     false,
     8,
     data_network,
     {}},
    {SpaceKind::community,
     "comite",
     "Cellule de veille hydrologique",
     "Suivi des crues et coordination des astreintes.",
     Visibility::secret,
     Joining::invitation,
     false,
     11,
     crisis,
     {}},
    {SpaceKind::project,
     "projet",
     "Guichet unique de la préfecture",
     "Un seul accueil pour les titres, les aides et les associations. Ouverture prévue au printemps.",
     Visibility::closed,
     Joining::approval,
     true,
     12,
     counter,
     {}},
    {SpaceKind::project,
     "projet",
     "Mon logement rénové",
     "Le parcours en ligne des aides à la rénovation, de la simulation au versement.",
     Visibility::closed,
     Joining::approval,
     false,
     18,
     renovation,
     {}},
    {SpaceKind::project,
     "projet-restreint",
     "Séminaire des cadres",
     "Programme, invitations et logistique de la journée de septembre.",
     Visibility::secret,
     Joining::invitation,
     false,
     2,
     seminar,
     {}},
};

/// A community that waits for the administrators' answer.
inline constexpr std::string_view requested_name = "Mobilités du quotidien";
inline constexpr std::string_view requested_description =
    "Plans de mobilité, covoiturage entre sites, forfait mobilités durables.";
inline constexpr size_t requested_by = 7;

}  // namespace parvis::demo
