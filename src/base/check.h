#pragma once
// CHECK stays on in release: a broken invariant aborts rather than corrupts (the supervisor restarts us).
#include <cstdio>
#include <cstdlib>

// Tests may include doctest.h first: its CHECK then serves.
#ifndef CHECK
#define CHECK(condition)                                                                     \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
#endif
