#include "platform/time.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace handover {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Calendar {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> time;
};

Calendar split(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<milliseconds>(time - day)};
}

std::string format(WallTime time, bool with_fraction) {
  const auto [date, clock] = split(time);
  std::array<char, 40> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()),
                    unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                    int(clock.minutes().count()), int(clock.seconds().count()));
  std::string result(text.data(), std::size_t(length));
  if (with_fraction) {
    const int tail =
        std::snprintf(text.data(), text.size(), ".%03d", int(clock.subseconds().count()));
    result.append(text.data(), std::size_t(tail));
  }
  return result + "Z";
}

std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<WallTime> join(int year, int month, int day, int hour, int minute, int second,
                             int milli) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
         milliseconds(milli);
}

/// The fraction after the point, as milliseconds; finer digits are cut off.
std::optional<int> take_fraction(std::string_view& text) {
  int milli = 0;
  int weight = 100;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    milli += (text[digits] - '0') * weight;
    weight /= 10;
    ++digits;
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  text.remove_prefix(digits);
  return milli;
}

std::optional<WallTime> read_rfc3339(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !(take(text, "T") || take(text, " "))) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  std::optional<int> milli = 0;
  if (take(text, ".")) milli = take_fraction(text);
  if (!milli || text != "Z") return std::nullopt;
  return join(*year, *month, *day, *hour, *minute, *second, *milli);
}

std::optional<int> take_month(std::string_view& text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (take(text, kMonths[i])) return int(i) + 1;
  }
  return std::nullopt;
}

std::optional<WallTime> read_http_date(std::string_view text) {
  if (text.size() < 5) return std::nullopt;
  text.remove_prefix(3);  // The day's name says nothing that the date does not.
  if (!take(text, ", ")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, " ")) return std::nullopt;
  const auto month = take_month(text);
  if (!month || !take(text, " ")) return std::nullopt;
  const auto year = take_number(text, 4);
  if (!year || !take(text, " ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || text != " GMT") return std::nullopt;
  return join(*year, *month, *day, *hour, *minute, *second, 0);
}

}  // namespace

std::string format_rfc3339(WallTime time) { return format(time, true); }
std::string format_rfc3339_seconds(WallTime time) { return format(time, false); }

Result<WallTime> parse_rfc3339(std::string_view text) {
  if (const auto time = read_rfc3339(text)) return *time;
  return fail(Error::invalid("", "expected a UTC time such as 2026-11-22T10:26:53.000Z"));
}

Result<WallTime> parse_http_date(std::string_view text) {
  if (const auto time = read_http_date(text)) return *time;
  return fail(Error::invalid("", "expected an HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT"));
}

}  // namespace handover
