#include "sim/world/cmdb_news.hpp"

#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

/// A correction has it before its serial number.
constexpr std::string_view kCorrectionPrefix = "Update";

CmdbNews news_of_asset_event(const Deed& deed, const std::vector<std::string>& locations) {
  CmdbNews news;
  news.serial = fold(deed.news.unit.serial);
  news.part = fold(deed.news.unit.product);
  news.corrects = deed.news.corrects;
  news.tag = fold(deed.news.tag);
  news.state = "instock";
  news.location = fold(locations.at(deed.device));
  news.stockroom = tag_of(deed.number);
  return news;
}

CmdbNews news_of_part(const Deed& deed, const Part& part,
                      const std::vector<std::string>& locations) {
  CmdbNews news;
  news.serial = fold(part.serial);
  news.part = fold(part.product);
  if (deed.kind == DeedKind::kOffer) {
    news.state = "intransit";
    news.location = fold(locations.at(deed.terms.to));
    news.stockroom = fold(locations.at(deed.terms.from));
  } else if (deed.kind == DeedKind::kReceipt) {
    news.state = "instock";
    news.location = news.stockroom = fold(locations.at(deed.terms.to));
  } else {
    news.state = "inuse";
    news.location = fold(kCustomerSite);
    news.stockroom = fold(locations.at(deed.device));
  }
  return news;
}

}  // namespace

bool CmdbNews::is_told_by(const CmdbNews& row) const {
  return serial == row.serial && corrects == row.corrects && part == row.part &&
         state == row.state && location == row.location && stockroom == row.stockroom &&
         (tag.empty() || tag == row.tag);
}

std::optional<CmdbNews> news_in_row(const std::string& body) {
  const auto row = parse_json(body);
  if (!row || !row->is_object()) return std::nullopt;
  CmdbNews news;
  std::string serial = row->text_of("serialNumber");
  news.corrects = serial.starts_with(kCorrectionPrefix);
  if (news.corrects) serial.erase(0, kCorrectionPrefix.size());
  news.serial = fold(serial);
  news.part = fold(row->text_of("manufacturerPartNumber"));
  news.state = fold(row->text_of("state"));
  news.location = fold(row->text_of("location"));
  news.stockroom = fold(row->text_of("stockroom"));
  news.tag = fold(row->text_of("asset_tag"));
  return news;
}

std::vector<CmdbNews> news_of(const Deed& deed, const std::vector<std::string>& locations) {
  std::vector<CmdbNews> all;
  if (deed.kind == DeedKind::kAssetEvent) {
    if (!deed.news.unit.serial.empty() && !deed.news.unwanted)
      all.push_back(news_of_asset_event(deed, locations));
    return all;
  }
  for (const auto& [part, micros] : deed.terms.parts) {
    if (!part.serial.empty()) all.push_back(news_of_part(deed, part, locations));
  }
  return all;
}

}  // namespace handover::sim
