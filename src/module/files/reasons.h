#pragma once
#include "base/error.h"

namespace parvis::file_reasons {

inline constexpr Reason too_large{Code::too_large, "file_too_large", "Un fichier pèse au plus 2 Go.",
                                  "A file weighs 2 GB at most."};
inline constexpr Reason quota{Code::storage_full, "space_quota_reached",
                              "Cet espace a atteint ses 50 Go de fichiers. Supprimez-en, puis réessayez.",
                              "This space has reached its 50 GB of files. Delete some, then try again."};
inline constexpr Reason no_preview{Code::not_found, "no_preview", "Ce fichier n’a pas d’aperçu.",
                                   "This file has no preview."};

}  // namespace parvis::file_reasons
