# All from Debian (scripts/setup installs them); nothing is downloaded at configure time.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sqlcipher REQUIRED IMPORTED_TARGET sqlcipher>=3.40) # The version of the SQLite inside; SQLCipher 4.5 or newer.
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(libxml2 REQUIRED IMPORTED_TARGET libxml-2.0>=2.9.14)
pkg_check_modules(libqrencode REQUIRED IMPORTED_TARGET libqrencode)
find_package(tomlplusplus REQUIRED)
find_library(libcsv_library csv REQUIRED) # It brings no pkg-config file.

add_library(handover_libcsv INTERFACE)
target_link_libraries(handover_libcsv INTERFACE ${libcsv_library})

add_library(handover_sqlcipher INTERFACE)
target_link_libraries(handover_sqlcipher INTERFACE PkgConfig::sqlcipher)
target_compile_definitions(handover_sqlcipher INTERFACE SQLITE_HAS_CODEC)

add_library(handover_asio INTERFACE)
target_link_libraries(handover_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(handover_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY)
