#pragma once
#include "base/error.h"

namespace parvis::document_reasons {

inline constexpr Reason title_too_long{Code::invalid, "document_title_too_long",
                                       "Un titre compte au plus 300 octets.",
                                       "A title has 300 bytes at most."};
inline constexpr Reason template_unknown{Code::invalid, "document_template_unknown",
                                         "Ce modèle de document n’existe pas.",
                                         "There is no such document template."};
inline constexpr Reason parent_refused{Code::conflict, "document_parent_refused",
                                       "Un document ne peut pas être rangé sous celui-ci.",
                                       "A document cannot be placed under this one."};
inline constexpr Reason too_many{Code::conflict, "documents_too_many",
                                 "Cet espace a atteint son nombre maximal de documents.",
                                 "This space has reached its largest number of documents."};
inline constexpr Reason too_large{Code::too_large, "document_too_large",
                                  "Ce document a atteint sa taille maximale.",
                                  "This document has reached its largest size."};
inline constexpr Reason frozen{Code::conflict, "document_frozen",
                               "Ce document est figé : il se lit, mais ne change plus.",
                               "This document is frozen: it can be read, not changed."};
inline constexpr Reason client_taken{Code::conflict, "document_client_taken",
                                     "Cet identifiant d’éditeur est celui d’une autre personne.",
                                     "This client number belongs to somebody else."};
inline constexpr Reason crowded{Code::limited, "document_crowded",
                                "Trop de connexions sont ouvertes sur ce document.",
                                "Too many connections are open on this document."};
inline constexpr Reason flood{Code::limited, "document_flood", "Trop de modifications en trop peu de temps.",
                              "Too many changes in too short a time."};
inline constexpr Reason comment_too_long{Code::invalid, "document_comment_too_long",
                                         "Ce commentaire est trop long.", "This comment is too long."};
inline constexpr Reason comment_crowded{Code::invalid, "document_comment_crowded",
                                        "Un commentaire cite au plus 20 personnes.",
                                        "A comment names 20 people at most."};
inline constexpr Reason threads_too_many{Code::conflict, "document_threads_too_many",
                                         "Ce document a atteint son nombre maximal de commentaires.",
                                         "This document has reached its largest number of comments."};
inline constexpr Reason not_a_suggestion{Code::conflict, "document_not_a_suggestion",
                                         "Ce commentaire ne propose aucun remplacement.",
                                         "This comment suggests no replacement."};
inline constexpr Reason suggestion_decided{Code::conflict, "document_suggestion_decided",
                                           "Cette suggestion a déjà été acceptée ou refusée.",
                                           "This suggestion was accepted or refused already."};
inline constexpr Reason thread_answered{Code::conflict, "document_thread_answered",
                                        "D’autres ont répondu : marquez la discussion comme réglée.",
                                        "Others have replied: mark the discussion as settled."};

}  // namespace parvis::document_reasons
