#include <fmt/format.h>

#include "main/commands.h"

namespace parvis {

int refuse(const Error& error) {
  fmt::print(stderr, "parvis: {}{}{}\n", error.reason->en, error.detail.empty() ? "" : " ", error.detail);
  return 1;
}

}  // namespace parvis
