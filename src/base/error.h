#pragma once
// Errors are values. A Reason is defined once, beside the code that raises it, with the two texts a person
// may read; an Error is a Reason plus what only logs and developers see.
#include <cstdint>
#include <string>
#include <string_view>

namespace parvis {

/// What kind of failure; every door maps it to its own form (HTTP status, Matrix errcode, DAV XML, LiveKit).
enum class Code : uint8_t {
  invalid,             // 400: the request is malformed or breaks a rule of its format
  unauthenticated,     // 401
  forbidden,           // 403: known object, refused act
  not_found,           // 404: absent, or secret from this actor (never distinguishable)
  method_not_allowed,  // 405
  timeout,             // 408
  conflict,            // 409
  gone,                // 410
  precondition,        // 412
  too_large,           // 413
  unsupported,         // 415
  range,               // 416
  limited,             // 429: a rate limit; retry_after_ms says when to come back
  internal,            // 500: a bug
  unavailable,         // 503: overloaded, stopping, or a part below is down
  storage_full,        // 507
  cancelled,           // the peer left; never shown
  corrupt,             // stored data fails its check; shown as 500
};

struct Reason {
  Code code;
  std::string_view id;  // stable, snake_case, machine-readable: "space_name_taken"
  std::string_view fr;  // one sentence for people
  std::string_view en;
};

struct Error {
  const Reason* reason;        // static storage duration
  std::string detail;          // English, for logs and developers; never a secret, never shown by default
  int64_t retry_after_ms = 0;  // for Code::limited and Code::unavailable; 0 = not stated

  Error(const Reason& r, std::string d = {}, int64_t retry_ms = 0)
      : reason(&r), detail(std::move(d)), retry_after_ms(retry_ms) {}

  Code code() const { return reason->code; }
  bool is(const Reason& r) const { return reason == &r || reason->id == r.id; }
};

/// Reasons that belong to no module.
namespace reasons {
inline constexpr Reason malformed{Code::invalid, "malformed", "La demande est mal formée.",
                                  "The request is malformed."};
inline constexpr Reason missing_field{Code::invalid, "missing_field", "Il manque une information.",
                                      "Some information is missing."};
inline constexpr Reason unauthenticated{Code::unauthenticated, "unauthenticated",
                                        "Connectez-vous pour continuer.", "Sign in to continue."};
inline constexpr Reason forbidden{Code::forbidden, "forbidden", "Vous n’avez pas le droit de faire cela.",
                                  "You are not allowed to do this."};
inline constexpr Reason not_found{Code::not_found, "not_found",
                                  "Introuvable, ou réservé à d’autres personnes.",
                                  "Not found, or reserved to other people."};
inline constexpr Reason method_not_allowed{Code::method_not_allowed, "method_not_allowed",
                                           "Cette adresse n’accepte pas cette méthode.",
                                           "This address does not accept this method."};
inline constexpr Reason timeout{Code::timeout, "timeout", "Le délai est dépassé.",
                                "The time limit has passed."};
inline constexpr Reason conflict{Code::conflict, "conflict", "Quelqu’un a modifié cet élément entre-temps.",
                                 "Somebody changed this in the meantime."};
inline constexpr Reason too_large{Code::too_large, "too_large", "L’envoi dépasse la taille autorisée.",
                                  "This is larger than the limit."};
inline constexpr Reason limited{Code::limited, "limited", "Trop de demandes ; réessayez dans un instant.",
                                "Too many requests; try again shortly."};
inline constexpr Reason unavailable{Code::unavailable, "unavailable",
                                    "Le service est momentanément indisponible.",
                                    "The service is unavailable for the moment."};
inline constexpr Reason storage_full{Code::storage_full, "storage_full",
                                     "L’espace de stockage est plein ; rien n’a été perdu.",
                                     "Storage is full; nothing was lost."};
inline constexpr Reason cancelled{Code::cancelled, "cancelled", "La demande a été abandonnée.",
                                  "The request was abandoned."};
inline constexpr Reason corrupt{Code::corrupt, "corrupt", "Une donnée enregistrée est illisible.",
                                "Stored data is unreadable."};
inline constexpr Reason internal{Code::internal, "internal", "Une erreur inattendue s’est produite.",
                                 "An unexpected error happened."};
}  // namespace reasons

}  // namespace parvis
