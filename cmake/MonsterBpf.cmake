# SPDX-License-Identifier: Apache-2.0
# monster_bpf(TARGET SOURCE): compiles a kernel program and makes the skeleton header by which it is loaded.
# TARGET is an interface library; link it and include "NAME.skel.h".

find_program(BPF_CLANG NAMES clang-19 REQUIRED)
find_program(BPFTOOL bpftool PATHS /usr/sbin REQUIRED)

function(monster_bpf target source)
  cmake_path(GET source STEM name)
  set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o")
  set(skeleton "${CMAKE_CURRENT_BINARY_DIR}/skeleton/${name}.skel.h")
  file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/skeleton")
  add_custom_command(
    OUTPUT "${object}"
    COMMAND "${BPF_CLANG}" -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Werror -Wno-unused-function
            -MD -MF "${object}.d" -c "${source}" -o "${object}"
    DEPENDS "${source}"
    DEPFILE "${object}.d"
    COMMENT "Compiling kernel program ${name}"
    VERBATIM)
  add_custom_command(
    OUTPUT "${skeleton}"
    COMMAND "${BPFTOOL}" gen skeleton "${object}" name "${name}_bpf" > "${skeleton}"
    DEPENDS "${object}"
    COMMENT "Making skeleton of ${name}"
    VERBATIM)
  add_custom_target(${target}_skeleton DEPENDS "${skeleton}")
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${CMAKE_CURRENT_BINARY_DIR}/skeleton")
  add_dependencies(${target} ${target}_skeleton)
endfunction()
