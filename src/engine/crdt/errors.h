#pragma once
// Every way the engine refuses something. None of these leaves a half-applied change behind, except
// crdt_deferred, which says what it left.
#include "base/error.h"
#include "base/result.h"

namespace parvis::crdt::reasons {
inline constexpr Reason malformed{Code::invalid, "crdt_malformed",
                                  "Cette modification du document est illisible.",
                                  "This document change is unreadable."};
inline constexpr Reason too_large{Code::too_large, "crdt_too_large",
                                  "Cette modification du document dépasse les limites.",
                                  "This document change exceeds the limits."};
inline constexpr Reason out_of_range{Code::range, "crdt_out_of_range",
                                     "Cette position n’existe pas dans le document.",
                                     "This position does not exist in the document."};
inline constexpr Reason no_such_type{Code::not_found, "crdt_no_such_type",
                                     "Cette partie du document n’existe plus.",
                                     "This part of the document no longer exists."};
inline constexpr Reason deferred{Code::limited, "crdt_deferred",
                                 "Cette modification demande trop de calcul ; elle est mise en attente.",
                                 "This change needs too much computation; it was set aside."};
}  // namespace parvis::crdt::reasons
