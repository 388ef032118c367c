# Warnings, sanitizers and hardening that every target of ours is built with.
add_library(handover_options INTERFACE)

target_compile_options(handover_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wunused-result)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(handover_options INTERFACE -Wduplicated-cond -Wlogical-op
    -Wno-restrict  # g++ 12 sees overlaps in std::string's assignment that are not there (GCC bug 105651).
    -Wno-mismatched-new-delete)  # … and, optimising, half of Asio's own pair of new and delete for coroutine frames.
  if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND HANDOVER_SANITIZE STREQUAL "none")
    target_compile_options(handover_options INTERFACE -Wduplicated-branches)
  endif()
else()
  target_compile_options(handover_options INTERFACE -Wthread-safety -Wno-unknown-warning-option)
endif()
if(HANDOVER_WERROR)
  target_compile_options(handover_options INTERFACE -Werror)
endif()

if(HANDOVER_SANITIZE STREQUAL "address-undefined")
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(HANDOVER_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread -fno-omit-frame-pointer)
elseif(NOT HANDOVER_SANITIZE STREQUAL "none")
  message(FATAL_ERROR "HANDOVER_SANITIZE is '${HANDOVER_SANITIZE}'; expected none, address-undefined or thread")
endif()
target_compile_options(handover_options INTERFACE ${sanitize})
target_link_options(handover_options INTERFACE ${sanitize})

if(HANDOVER_BUILD_FUZZ)
  # The libraries too, or libFuzzer sees no coverage but that of the target's own file.
  target_compile_options(handover_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(handover_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(HANDOVER_SIMULATION)
  target_compile_definitions(handover_options INTERFACE HANDOVER_SIMULATION)
endif()

if(HANDOVER_COVERAGE)
  target_compile_options(handover_options INTERFACE --coverage)
  target_link_options(handover_options INTERFACE --coverage)
endif()

target_compile_definitions(handover_options INTERFACE _GLIBCXX_ASSERTIONS)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND HANDOVER_SANITIZE STREQUAL "none")
  target_compile_options(handover_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
endif()
target_link_options(handover_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(NOT HANDOVER_SANITIZE STREQUAL "thread")
  target_link_options(handover_options INTERFACE -pie)
endif()
include(CheckPIESupported)
check_pie_supported()
