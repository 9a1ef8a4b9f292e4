#pragma once
// Matrix standard error responses (client-server API, "Standard error response"): what a failure looks like
// on the wire. Reasons below are those that only the Matrix door raises; every other Reason maps by its Code.
#include <string>
#include <string_view>

#include "base/result.h"

namespace parvis::matrix {

struct ErrorForm {
  int status;                // HTTP
  std::string_view errcode;  // "M_FORBIDDEN"; static storage
};

/// Never fails; an unknown Reason takes the errcode of its Code.
ErrorForm error_form(const Error& error);

/// {"errcode":…,"error":…} with retry_after_ms where the error states one. `error` is the English text of the
/// Reason, or the French one.
std::string error_json(const Error& error, bool french = false);

namespace errors {
inline constexpr Reason not_json{Code::invalid, "matrix_not_json", "La demande n’est pas du JSON.",
                                 "The request is not valid JSON."};
inline constexpr Reason bad_json{Code::invalid, "matrix_bad_json",
                                 "Le contenu JSON n’a pas la forme attendue.",
                                 "The JSON content does not have the expected form."};
inline constexpr Reason missing_param{Code::invalid, "matrix_missing_param", "Il manque une information.",
                                      "Some information is missing."};
inline constexpr Reason invalid_param{Code::invalid, "matrix_invalid_param",
                                      "Une information n’est pas valable.", "Some information is not valid."};
inline constexpr Reason unrecognized{Code::not_found, "matrix_unrecognized", "Cette adresse n’existe pas.",
                                     "This address does not exist."};
inline constexpr Reason missing_token{Code::unauthenticated, "matrix_missing_token",
                                      "Connectez-vous pour continuer.", "Sign in to continue."};
inline constexpr Reason unknown_token{Code::unauthenticated, "matrix_unknown_token",
                                      "Votre session a pris fin ; reconnectez-vous.",
                                      "Your session has ended; sign in again."};
inline constexpr Reason event_too_large{Code::too_large, "matrix_event_too_large",
                                        "Ce message est trop long.", "This message is too long."};
inline constexpr Reason unsupported_room_version{Code::invalid, "matrix_unsupported_room_version",
                                                 "Cette version de salon n’est pas prise en charge.",
                                                 "This room version is not supported."};
inline constexpr Reason incompatible_room_version{
    Code::invalid, "matrix_incompatible_room_version",
    "Ce salon demande une version que le service ne connaît pas.",
    "This room needs a version that the service does not know."};
inline constexpr Reason room_in_use{Code::invalid, "matrix_room_in_use",
                                    "Cette adresse de salon est déjà prise.",
                                    "This room address is already taken."};
inline constexpr Reason invalid_room_state{Code::invalid, "matrix_invalid_room_state",
                                           "Les réglages demandés pour le salon ne sont pas cohérents.",
                                           "The settings asked for the room are not consistent."};
inline constexpr Reason user_in_use{Code::invalid, "matrix_user_in_use", "Cet identifiant est déjà pris.",
                                    "This user name is already taken."};
inline constexpr Reason invalid_username{Code::invalid, "matrix_invalid_username",
                                         "Cet identifiant contient des caractères interdits.",
                                         "This user name contains characters that are not allowed."};
inline constexpr Reason exclusive{Code::invalid, "matrix_exclusive", "Ce nom est réservé.",
                                  "This name is reserved."};
inline constexpr Reason weak_password{Code::invalid, "matrix_weak_password",
                                      "Ce mot de passe est trop faible.", "This password is too weak."};
inline constexpr Reason bad_alias{Code::invalid, "matrix_bad_alias",
                                  "Cette adresse de salon ne mène pas à ce salon.",
                                  "This room address does not lead to this room."};
inline constexpr Reason duplicate_annotation{Code::invalid, "matrix_duplicate_annotation",
                                             "Vous avez déjà réagi ainsi.",
                                             "You have already reacted this way."};
inline constexpr Reason cannot_overwrite_media{Code::conflict, "matrix_cannot_overwrite_media",
                                               "Ce fichier a déjà été envoyé.",
                                               "This file has already been sent."};
inline constexpr Reason not_yet_uploaded{Code::unavailable, "matrix_not_yet_uploaded",
                                         "Ce fichier n’est pas encore arrivé.",
                                         "This file has not arrived yet."};
inline constexpr Reason wrong_room_keys_version{Code::forbidden, "matrix_wrong_room_keys_version",
                                                "Cette sauvegarde de clés a été remplacée.",
                                                "This key backup has been replaced."};
inline constexpr Reason user_deactivated{Code::forbidden, "matrix_user_deactivated", "Ce compte est fermé.",
                                         "This account is closed."};
inline constexpr Reason guest_access{Code::forbidden, "matrix_guest_access_forbidden",
                                     "Ce salon n’accueille pas de visiteurs.",
                                     "This room does not admit guests."};
inline constexpr Reason unable_to_authorise_join{Code::invalid, "matrix_unable_to_authorise_join",
                                                 "Il est impossible de vérifier votre droit d’entrer.",
                                                 "Your right to enter cannot be verified."};
inline constexpr Reason invalid_signature{Code::invalid, "matrix_invalid_signature",
                                          "La signature n’est pas valable.", "The signature is not valid."};
inline constexpr Reason unknown_pos{Code::invalid, "matrix_unknown_pos",
                                    "La synchronisation doit reprendre du début.",
                                    "Synchronisation has to start again."};
// The authorization rules; `detail` names the rule.
inline constexpr Reason not_in_room{Code::forbidden, "matrix_not_in_room",
                                    "Vous n’êtes pas membre de ce salon.",
                                    "You are not a member of this room."};
inline constexpr Reason banned{Code::forbidden, "matrix_banned", "Cette personne est exclue de ce salon.",
                               "This person is banned from this room."};
inline constexpr Reason invite_needed{Code::forbidden, "matrix_invite_needed",
                                      "Ce salon est accessible sur invitation.",
                                      "This room is open by invitation."};
inline constexpr Reason knock_refused{Code::forbidden, "matrix_knock_refused",
                                      "Ce salon n’accepte pas de demande d’accès.",
                                      "This room does not accept requests to join."};
inline constexpr Reason already_member{Code::forbidden, "matrix_already_member",
                                       "Cette personne est déjà dans le salon.",
                                       "This person is already in the room."};
inline constexpr Reason not_member_anymore{Code::forbidden, "matrix_nothing_to_leave",
                                           "Il n’y a ni invitation ni adhésion à quitter.",
                                           "There is no invitation or membership to leave."};
inline constexpr Reason power_too_low{Code::forbidden, "matrix_power_too_low",
                                      "Votre rôle dans ce salon ne le permet pas.",
                                      "Your role in this room does not allow this."};
inline constexpr Reason event_refused{Code::forbidden, "matrix_event_refused",
                                      "Les règles du salon refusent cet événement.",
                                      "The rules of the room refuse this event."};
}  // namespace errors

}  // namespace parvis::matrix
