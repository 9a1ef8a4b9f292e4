#pragma once
#include "base/error.h"

namespace parvis::reasons {
inline constexpr Reason token_missing{Code::unauthenticated, "token_missing",
                                      "Connectez-vous pour continuer.", "Sign in to continue."};
inline constexpr Reason token_unknown{Code::unauthenticated, "token_unknown",
                                      "Votre session est terminée ; connectez-vous de nouveau.",
                                      "Your session has ended; sign in again."};
inline constexpr Reason device_name_malformed{Code::invalid, "device_name_malformed",
                                              "Ce nom d’appareil n’est pas valable.",
                                              "This device name is not valid."};
}  // namespace parvis::reasons
