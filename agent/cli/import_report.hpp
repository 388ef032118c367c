// What came of an import: counts, the refused rows, and the file that lists them all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/importing/asset_rows.hpp"
#include "platform/posix/stream_file.hpp"
#include "platform/result.hpp"

namespace handover::cli {

class ImportReport {
 public:
  /// Also writes every refusal to `file` (CSV: row, line, field, expected), if it is named.
  /// Errors: wrong usage if the file cannot be written.
  [[nodiscard]] static Result<ImportReport> make(const std::string& file);

  void count_recorded(bool wanted);
  void count_known() { ++known_; }
  void count_fine() { ++fine_; }
  /// Errors: the file's.
  [[nodiscard]] Result<void> refuse(const importing::Row& row,
                                    const std::vector<importing::RowComplaint>& complaints);

  [[nodiscard]] std::int64_t rows() const { return recorded_ + known_ + fine_ + refused_; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }
  [[nodiscard]] Json to_json(bool dry_run) const;
  /// For people: a line of counts, and the first refusals.
  [[nodiscard]] std::string text(bool dry_run) const;

 private:
  struct Refusal {
    std::int64_t row = 0;
    std::int64_t line = 0;
    importing::RowComplaint complaint;
  };

  std::int64_t recorded_ = 0;
  std::int64_t not_wanted_ = 0;  // Of those recorded: no lane takes them.
  std::int64_t known_ = 0;
  std::int64_t fine_ = 0;  // Of a dry run.
  std::int64_t refused_ = 0;
  std::vector<Refusal> first_;
  std::optional<posix::OutputFile> file_;
};

}  // namespace handover::cli
