#pragma once
#include "base/error.h"

namespace parvis::policy_reasons {

inline constexpr Reason invalid{Code::invalid, "network_policy_invalid",
                                "La politique réseau comporte des erreurs ; elle n’est pas enregistrée.",
                                "The network policy has mistakes; it was not saved."};
inline constexpr Reason outdated{
    Code::conflict, "network_policy_outdated",
    "Quelqu’un a modifié la politique entre-temps : relisez-la avant d’enregistrer.",
    "Somebody changed the policy in the meantime: read it again before saving."};
inline constexpr Reason reason_needed{Code::invalid, "override_reason",
                                      "Dites en quelques mots pourquoi c’est urgent.",
                                      "Say in a few words why it is urgent."};
inline constexpr Reason no_override{Code::forbidden, "no_override",
                                    "La politique réseau ne permet pas de passer outre en ce moment.",
                                    "The network policy allows no exception now."};

// Of one field.
inline constexpr Reason wrong_type{Code::invalid, "wrong_type", "Cette valeur n’est pas du bon type.",
                                   "This value is of the wrong type."};
inline constexpr Reason unknown_field{Code::invalid, "unknown_field", "Ce champ n’existe pas.",
                                      "There is no such field."};
inline constexpr Reason too_many{Code::invalid, "too_many", "La liste est trop longue.",
                                 "The list is too long."};
inline constexpr Reason name{Code::invalid, "name", "Donnez un nom de 80 caractères au plus.",
                             "Give a name of at most 80 characters."};
inline constexpr Reason label{
    Code::invalid, "label", "Un réseau se nomme en minuscules sans accent, chiffres et tirets (30 au plus).",
    "A network is named in lower case letters, digits and hyphens (30 at most)."};
inline constexpr Reason range{Code::invalid, "range",
                              "Écrivez une plage d’adresses, par exemple 10.0.0.0/8 ou 2001:db8::/32.",
                              "Write a range of addresses, such as 10.0.0.0/8 or 2001:db8::/32."};
inline constexpr Reason days{Code::invalid, "days", "Choisissez au moins un jour de la semaine.",
                             "Choose at least one day of the week."};
inline constexpr Reason time{Code::invalid, "time", "Écrivez une heure entre 00:00 et 24:00.",
                             "Write a time between 00:00 and 24:00."};
inline constexpr Reason order{Code::invalid, "order", "La fin doit venir après le début.",
                              "The end must come after the beginning."};
inline constexpr Reason zone{Code::invalid, "zone",
                             "Ce fuseau horaire est inconnu ; par exemple Europe/Paris ou Indian/Reunion.",
                             "This time zone is unknown; for example Europe/Paris or Indian/Reunion."};
inline constexpr Reason date{Code::invalid, "date", "Écrivez une date, par exemple 2026-12-24.",
                             "Write a date, such as 2026-12-24."};
inline constexpr Reason mode{Code::invalid, "mode", "Choisissez full, low_video, audio_slides ou audio.",
                             "Choose full, low_video, audio_slides or audio."};
inline constexpr Reason above_ceiling{Code::invalid, "above_ceiling",
                                      "Le mode d’entrée ne peut pas dépasser le maximum.",
                                      "The mode at entry cannot be above the ceiling."};
inline constexpr Reason wait{Code::invalid, "wait",
                             "Seuls les envois lourds (bulk) et de fond (background) peuvent attendre.",
                             "Only bulk and background work may wait."};
inline constexpr Reason calendar{Code::invalid, "calendar", "Choisissez fr ou none.", "Choose fr or none."};

}  // namespace parvis::policy_reasons
