# parvis_library(<name> [dependency...]): one static library per folder, tests beside the code. A subfolder with a
# CMakeLists.txt of its own is another library.
#   sources: every .cpp of the folder, except *_test.cpp, which become the executable test_<name>.
# Dependencies mirror layers.toml: a link that the table forbids is an include that tools/layers.py refuses.
add_custom_target(unit_tests)
set_property(GLOBAL PROPERTY PARVIS_UNIT_TESTS "")

function(parvis_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE nested ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(other ${nested})
    get_filename_component(folder ${other} DIRECTORY)
    list(FILTER sources EXCLUDE REGEX "^${folder}/")
  endforeach()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  string(REPLACE "/" "_" target ${name})
  if(sources)
    add_library(parvis_${target} STATIC ${sources})
    target_link_libraries(parvis_${target} PUBLIC ${ARGN})
  else()
    add_library(parvis_${target} INTERFACE)
    target_link_libraries(parvis_${target} INTERFACE ${ARGN})
  endif()
  if(tests)
    add_executable(test_${target} ${tests} ${CMAKE_SOURCE_DIR}/cmake/test_main.cpp)
    target_link_libraries(test_${target} PRIVATE parvis_${target})
    add_test(NAME ${target} COMMAND test_${target})
    add_dependencies(unit_tests test_${target})
  endif()
endfunction()

# parvis_fuzz(<name> <source> [dependency...]): fuzz_<name>. With PARVIS_FUZZ it is a libFuzzer target;
# otherwise it replays the files it is given (the corpus), which ./test does.
function(parvis_fuzz name source)
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ${ARGN})
  if(PARVIS_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cpp)
  endif()
endfunction()
