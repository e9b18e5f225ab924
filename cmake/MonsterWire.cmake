# SPDX-License-Identifier: Apache-2.0
# monster_wire_layout(HEADER OUTPUT): writes to OUTPUT one line for each struct and member of HEADER, in its order:
#   {"wire_fork", "child_pid", offsetof(wire_fork, child_pid), sizeof(wire_fork::child_pid), sizeof(wire_fork)},

function(monster_wire_layout header output)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${header}")
  file(READ "${header}" text)
  string(REGEX REPLACE "/\\*([^*]|\\*[^/])*\\*/" "" text "${text}")
  string(REPLACE ";" "@" text "${text}") # a semicolon parts CMake's lists
  string(REGEX MATCHALL "struct wire_[a-z_]+ {[^}]*}" structs "${text}")
  set(rows "")
  foreach(struct ${structs})
    string(REGEX REPLACE "^struct (wire_[a-z_]+).*" "\\1" name "${struct}")
    string(REGEX MATCHALL "[a-z0-9_]+(\\[[A-Z0-9_]+\\])*[@,]" members "${struct}")
    foreach(member ${members})
      string(REGEX REPLACE "[^a-z0-9_].*" "" member "${member}")
      string(APPEND rows "{\"${name}\", \"${member}\", offsetof(${name}, ${member}), "
                         "sizeof(${name}::${member}), sizeof(${name})},\n")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT "${output}" CONTENT "${rows}" @ONLY)
endfunction()
