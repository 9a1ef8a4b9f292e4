#pragma once
// The rules that may() names, with the sentences that explain them to people and to the audit.
#include "core/access/may.h"

namespace parvis::rules {

inline constexpr Rule system{"system", "Le service agit de lui-même.", "The service acts by itself."};
inline constexpr Rule animator{"animator", "Les animateurs de cet espace ont ce droit.",
                               "This space’s animators have this right."};
inline constexpr Rule contributor{"contributor", "Les contributeurs de cet espace ont ce droit.",
                                  "This space’s contributors have this right."};
inline constexpr Rule visitor{"visitor", "Les visiteurs de cet espace ont ce droit.",
                              "This space’s visitors have this right."};
inline constexpr Rule guest{"guest", "Les invités de cet espace ont ce droit.",
                            "This space’s guests have this right."};
inline constexpr Rule open_space{"open_space", "Cet espace est ouvert à tous les agents.",
                                 "This space is open to every agent."};
inline constexpr Rule listed_space{"listed_space", "Tous les agents trouvent cet espace dans l’annuaire.",
                                   "Every agent finds this space in the directory."};
inline constexpr Rule own{"own", "Cet élément est le vôtre.", "This is your own."};
inline constexpr Rule participant{"participant", "Les participants de cette conversation ont ce droit.",
                                  "This conversation’s participants have this right."};
inline constexpr Rule agent{"agent", "Tous les agents ont ce droit.", "Every agent has this right."};
inline constexpr Rule administrator{"administrator", "Les administrateurs du service ont ce droit.",
                                    "The service’s administrators have this right."};
inline constexpr Rule auditor{"auditor", "Les auditeurs du service ont ce droit.",
                              "The service’s auditors have this right."};
inline constexpr Rule shared_space{"shared_space", "Vous avez un espace en commun.",
                                   "You have a space in common."};
inline constexpr Rule requester{"requester", "Vous avez demandé la création de cet espace.",
                                "You asked for this space."};
inline constexpr Rule automation_key{"automation_key", "Une clé d’automatisation donne ce droit.",
                                     "A key for automation gives this right."};

inline constexpr Rule unknown{"unknown", "Introuvable, ou réservé à d’autres personnes.",
                              "Not found, or reserved to other people."};
inline constexpr Rule role_too_low{"role_too_low", "Votre rôle dans cet espace ne le permet pas.",
                                   "Your role in this space does not allow it."};
inline constexpr Rule not_a_member{"not_a_member", "C’est réservé aux membres de cet espace.",
                                   "This is for members of this space."};
inline constexpr Rule external_refused{"external_refused",
                                       "Ce droit n’est pas ouvert aux personnes externes.",
                                       "This right is not open to external people."};
inline constexpr Rule archived{"archived", "Cet espace est archivé : il se lit encore, mais ne change plus.",
                               "This space is archived: it can be read, not changed."};
inline constexpr Rule awaiting_approval{"awaiting_approval", "Cette communauté attend encore sa validation.",
                                        "This community still awaits approval."};
inline constexpr Rule not_yours{"not_yours", "Cet élément appartient à une autre personne.",
                                "This belongs to somebody else."};
inline constexpr Rule administrators_only{"administrators_only",
                                          "C’est réservé aux administrateurs du service.",
                                          "This is for the service’s administrators."};
inline constexpr Rule inactive{"inactive", "Ce compte n’est pas actif.", "This account is not active."};

}  // namespace parvis::rules
