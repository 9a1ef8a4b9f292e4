#pragma once
// Result<T> and the two macros that make it pleasant.
//   auto rows = TRY(parse(bytes));            // in a plain function: returns the error to the caller
//   auto rows = CO_TRY(co_await db.read(..)); // in a coroutine: co_returns it
// The macro's value is moved out of the Result. GNU statement expressions: clang only (see tests/toolchain).
#include <expected>
#include <utility>

#include "base/error.h"

namespace parvis {

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(const Reason& reason, std::string detail = {}, int64_t retry_after_ms = 0) {
  return std::unexpected<Error>(std::in_place, reason, std::move(detail), retry_after_ms);
}

}  // namespace parvis

#define PARVIS_TRY_IMPL(keyword, expression)                                                 \
  ({                                                                                         \
    auto&& parvis_try_result = (expression);                                                 \
    if (!parvis_try_result) keyword std::unexpected(std::move(parvis_try_result).error());   \
    *std::move(parvis_try_result);                                                           \
  })
#define TRY(...) PARVIS_TRY_IMPL(return, (__VA_ARGS__))
#define CO_TRY(...) PARVIS_TRY_IMPL(co_return, (__VA_ARGS__))
