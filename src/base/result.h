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

inline std::unexpected<Error> fail(const Reason& reason, std::string detail = {},
                                   int64_t retry_after_ms = 0) {
  return std::unexpected<Error>(std::in_place, reason, std::move(detail), retry_after_ms);
}

}  // namespace parvis

// The counter keeps one TRY inside another's argument from shadowing it.
#define PARVIS_TRY_NAMED(keyword, name, expression)              \
  ({                                                             \
    auto&& name = (expression);                                  \
    if (!name) keyword std::unexpected(std::move(name).error()); \
    *std::move(name);                                            \
  })
#define PARVIS_TRY_CONCAT(keyword, counter, expression) \
  PARVIS_TRY_NAMED(keyword, parvis_try_##counter, expression)
#define PARVIS_TRY_COUNTED(keyword, counter, expression) PARVIS_TRY_CONCAT(keyword, counter, expression)
#define TRY(...) PARVIS_TRY_COUNTED(return, __COUNTER__, (__VA_ARGS__))
#define CO_TRY(...) PARVIS_TRY_COUNTED(co_return, __COUNTER__, (__VA_ARGS__))
