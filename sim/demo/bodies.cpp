#include "sim/demo/bodies.hpp"

#include <utility>

namespace handover::sim {

Json item(const char* product, const char* quantity, const char* serial) {
  return Json::object(
      {{"ProdNum", product}, {"Qty", Json::number(quantity)}, {"SerialNum", serial}});
}

Json moved(const char* product, const char* field, const char* quantity, const char* serial) {
  return Json::object(
      {{"ProdNum", product}, {field, Json::number(quantity)}, {"SerialNum", serial}});
}

Json transfer_body(const char* direction, const char* other_user, Json items) {
  Json transfer = Json::object({{"FromStorageLocation", "VAN-17"},
                                {"ToStorageLocation", "VAN-22"},
                                {"TransferTech", Json::object({{"UserID", other_user}})},
                                {"Items", std::move(items)}});
  return Json::object({{"direction", direction}, {"transfer", std::move(transfer)}});
}

Json usage_body(const char* module, const char* reference, const char* location, Json items) {
  Json locations =
      Json::array({Json::object({{"StorageLocationID", location}, {"Items", std::move(items)}})});
  return Json::object({{"usage", Json::object({{"RefModule", module},
                                               {"RefObjID", reference},
                                               {"StorageLocations", std::move(locations)}})}});
}

}  // namespace handover::sim
