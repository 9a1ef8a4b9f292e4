#pragma once
// What the chat refuses, in words for people.
#include "base/error.h"

namespace parvis::chat::reasons {

using namespace parvis::reasons;

inline constexpr Reason external_no_rooms{Code::forbidden, "external_no_rooms",
                                          "Les personnes externes ne créent pas de conversation.",
                                          "External people do not create conversations."};
inline constexpr Reason external_not_admitted{Code::forbidden, "external_not_admitted",
                                              "Ce salon n’est pas ouvert aux personnes externes.",
                                              "This room is not open to external people."};
inline constexpr Reason external_no_power{Code::forbidden, "external_no_power",
                                          "Une personne externe ne peut pas administrer un salon.",
                                          "An external person cannot administer a room."};
inline constexpr Reason direct_two_people{Code::forbidden, "direct_two_people",
                                          "Une conversation directe réunit exactement deux personnes.",
                                          "A direct conversation has exactly two people."};
inline constexpr Reason direct_no_settings{Code::forbidden, "direct_no_settings",
                                           "Une conversation directe n’a ni nom, ni sujet, ni image.",
                                           "A direct conversation has no name, topic or picture."};
inline constexpr Reason forum_no_encryption{
    Code::forbidden, "forum_no_encryption",
    "Un forum est lisible par tous les agents : il ne se chiffre pas.",
    "A forum is read by every agent: it cannot be encrypted."};
inline constexpr Reason rule_irreversible{Code::forbidden, "access_rule_irreversible",
                                          "Cette règle d’accès ne peut plus changer.",
                                          "This access rule cannot change any more."};
inline constexpr Reason managed_by_space{Code::forbidden, "managed_by_space",
                                         "Ce réglage suit l’espace auquel le salon appartient.",
                                         "This setting follows the space the room belongs to."};
inline constexpr Reason user_unknown{Code::not_found, "user_unknown", "Cette personne n’a pas de compte ici.",
                                     "This person has no account here."};
inline constexpr Reason room_name_needed{Code::invalid, "room_name_needed",
                                         "Donnez un nom à ce salon (200 caractères au plus).",
                                         "Give this room a name (200 characters at most)."};
inline constexpr Reason too_many_rooms{Code::forbidden, "too_many_rooms",
                                       "Cet espace a déjà le nombre maximal de salons.",
                                       "This space already has the maximum number of rooms."};

}  // namespace parvis::chat::reasons
