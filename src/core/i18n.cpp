#include "core/i18n.h"

#include "proto/negotiate.h"

namespace parvis {

Language preferred_language(const http::Request& request) {
  static constexpr std::string_view offered[] = {"fr", "en"};
  return proto::choose_language(request.header("Accept-Language"), offered) == 1 ? Language::english
                                                                                 : Language::french;
}

}  // namespace parvis
