#pragma once
// What can go wrong with a space, in the words people read.
#include "base/error.h"

namespace parvis::space_reasons {

inline constexpr Reason name_missing{Code::invalid, "space_name_missing", "Donnez un nom à cet espace.",
                                     "Give this space a name."};
inline constexpr Reason name_too_long{Code::invalid, "space_name_too_long",
                                      "Le nom d’un espace tient en 80 caractères.",
                                      "A space’s name fits in 80 characters."};
inline constexpr Reason description_too_long{Code::invalid, "space_description_too_long",
                                             "La description tient en 2 000 caractères.",
                                             "The description fits in 2,000 characters."};
inline constexpr Reason message_too_long{Code::invalid, "join_message_too_long",
                                         "Le message tient en 500 caractères.",
                                         "The message fits in 500 characters."};
inline constexpr Reason already_member{Code::conflict, "already_member",
                                       "Cette personne est déjà membre de l’espace.",
                                       "This person is already a member of the space."};
inline constexpr Reason by_invitation{Code::forbidden, "joining_by_invitation",
                                      "On rejoint cet espace sur invitation de ses animateurs.",
                                      "This space is joined by invitation of its animators."};
inline constexpr Reason no_request{Code::not_found, "no_join_request", "Cette demande n’existe plus.",
                                   "This request no longer exists."};
inline constexpr Reason last_animator{
    Code::conflict, "last_animator",
    "Un espace garde au moins un animateur : confiez-le d’abord à un autre membre.",
    "A space keeps at least one animator: hand it over to another member first."};
inline constexpr Reason externals_closed{
    Code::forbidden, "space_closed_to_externals",
    "Cet espace n’est pas ouvert aux personnes externes. Un animateur peut l’ouvrir ; c’est irréversible.",
    "This space is not open to external people. An animator can open it; this cannot be undone."};
inline constexpr Reason external_role{
    Code::forbidden, "external_role",
    "Une personne externe est invitée, visiteuse ou contributrice ; elle n’anime pas un espace.",
    "An external person can be guest, visitor or contributor; they do not animate a space."};
inline constexpr Reason open_irreversible{Code::conflict, "already_open_to_externals",
                                          "Cet espace est déjà ouvert aux personnes externes.",
                                          "This space is already open to external people."};
inline constexpr Reason not_member{Code::not_found, "member_not_found",
                                   "Cette personne n’est pas membre de l’espace.",
                                   "This person is not a member of the space."};
inline constexpr Reason space_full{Code::conflict, "space_full", "Cet espace a atteint 20 000 membres.",
                                   "This space has reached 20,000 members."};
inline constexpr Reason too_many_spaces{Code::conflict, "too_many_spaces",
                                        "Cette personne est déjà membre de 1 000 espaces.",
                                        "This person is already a member of 1,000 spaces."};
inline constexpr Reason already_decided{Code::conflict, "already_decided",
                                        "Cette demande a déjà reçu une réponse.",
                                        "This request has already been answered."};
inline constexpr Reason visibility_of_externals{
    Code::conflict, "open_space_externals",
    "Un espace ouvert à tous les agents ne s’ouvre pas aux personnes externes ; rendez-le fermé d’abord.",
    "A space open to every agent cannot be opened to external people; make it closed first."};

}  // namespace parvis::space_reasons
