# A compiler cache makes a second build of the same source nearly free. The build works without it.
find_program(HANDOVER_CCACHE ccache)
if(HANDOVER_CCACHE)
  # Precompiled headers need these two: ccache then looks at the header's content, not at its time stamp.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1 ${HANDOVER_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()
