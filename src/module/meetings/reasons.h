#pragma once
#include "base/error.h"

namespace parvis::meeting_reasons {

inline constexpr Reason name{Code::invalid, "meeting_name",
                             "Donnez à cette réunion un nom de 200 octets au plus.",
                             "Give this meeting a name of 200 bytes at most."};
inline constexpr Reason origin{Code::invalid, "meeting_origin",
                               "Une réunion naît d’un espace, d’un salon ou d’un document.",
                               "A meeting comes from a space, a room or a document."};
inline constexpr Reason too_many{Code::conflict, "meetings_too_many",
                                 "Cet espace a atteint son nombre maximal de réunions.",
                                 "This space has reached its largest number of meetings."};
inline constexpr Reason locked{Code::forbidden, "meeting_locked",
                               "La réunion est verrouillée : personne n’y entre plus.",
                               "The meeting is locked: nobody else may enter."};
inline constexpr Reason barred{Code::forbidden, "meeting_barred",
                               "Un animateur vous a exclu de cette réunion.",
                               "A host has excluded you from this meeting."};
inline constexpr Reason refused{Code::forbidden, "meeting_refused", "L’entrée vous a été refusée.",
                                "You have not been let in."};
inline constexpr Reason guest_link{Code::not_found, "meeting_guest_link",
                                   "Ce lien d’invitation n’est plus valable.",
                                   "This guest link is no longer valid."};
inline constexpr Reason guest_name{Code::invalid, "meeting_guest_name",
                                   "Indiquez votre nom, en 100 octets au plus.",
                                   "Tell your name, in 100 bytes at most."};
inline constexpr Reason waiting_full{Code::unavailable, "meeting_waiting_full",
                                     "Trop de personnes attendent déjà ; réessayez dans un instant.",
                                     "Too many people are waiting already; try again shortly."};
inline constexpr Reason token{Code::unauthenticated, "meeting_token",
                              "Le jeton d’accès est absent, périmé ou falsifié.",
                              "The access token is missing, expired or forged."};
inline constexpr Reason hosts_only{Code::forbidden, "meeting_hosts_only",
                                   "Seuls les animateurs de la réunion peuvent faire cela.",
                                   "Only the meeting's hosts may do this."};

}  // namespace parvis::meeting_reasons
