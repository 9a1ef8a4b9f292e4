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
inline constexpr Reason guest_chat{Code::forbidden, "meeting_guest_chat",
                                   "La discussion n’est pas ouverte aux invités de cette réunion.",
                                   "The chat is not open to the guests of this meeting."};
inline constexpr Reason guest_text{Code::invalid, "meeting_guest_text",
                                   "Écrivez un message de 4 000 octets au plus.",
                                   "Write a message of 4,000 bytes at most."};
inline constexpr Reason hosts_only{Code::forbidden, "meeting_hosts_only",
                                   "Seuls les animateurs de la réunion peuvent faire cela.",
                                   "Only the meeting's hosts may do this."};
inline constexpr Reason key_name{Code::invalid, "meeting_key_name",
                                 "Donnez à cette clé un nom de 100 octets au plus.",
                                 "Give this key a name of 100 bytes at most."};
inline constexpr Reason key_expiry{Code::invalid, "meeting_key_expiry",
                                   "Une clé expire dans le futur, et dans dix ans au plus.",
                                   "A key expires in the future, within ten years."};
inline constexpr Reason keys_too_many{Code::conflict, "meeting_keys_too_many",
                                      "Il y a déjà trop de clés ; révoquez celles qui ne servent plus.",
                                      "There are too many keys already; revoke those no longer used."};
inline constexpr Reason key_scope{Code::forbidden, "meeting_key_scope",
                                  "Ce jeton n’accorde pas ce droit, ou pas pour cette réunion.",
                                  "This token does not grant this right, or not for this meeting."};
inline constexpr Reason bot_identity{Code::invalid, "meeting_bot_identity",
                                     "L’identité d’un automate compte de 1 à 80 octets lisibles.",
                                     "A bot's identity is 1 to 80 readable bytes."};
inline constexpr Reason webhook_url{
    Code::invalid, "meeting_webhook_url",
    "Indiquez une adresse https complète, ou http vers un réseau que l’exploitant autorise.",
    "Give a complete https address, or http to a network that the operator allows."};
inline constexpr Reason no_such_method{Code::not_found, "bad_route", "Cette méthode n’existe pas.",
                                       "There is no such method."};
inline constexpr Reason not_offered{Code::unavailable, "unimplemented",
                                    "Cette méthode n’est pas offerte par ce service.",
                                    "This method is not offered here."};
inline constexpr Reason remote_unmute{Code::precondition, "meeting_remote_unmute",
                                      "On n’ouvre pas le micro de quelqu’un à sa place.",
                                      "Nobody's microphone is opened in their place."};
inline constexpr Reason house_metadata{
    Code::forbidden, "meeting_house_metadata",
    "Le nom et les métadonnées d’un participant appartiennent au service ; utilisez les attributs.",
    "A participant's name and metadata belong to the house; use attributes."};

inline constexpr Reason poll_text{Code::invalid, "meeting_poll_text",
                                  "Posez une question de 500 octets au plus, avec 2 à 10 réponses "
                                  "différentes de 200 octets au plus.",
                                  "Ask a question of 500 bytes at most, with 2 to 10 different answers of "
                                  "200 bytes at most."};
inline constexpr Reason polls_too_many{Code::conflict, "meeting_polls_too_many",
                                       "Cette réunion a atteint son nombre maximal de sondages.",
                                       "This meeting has reached its largest number of polls."};
inline constexpr Reason poll_askers{Code::forbidden, "meeting_poll_askers",
                                    "Seuls les animateurs posent des questions dans cette réunion.",
                                    "Only the hosts ask questions in this meeting."};
inline constexpr Reason poll_not_yours{Code::forbidden, "meeting_poll_not_yours",
                                       "Ce sondage se règle par son auteur ou par un animateur.",
                                       "This poll is managed by its author or by a host."};
inline constexpr Reason poll_not_draft{Code::conflict, "meeting_poll_not_draft",
                                       "Ce sondage a déjà été ouvert.", "This poll has been opened already."};
inline constexpr Reason poll_not_open{Code::conflict, "meeting_poll_not_open", "Ce sondage n’est pas ouvert.",
                                      "This poll is not open."};
inline constexpr Reason poll_not_closed{Code::conflict, "meeting_poll_not_closed",
                                        "Ce sondage n’est pas encore clos.", "This poll is not closed yet."};
inline constexpr Reason poll_choice{Code::invalid, "meeting_poll_choice",
                                    "Choisissez parmi les réponses proposées.",
                                    "Choose among the answers offered."};
inline constexpr Reason poll_absent{Code::forbidden, "meeting_poll_absent",
                                    "Seules les personnes présentes dans la réunion votent.",
                                    "Only those present in the meeting vote."};
inline constexpr Reason breakouts_plan{
    Code::invalid, "meeting_breakouts_plan",
    "Prévoyez de 1 à 50 groupes, chacun avec un nom, pour 4 heures au plus.",
    "Plan 1 to 50 groups, each with a name, for 4 hours at most."};
inline constexpr Reason breakouts_open{Code::conflict, "meeting_breakouts_open",
                                       "Les groupes sont déjà ouverts.", "The groups are open already."};
inline constexpr Reason breakouts_none{Code::conflict, "meeting_breakouts_none",
                                       "La réunion n’est pas répartie en groupes.",
                                       "The meeting is not divided into groups."};
inline constexpr Reason breakouts_no_group{Code::not_found, "meeting_breakouts_no_group",
                                           "Ce groupe n’existe pas.", "There is no such group."};
inline constexpr Reason breakouts_not_yours{Code::forbidden, "meeting_breakouts_not_yours",
                                            "Un animateur vous a placé dans un autre groupe.",
                                            "A host has put you in another group."};
inline constexpr Reason breakouts_message{Code::invalid, "meeting_breakouts_message",
                                          "Écrivez un message de 1 000 octets au plus.",
                                          "Write a message of 1,000 bytes at most."};

}  // namespace parvis::meeting_reasons
