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
                               "Une version de ce document est figée : il ne peut pas être supprimé.",
                               "A version of this document is frozen: it cannot be deleted."};
inline constexpr Reason version_name{Code::invalid, "document_version_name",
                                     "Donnez à cette version un nom de 200 octets au plus.",
                                     "Give this version a name of 200 bytes at most."};
inline constexpr Reason versions_too_many{Code::conflict, "document_versions_too_many",
                                          "Ce document a atteint son nombre maximal de versions.",
                                          "This document has reached its largest number of versions."};
inline constexpr Reason version_unrestorable{
    Code::unsupported, "document_version_unrestorable",
    "Cette version est trop différente du document pour être rétablie ; rien n’a changé.",
    "This version differs too much from the document to be restored; nothing changed."};
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
inline constexpr Reason format_unknown{
    Code::unsupported, "document_format_unknown",
    "Ce format n’est pas reconnu : un document s’importe de Markdown, DOCX ou ODT.",
    "This format is not known: a document is imported from Markdown, DOCX or ODT."};
inline constexpr Reason export_unknown{Code::invalid, "document_export_unknown",
                                       "Un document s’exporte en ODT, DOCX, PDF, Markdown ou HTML.",
                                       "A document is exported as ODT, DOCX, PDF, Markdown or HTML."};
inline constexpr Reason conversion_missing{
    Code::unavailable, "document_conversion_missing",
    "Ce format demande un convertisseur qui n’est pas installé sur ce serveur.",
    "This format needs a converter that is not installed on this server."};
inline constexpr Reason conversion_failed{
    Code::invalid, "document_conversion_failed",
    "Ce fichier n’a pas pu être converti : il est endommagé, ou n’est pas du format que dit son nom.",
    "This file could not be converted: it is damaged, or not of the format its name says."};
inline constexpr Reason conversion_too_heavy{
    Code::too_large, "document_conversion_too_heavy",
    "Ce fichier demande trop de temps ou de mémoire pour être converti.",
    "This file takes too much time or memory to convert."};
inline constexpr Reason conversion_script{
    Code::invalid, "document_conversion_script",
    "Ce fichier contient du code (script, cadre ou objet) : retirez-le avant de l’importer.",
    "This file holds code (a script, a frame or an object): remove it before importing."};
inline constexpr Reason import_too_large{
    Code::too_large, "document_import_too_large",
    "Un fichier importé compte au plus 20 Mo, et 1 Mo s’il est en Markdown.",
    "An imported file has 20 MB at most, and 1 MB when it is Markdown."};

}  // namespace parvis::document_reasons
