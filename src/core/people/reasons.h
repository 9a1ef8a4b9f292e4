#pragma once
// What can go wrong with people, in the words they read.
#include "base/error.h"

namespace parvis::reasons {
inline constexpr Reason email_malformed{Code::invalid, "email_malformed",
                                        "Cette adresse n’est pas une adresse électronique valable.",
                                        "This is not a valid e-mail address."};
inline constexpr Reason email_taken{Code::conflict, "email_taken",
                                    "Cette adresse est déjà celle d’un compte.",
                                    "This address already belongs to an account."};
inline constexpr Reason name_missing{Code::invalid, "name_missing", "Indiquez un nom.", "Give a name."};
inline constexpr Reason text_too_long{Code::invalid, "text_too_long", "Ce texte est trop long.",
                                      "This text is too long."};
inline constexpr Reason language_unknown{Code::invalid, "language_unknown",
                                         "Cette langue n’est pas proposée.", "This language is not offered."};
inline constexpr Reason password_short{Code::invalid, "password_weak",
                                       "Choisissez un mot de passe d’au moins 12 caractères.",
                                       "Choose a password of at least 12 characters."};
inline constexpr Reason password_long{Code::invalid, "password_long", "Ce mot de passe est trop long.",
                                      "This password is too long."};
inline constexpr Reason password_common{Code::invalid, "password_weak",
                                        "Ce mot de passe est trop facile à deviner.",
                                        "This password is too easy to guess."};
inline constexpr Reason password_is_email{Code::invalid, "password_weak",
                                          "Le mot de passe ne doit pas reprendre votre adresse.",
                                          "The password must not repeat your address."};
inline constexpr Reason credentials_wrong{Code::forbidden, "credentials_wrong",
                                          "L’adresse ou le mot de passe est incorrect.",
                                          "The address or the password is wrong."};
inline constexpr Reason login_throttled{Code::limited, "login_throttled",
                                        "Trop d’essais ; patientez avant de recommencer.",
                                        "Too many attempts; wait before trying again."};
inline constexpr Reason invitation_invalid{
    Code::gone, "invitation_invalid", "Cette invitation a expiré ou a déjà servi ; demandez-en une nouvelle.",
    "This invitation has expired or was already used; ask for a new one."};
inline constexpr Reason domain_malformed{Code::invalid, "domain_malformed",
                                         "Ce domaine de messagerie n’est pas valable.",
                                         "This e-mail domain is not valid."};
inline constexpr Reason domain_taken{Code::conflict, "domain_taken",
                                     "Ce domaine de messagerie appartient déjà à une administration.",
                                     "This e-mail domain already belongs to an administration."};
inline constexpr Reason last_administrator{Code::conflict, "last_administrator",
                                           "Il doit rester au moins un administrateur actif.",
                                           "At least one active administrator must remain."};
}  // namespace parvis::reasons
