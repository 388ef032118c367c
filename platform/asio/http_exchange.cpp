#include "platform/asio/http_exchange.hpp"

#include <boost/asio/error.hpp>
#include <utility>

#include "platform/asio/http_parser.hpp"
#include "platform/asio/http_text.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;
using Reason = HttpFailure::Reason;
using AnswerParser = MessageParser<false>;
using MaybeFailure = std::optional<HttpFailure>;

HttpFailure failed_write(const Road& road, const ByteStream& stream, const error_code& error,
                         std::size_t written) {
  // A plain socket that took no byte has sent none; what TLS has sent of a record is not known.
  const bool may_have_left = written > 0 || stream.is_encrypted();
  if (road.is_closed) return cancelled(may_have_left);
  const std::string why =
      stream.timed_out()
          ? "the request could not be sent within " + in_seconds(road.limits.write_time)
          : "the connection ended while the request was sent: " + error.message();
  return {Reason::kBroken, may_have_left, road.authority + ": " + why};
}

/// A read has failed; with `parser` in the middle of an answer. The end of the connection may be
/// the end of the answer.
MaybeFailure failed_read(const Road& road, const ByteStream& stream, AnswerParser& parser,
                         const error_code& error) {
  if (road.is_closed) return cancelled(true);
  if (stream.timed_out()) {
    return HttpFailure(
        Reason::kBroken, true,
        road.authority + ": no whole answer within " + in_seconds(road.limits.answer_time));
  }
  // Over TLS a bare end of the connection (stream_truncated) proves nothing: anyone on the way can
  // make one.
  if (error == asio::error::eof && parser.need_eof() && parser.is_header_done()) {
    error_code unfinished;
    parser.put_eof(unfinished);
    if (!unfinished) return std::nullopt;
  }
  const std::string what = parser.got_some() ? "in the middle of the answer" : "before the answer";
  return HttpFailure(Reason::kBroken, true, road.authority + ": the connection ended " + what);
}

HttpFailure bad_answer(const Road& road, const error_code& error) {
  std::string what = "the answer is not HTTP/1.1";
  if (error == http::error::header_limit) what = "the header of the answer is too large";
  if (error == http::error::body_limit) what = "the answer is too large";
  return {Reason::kBadAnswer, true, road.authority + ": " + what};
}

asio::awaitable<MaybeFailure> send_request(const Road& road, ByteStream& stream,
                                           const HttpRequest& request) {
  stream.output.clear();
  append_request(stream.output, request, road.authority);
  stream.limit(road.limits.write_time);
  auto writing = stream.write();
  const auto [error, written] = co_await std::move(writing);
  if (error) co_return failed_write(road, stream, error, written);
  co_return std::nullopt;
}

/// Reads one message, final or interim, to its end.
asio::awaitable<MaybeFailure> read_message(const Road& road, ByteStream& stream,
                                           AnswerParser& parser) {
  while (true) {
    error_code error;
    const Progress progress = feed(parser, stream.input, error);
    if (progress == Progress::kDone) co_return std::nullopt;
    // Beast bounds the header and the body, but not the text between chunks.
    if (progress == Progress::kNeedMore && stream.input.size() > road.limits.header_bytes_max) {
      error = http::error::header_limit;
    }
    if (error) co_return bad_answer(road, error);
    auto reading = stream.read_some();
    const auto [failure, count] = co_await std::move(reading);
    stream.input.commit(count);
    if (failure) co_return failed_read(road, stream, parser, failure);
  }
}

}  // namespace

HttpFailure cancelled(bool may_have_left) {
  return {Reason::kCancelled, may_have_left, "the agent is stopping"};
}

std::string in_seconds(milliseconds time) {
  return time % std::chrono::seconds(1) == milliseconds(0)
             ? std::to_string(time.count() / 1000) + " s"
             : std::to_string(time.count()) + " ms";
}

MaybeFailure hindrance(const Road& road, const HttpRequest& request) {
  if (road.is_closed) return cancelled(false);
  const std::string flaw = flaw_of(request);
  if (!flaw.empty()) return HttpFailure(Reason::kBadRequest, false, flaw);
  return std::nullopt;
}

asio::awaitable<HttpOutcome> exchange_over(const Road& road, ByteStream& stream,
                                           const HttpRequest& request, bool& reusable) {
  reusable = false;
  auto sending = send_request(road, stream, request);
  const MaybeFailure unsent = co_await std::move(sending);
  if (unsent) co_return tl::unexpected(*unsent);

  stream.limit(road.limits.answer_time);
  for (std::size_t interim = 0; interim <= limits::kInterimAnswersMax; ++interim) {
    AnswerParser parser(road.limits.header_bytes_max, road.limits.body_bytes_max);
    parser.skip(request.method == "HEAD");
    auto reading = read_message(road, stream, parser);
    const MaybeFailure failure = co_await std::move(reading);
    if (failure) co_return tl::unexpected(*failure);
    HttpResponse& answer = parser.message();
    if (answer.status == 101) break;
    if (answer.status < 200) continue;
    reusable = parser.keep_alive() && stream.is_open() && stream.input.size() == 0;
    co_return std::move(answer);
  }
  co_return tl::unexpected(
      HttpFailure(Reason::kBadAnswer, true, road.authority + ": no final answer came"));
}

}  // namespace handover::net
