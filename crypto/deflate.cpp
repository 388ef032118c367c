#include "crypto/deflate.hpp"

#include <zlib.h>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

const Bytef* bytes_of(std::string_view bytes) {
  return reinterpret_cast<const Bytef*>(bytes.data());
}

}  // namespace

std::string deflate(std::string_view bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string stream(size, '\0');
  const int done = ::compress2(reinterpret_cast<Bytef*>(stream.data()), &size, bytes_of(bytes),
                               bytes.size(), Z_BEST_COMPRESSION);
  INVARIANT(done == Z_OK);
  stream.resize(size);
  return stream;
}

Result<std::string> inflate(std::string_view stream, std::size_t bytes_max) {
  std::string bytes(bytes_max, '\0');
  uLongf size = bytes.size();
  uLong read = stream.size();
  const int done =
      ::uncompress2(reinterpret_cast<Bytef*>(bytes.data()), &size, bytes_of(stream), &read);
  INVARIANT(done != Z_MEM_ERROR);
  if (done == Z_BUF_ERROR && size == bytes_max)
    return fail(Error::invalid("", "holds more than " + std::to_string(bytes_max) + " bytes"));
  if (done != Z_OK) return fail(Error::invalid("", "expected a whole zlib stream (RFC 1950)"));
  if (read != stream.size()) return fail(Error::invalid("", "has more behind its end"));
  bytes.resize(size);
  return bytes;
}

}  // namespace handover::crypto
