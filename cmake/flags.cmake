# One set of flags for every target. PARVIS_SANITIZE=address,undefined (or thread) builds an instrumented tree.
set(PARVIS_SANITIZE "" CACHE STRING "sanitizers, comma separated; empty for none")
option(PARVIS_FUZZ "build libFuzzer targets" OFF)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -gz")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wno-gnu-statement-expression
  -Wno-gnu-zero-variadic-macro-arguments -Wno-missing-field-initializers -Werror
  -fstack-protector-strong -ftrivial-auto-var-init=zero -fno-strict-overflow
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
# Bounds checks of the standard library stay on in release: an abort is better than an overflow.
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT PARVIS_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fcf-protection=full -fstack-clash-protection)
endif()
if(PARVIS_SANITIZE)
  add_compile_options(-fsanitize=${PARVIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${PARVIS_SANITIZE})
endif()
if(PARVIS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
add_link_options(-fuse-ld=mold -Wl,-z,relro,-z,now -pie)
include_directories(${CMAKE_SOURCE_DIR}/src)

find_program(CCACHE ccache)
if(CCACHE)
  # Relative paths, so that several checkouts share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
